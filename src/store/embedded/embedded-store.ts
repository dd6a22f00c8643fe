import type { Diagnostic } from '../../kernel/diagnostics.ts';
import type { Edge, EdgeKind, UnresolvedReference } from '../../graph/edge.ts';
import type { GraphSink } from '../../graph/graph-sink.ts';
import type { NodeId, SymbolNode } from '../../graph/symbol.ts';
import type {
  EdgeSet,
  FileEdges,
  FileFacts,
  FileStamp,
  IndexCounts,
  IndexedFile,
  KeywordQuery,
  PendingEmbedding,
  ScoredChunk,
  SearchFilter,
  StoredChunk,
} from '../index-store.ts';
import type { ChunkRecord, DumpableStore, QuantizedVector } from '../dump-index.ts';
import { StoreError } from '../store-error.ts';
import { ChunkFilters } from './chunk-filter.ts';
import { fileChunks, getChunks, pendingEmbeddings } from './chunk-table.ts';
import type { Connection } from './connection.ts';
import { edgeDigests, edgeSets, edgesOf, fileEdges, replaceFileEdges, unresolvedOfQuery } from './edge-table.ts';
import { applyFiles } from './file-changes.ts';
import {
  diagnostics,
  factsAfter,
  factsOf,
  fileStamps,
  forgetPreviousFacts,
  previousFacts,
  touchFile,
} from './file-table.ts';
import { readGraphInto } from './graph-table.ts';
import { KeywordIndex } from './keyword-index.ts';
import { allMeta, getMeta, setMeta } from './meta-table.ts';
import { NodeInterner, removeOrphanNodes } from './node-table.ts';
import { openConnection, type OpenStoreOptions } from './open-connection.ts';
import { MAX_DIMENSIONS, nextRevision, readState, setDimensions, startVectorEpoch } from './state-row.ts';
import { findSymbols, getSymbols, type SymbolQuery } from './symbol-table.ts';
import { VectorCache } from './vector-cache.ts';
import { chunkVector, clearVectors, putVectors } from './vector-table.ts';

/** Files read at once while facts are listed. */
const FACTS_PAGE = 64;

/**
 * The index of one repository in one SQLite file: graph, words and int8 vectors, changed together. Several processes
 * may read while one writes; each call sees one state of the index, and two writers wait for each other.
 *
 * Every method throws {@link StoreError}: `STORE_CLOSED` after {@link close}, `STORE_DAMAGED`, `STORE_LOCKED` and
 * `STORE_UNREADABLE` for trouble with the file; changes also `STORE_READ_ONLY`, `STORE_FULL` and `STORE_CONFLICT`.
 *
 * @example
 * await using store = await EmbeddedStore.open('.codegraphai/index.db');
 */
export class EmbeddedStore implements DumpableStore {
  readonly #connection: Connection;
  readonly #filters: ChunkFilters;
  readonly #keywords: KeywordIndex;
  readonly #vectors: VectorCache;
  readonly #nodes: NodeInterner;
  /** That this store wrote last: at another one somebody else has changed the index. */
  #revision = -1;

  private constructor(connection: Connection) {
    this.#connection = connection;
    this.#filters = new ChunkFilters(connection);
    this.#keywords = new KeywordIndex(connection);
    this.#vectors = new VectorCache(connection);
    this.#nodes = new NodeInterner(connection);
  }

  /**
   * Opens or makes an index.
   *
   * @param path - Its file, or `:memory:` for one that ends with the process.
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_VERSION_MISMATCH`, `STORE_DAMAGED`, `STORE_LOCKED`,
   * `STORE_READ_ONLY`, `STORE_UNREADABLE`, `STORE_FULL`.
   */
  static async open(path: string, options?: OpenStoreOptions): Promise<EmbeddedStore> {
    return new EmbeddedStore(await openConnection(path, options));
  }

