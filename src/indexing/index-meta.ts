/** Keys of the index's own facts, kept in the store beside the data they speak of. */
export const INDEX_META = {
  factsVersion: 'facts.version',
  manifests: 'resolve.manifests',
  edgesStale: 'edges.stale',
  startedAt: 'run.startedAtMs',
  modelId: 'model.id',
  modelFingerprint: 'model.fingerprint',
  modelDimensions: 'model.dimensions',
  /** Where the model was found: a question is encoded with the same files. */
  modelFolder: 'model.folder',
  modelReason: 'model.reason',
} as const;
