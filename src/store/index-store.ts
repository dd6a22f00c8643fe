import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { Chunk } from '../chunking/chunk.ts';
import type { Edge, EdgeKind, UnresolvedReference } from '../graph/edge.ts';
import type { GraphSink } from '../graph/graph-sink.ts';
import type { NodeId, SymbolKind, SymbolNode } from '../graph/symbol.ts';

/** A file as the index knows it. `size` and `mtimeMs` are a shortcut: only `contentHash` decides whether it changed. */
export interface FileStamp {
  readonly path: string;
  readonly language: string;
  /** sha256 of the bytes, hex. */
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** Everything the index holds of one file, edges aside. */
export interface IndexedFile {
  readonly stamp: FileStamp;
  readonly symbols: readonly SymbolNode[];
  /** `definition` of a chunk is an index into `symbols`. */
  readonly chunks: readonly Chunk[];
  /** The parsed file, serialized: what resolution needs when other files change. Opaque to the store. */
  readonly facts: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
}

/** Outgoing edges of one file's nodes. */
export interface FileEdges {
  readonly path: string;
  readonly edges: readonly Edge[];
  readonly unresolved: readonly UnresolvedReference[];
  /** Digest of `edges` and `unresolved`, made by the caller: lets a later run leave unchanged files alone. */
  readonly digest: string;
  /** What they were made from besides the file itself. Opaque to the store. @defaultValue empty */
  readonly dependencies?: Uint8Array | undefined;
}

/** That the edges of a file are stored, and what they were made from. */
export interface EdgeSet {
  readonly path: string;
  readonly digest: string;
  readonly dependencies: Uint8Array;
}

/** Serialized parse result of a file. */
export interface FileFacts {
  readonly path: string;
  readonly facts: Uint8Array;
}

/** A chunk as it is found: its place, and the symbol it shows. */
export interface StoredChunk {
  readonly id: number;
  readonly path: string;
  readonly language: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Index range of the file's text is not kept: readers show lines from the file. */
  readonly symbol: SymbolNode | null;
}

/** Restricts a search. Lists are "any of"; a missing field does not restrict. */
export interface SearchFilter {
  readonly kinds?: readonly SymbolKind[] | undefined;
  readonly languages?: readonly string[] | undefined;
  /** Glob over the path: `*` within a segment, `**` across, `?` one character. */
  readonly pathGlob?: string | undefined;
}

/** A candidate chunk. A larger score is better; scores of two kinds of search do not compare. */
export interface ScoredChunk {
  readonly chunkId: number;
  readonly score: number;
}

/** Terms of a keyword query, already split and folded; see search/. */
export interface KeywordQuery {
  readonly terms: readonly string[];
}

export interface IndexCounts {
  readonly files: number;
  readonly symbols: number;
  readonly edges: number;
  readonly chunks: number;
  /** Chunks that have a vector. */
  readonly embedded: number;
  /** Distinct texts that have none yet: chunks of equal text share one. */
  readonly pending: number;
}

/** A text that still needs a vector. */
export interface PendingEmbedding {
  readonly contentHash: string;
  readonly text: string;
}

/**
 * The index of one repository. Everything that changes it is one transaction: it is there whole or not at all, and a
 * killed process leaves the last whole state. Async although the embedded engine is not: other engines will be.
 */
export interface IndexStore extends AsyncDisposable {
  /** Free-form facts about the index: model identity, root, versions, whether edges are up to date. */
  getMeta(key: string): Promise<string | undefined>;
  /**
   * @param whereMeta - Facts that must hold in the same transaction.
   * @returns false where one of them does not; nothing is set then.
   */
  setMeta(entries: Readonly<Record<string, string>>, whereMeta?: Readonly<Record<string, string>>): Promise<boolean>;

  /** @param paths - Only these files, as far as the index has them. */
  fileStamps(paths?: readonly string[]): Promise<FileStamp[]>;
  /** Serialized parse results of every file, in path order. */
  allFacts(): AsyncIterable<FileFacts>;
  /** Serialized parse results of the given files, as far as the index has them. */
  facts(paths: readonly string[]): Promise<FileFacts[]>;
  /** Those that files had when their edges were last stored, of files that were replaced or removed since. */
  previousFacts(): Promise<FileFacts[]>;
  diagnostics(): Promise<Diagnostic[]>;
  counts(): Promise<IndexCounts>;