  async getMeta(key: string): Promise<string | undefined> {
    return getMeta(this.#connection, key);
  }

  async setMeta(
    entries: Readonly<Record<string, string>>,
    whereMeta: Readonly<Record<string, string>> = {},
  ): Promise<boolean> {
    return this.#change(() => {
      if (!this.#holds(whereMeta)) return false;
      setMeta(this.#connection, entries);
      return true;
    });
  }

  /** Every fact about the index, `schemaVersion` included. */
  async allMeta(): Promise<ReadonlyMap<string, string>> {
    return allMeta(this.#connection);
  }

  async fileStamps(paths?: readonly string[]): Promise<FileStamp[]> {
    return fileStamps(this.#connection, paths);
  }

  /** Reads some files at a time: changes made meanwhile show in the files still to come. */
  async *allFacts(): AsyncGenerator<FileFacts> {
    let last = '';
    for (;;) {
      const page = factsAfter(this.#connection, last, FACTS_PAGE);
      yield* page;
      last = page.at(-1)?.path ?? last;
      if (page.length < FACTS_PAGE) return;
    }
  }

  async facts(paths: readonly string[]): Promise<FileFacts[]> {
    return factsOf(this.#connection, paths);
  }

  async previousFacts(): Promise<FileFacts[]> {
    return previousFacts(this.#connection);
  }

  async diagnostics(): Promise<Diagnostic[]> {
    return diagnostics(this.#connection);
  }

  async counts(): Promise<IndexCounts> {
    const counts = this.#connection.get<IndexCounts>(
      `SELECT (SELECT count(*) FROM file) AS files, (SELECT count(*) FROM symbol) AS symbols,
         (SELECT count(*) FROM edge) AS edges, (SELECT count(*) FROM chunk) AS chunks,
         (SELECT count(*) FROM chunk c JOIN embedding e ON e.content_id = c.content_id) AS embedded,
         (SELECT count(*) FROM pending) AS pending`,
    );
    return { files: 0, symbols: 0, edges: 0, chunks: 0, embedded: 0, pending: 0, ...counts };
  }

  async applyFiles(change: {
    readonly upsert: readonly IndexedFile[];
    readonly remove: readonly string[];
    readonly meta?: Readonly<Record<string, string>> | undefined;
  }): Promise<void> {
    this.#change((revision) => {
      applyFiles(this.#connection, change, this.#nodes, revision);
      if (change.meta !== undefined) setMeta(this.#connection, change.meta);
    });
  }

  async touchFiles(stamps: readonly Pick<FileStamp, 'path' | 'contentHash' | 'mtimeMs'>[]): Promise<void> {
    // No new revision: nothing that a reader remembers depends on the time of a file.
    this.#connection.write(() => {
      for (const stamp of stamps) touchFile(this.#connection, stamp);
    });
  }

  async edgeDigests(): Promise<ReadonlyMap<string, string>> {
    return edgeDigests(this.#connection);
  }

  async edgeSets(): Promise<EdgeSet[]> {
    return edgeSets(this.#connection);
  }

  async replaceEdges(
    files: readonly FileEdges[],
    meta?: Readonly<Record<string, string>>,
    settled = false,
  ): Promise<void> {
    this.#change(() => {
      for (const file of files) replaceFileEdges(this.#connection, this.#nodes, file);
      if (settled) forgetPreviousFacts(this.#connection);
      if (meta !== undefined) setMeta(this.#connection, meta);
    });
  }

  async pendingEmbeddings(limit: number): Promise<PendingEmbedding[]> {
    return pendingEmbeddings(this.#connection, limit);
  }

  /**
   * Hashes of texts the index does not hold (any more) are left out: their file changed while they were encoded.
   *
   * @throws {@link StoreError} `STORE_DIMENSIONS_MISMATCH` when the index has vectors of another length.
   * @throws RangeError when a component is not finite, or the sizes do not fit together.
   */
  async putEmbeddings(
    contentHashes: readonly string[],
    vectors: Float32Array,
    dimensions: number,
    whereMeta: Readonly<Record<string, string>> = {},
  ): Promise<boolean> {
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw new RangeError(`a vector of ${dimensions} dimensions is outside 1 to ${MAX_DIMENSIONS}`);
    }
    if (vectors.length !== contentHashes.length * dimensions) {
      throw new RangeError(`${contentHashes.length} x ${dimensions} vectors need not ${vectors.length} components`);
    }
    if (contentHashes.length === 0) return this.#holds(whereMeta);
    return this.#change((revision) => {
      if (!this.#holds(whereMeta)) return false;
      const known = readState(this.#connection).dimensions;
      if (known === 0) setDimensions(this.#connection, dimensions);
      else this.#assertDimensions(dimensions, known);
      putVectors(this.#connection, contentHashes, vectors, dimensions, revision);
      return true;
    });
  }

  async clearEmbeddings(meta?: Readonly<Record<string, string>>): Promise<void> {
    this.#change(() => {
      clearVectors(this.#connection);
      startVectorEpoch(this.#connection);
      if (meta !== undefined) setMeta(this.#connection, meta);
    });
  }

  /** @throws {@link StoreError} `STORE_DIMENSIONS_MISMATCH` when the index has vectors of another length. */
  async searchVectors(query: Float32Array, k: number, filter?: SearchFilter): Promise<ScoredChunk[]> {
    return this.#connection.read(() => {
      const state = readState(this.#connection);
      if (state.dimensions !== 0) this.#assertDimensions(query.length, state.dimensions);
      return this.#vectors.search(query, k, this.#filters.resolve(filter, state.revision), state);
    });
  }

  async searchKeywords(query: KeywordQuery, k: number, filter?: SearchFilter): Promise<ScoredChunk[]> {
    return this.#connection.read(() => {
      const { revision } = readState(this.#connection);
      return this.#keywords.search(query, k, this.#filters.resolve(filter, revision), revision);
    });
  }

  async termFrequencies(terms: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#connection.read(() => this.#keywords.termFrequencies(terms, readState(this.#connection).revision));
  }

  async getChunks(ids: readonly number[]): Promise<StoredChunk[]> {
    return getChunks(this.#connection, ids);
  }

  async getSymbols(ids: readonly NodeId[]): Promise<SymbolNode[]> {
    return getSymbols(this.#connection, ids);
  }

  /** @param query - `line` is 1-based and needs `path`: only the innermost symbol around it is found. */
  async findSymbols(query: SymbolQuery): Promise<SymbolNode[]> {
    return findSymbols(this.#connection, query);
  }

  async edges(
    ids: readonly NodeId[],
    options: { readonly direction: 'outgoing' | 'incoming'; readonly kinds?: readonly EdgeKind[] | undefined },
  ): Promise<Edge[]> {
    return edgesOf(this.#connection, ids, options.direction, options.kinds);
  }

  /** Names match as in {@link findSymbols}: `acquire` also finds `pool.acquire`. */
  async unresolved(query: {
    readonly sources?: readonly NodeId[] | undefined;
    readonly names?: readonly string[] | undefined;
  }): Promise<UnresolvedReference[]> {
    return unresolvedOfQuery(this.#connection, query);
  }

  async readGraph(sink: GraphSink, unlessRevision?: number): Promise<number> {
    return this.#connection.read(() => {
      const { revision } = readState(this.#connection);
      if (revision !== unlessRevision) readGraphInto(this.#connection, sink);
      return revision;
    });
  }

  /** What goes out of each file, in path order; see `dumpIndex`. */
  async *allEdges(): AsyncGenerator<FileEdges> {
    for (const [path, digest] of edgeDigests(this.#connection)) yield fileEdges(this.#connection, path, digest);
  }

  /** Chunks of every file, in order of path and place; see `dumpIndex`. */
  async *allChunks(): AsyncGenerator<ChunkRecord> {
    for (const { path } of fileStamps(this.#connection)) yield* fileChunks(this.#connection, path);
  }

  /** Words of every chunk as the text index holds them, in no order of chunks; see `dumpIndex`. */
  async chunkWords(): Promise<ReadonlyMap<number, string>> {
    return this.#connection.read(() => this.#keywords.fingerprints());
  }

  /** The vector of a chunk as it is stored; undefined where it has none yet. */
  async getVector(chunkId: number): Promise<QuantizedVector | undefined> {
    return this.#connection.read(() => chunkVector(this.#connection, chunkId, readState(this.#connection).dimensions));
  }

  async optimize(): Promise<void> {
    this.#change(() => {
      removeOrphanNodes(this.#connection);
      this.#nodes.forget();
      this.#connection.run("INSERT INTO keyword (keyword) VALUES ('optimize')");
    });
    // Readers of an older state may keep the log from being folded: the next time will do.
    this.#connection.exec('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    this.#vectors.clear();
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #change<Result>(work: (revision: number) => Result): Result {
    try {
      return this.#connection.write(() => {
        const revision = nextRevision(this.#connection);
        if (revision !== this.#revision + 1) this.#nodes.forget();
        this.#revision = revision;
        return work(revision);
      });
    } catch (thrown) {
      this.#nodes.forget();
      throw thrown;
    }
  }

  #holds(facts: Readonly<Record<string, string>>): boolean {
    return Object.entries(facts).every(([key, value]) => getMeta(this.#connection, key) === value);
  }

  #assertDimensions(found: number, expected: number): void {
    if (found === expected) return;
    throw new StoreError(
      `The index ${this.#connection.path} has vectors of ${expected} dimensions, and these have ${found}`,
      {
        code: 'STORE_DIMENSIONS_MISMATCH',
        hint: 'Use the model the index was made with, or run `codegraphai index --model REF` with the other one.',
        details: { path: this.#connection.path, found, expected },
      },
    );
  }
}
