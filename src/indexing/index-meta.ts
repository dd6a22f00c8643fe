/** Keys of the index's own facts, kept in the store beside the data they speak of; those of its model are `MODEL_META`. */
export const INDEX_META = {
  factsVersion: 'facts.version',
  manifests: 'resolve.manifests',
  edgesStale: 'edges.stale',
  startedAt: 'run.startedAtMs',
} as const;
