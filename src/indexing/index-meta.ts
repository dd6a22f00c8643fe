/** Keys of the index's own facts, kept in the store beside the data they speak of; those of its model are `MODEL_META`. */
export const INDEX_META = {
  factsVersion: 'facts.version',
  /** Digest of the paths and manifests that edges were made with. */
  layout: 'resolve.layout',
  /** Edges of some files are of another state than those of others. */
  edgesPartial: 'edges.partial',
  /** Path of the SCIP index that was asked for; empty where none is to be used. */
  scip: 'resolve.scip',
  /** Digest of the SCIP index edges were made with; empty without one, or where it could not be read. */
  preciseDigest: 'resolve.scipDigest',
  edgesStale: 'edges.stale',
  startedAt: 'run.startedAtMs',
  /** How much was changed since the index was last tidied; see `FastIndexer`. */
  untidied: 'run.untidied',
} as const;

/** Facts about runs rather than about what is indexed: they differ between indexes that say the same. */
export const VOLATILE_INDEX_META: readonly string[] = [INDEX_META.startedAt, INDEX_META.untidied];