  /** Replaces the given files and removes others. Edges out of a replaced or removed file go with it. */
  applyFiles(change: {
    readonly upsert: readonly IndexedFile[];
    readonly remove: readonly string[];
    readonly meta?: Readonly<Record<string, string>> | undefined;
  }): Promise<void>;
  /** Stores the times of files that were written again with the content they had; others than those known are left out. */
  touchFiles(stamps: readonly Pick<FileStamp, 'path' | 'contentHash' | 'mtimeMs'>[]): Promise<void>;
  /** Digest given with the stored edges of each file; files whose edges are not stored (replaced since) are missing. */
  edgeDigests(): Promise<ReadonlyMap<string, string>>;
  /** The same with what the edges were made from, in path order. */
  edgeSets(): Promise<EdgeSet[]>;
  /**
   * Replaces the outgoing edges of every file named, and sets `meta` in the same transaction.
   * @param settled - The edges of all files are up to date with this: {@link previousFacts} are forgotten.
   */
  replaceEdges(files: readonly FileEdges[], meta?: Readonly<Record<string, string>>, settled?: boolean): Promise<void>;

  /** Distinct chunk texts without a vector, in a stable order; at most `limit`. */
  pendingEmbeddings(limit: number): Promise<PendingEmbedding[]>;
  /**
   * Stores vectors as int8 (symmetric, one scale a vector) by content hash.
   * @param vectors - Row-major float32, one row a hash, `dimensions` each.
   * @param whereMeta - Facts that must hold in the same transaction: another process may have changed the model.
   * @returns false where one of them does not; nothing is stored then.
   */
  putEmbeddings(
    contentHashes: readonly string[],
    vectors: Float32Array,
    dimensions: number,
    whereMeta?: Readonly<Record<string, string>>,
  ): Promise<boolean>;
  /** Forgets every vector, because the model changed, and sets `meta` in the same transaction. */
  clearEmbeddings(meta?: Readonly<Record<string, string>>): Promise<void>;

  /** Best `k` chunks by cosine to `query` (exact scan), best first; score = cosine. */
  searchVectors(query: Float32Array, k: number, filter?: SearchFilter): Promise<ScoredChunk[]>;
  /** Best `k` chunks by BM25, best first; score > 0. */
  searchKeywords(query: KeywordQuery, k: number, filter?: SearchFilter): Promise<ScoredChunk[]>;
  /** Share of chunks each term occurs in, 0..1; 0 for a term the index does not know. */
  termFrequencies(terms: readonly string[]): Promise<ReadonlyMap<string, number>>;
  getChunks(ids: readonly number[]): Promise<StoredChunk[]>;

  getSymbols(ids: readonly NodeId[]): Promise<SymbolNode[]>;
  /** Symbols whose name or qualified name (or its tail after a dot) equals `name`; ids in stable order. */
  findSymbols(query: {
    readonly name?: string | undefined;
    readonly path?: string | undefined;
    readonly line?: number | undefined;
    readonly limit?: number | undefined;
    readonly ignoreCase?: boolean | undefined;
  }): Promise<SymbolNode[]>;
  /** Edges that touch the given nodes. */
  edges(
    ids: readonly NodeId[],
    options: { readonly direction: 'outgoing' | 'incoming'; readonly kinds?: readonly EdgeKind[] | undefined },
  ): Promise<Edge[]>;
  /** References out of the given nodes, or by name when `names` is given, that made no edge. */
  unresolved(query: {
    readonly sources?: readonly NodeId[] | undefined;
    readonly names?: readonly string[] | undefined;
  }): Promise<UnresolvedReference[]>;

  /**
   * Reads every symbol and edge, and the names of references that made none, in one state of the index.
   *
   * @param unlessRevision - Revision of a copy the caller has: where the index still has it, nothing is read.
   * @returns the revision of the index; it grows with every change.
   */
  readGraph(sink: GraphSink, unlessRevision?: number): Promise<number>;

  /** Folds the write-ahead log and tidies the text index after a big change. */
  optimize(): Promise<void>;
  close(): Promise<void>;
}
