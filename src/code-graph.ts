import { resolve } from 'node:path';
import type {
  CodeGraphSearchOptions,
  Diff,
  OpenCodeGraphOptions,
  SearchResponse,
  VerifyOptions,
} from './code-graph-types.ts';
import { assertFolder } from './indexing/discovery/list-files.ts';
import type { RunIndexOptions } from './indexing/fast-indexer.ts';
import { INDEX_META } from './indexing/index-meta.ts';
import type { IndexReport } from './indexing/index-report.ts';
import { silentLogger, type Logger } from './kernel/logger.ts';
import { OpenIndex } from './open-index.ts';
import { packageVersion } from './package-info.ts';
import { languageDescriptors } from './parsing/language-descriptors.ts';
import type { SymbolDetails } from './search/code-knowledge-graph.ts';
import { completeHit, type CompletedHit } from './search/complete-hit.ts';
import type { ExportFormat } from './search/export/export-formats.ts';
import type { GraphExport, GraphExportOptions } from './search/export/graph-exporter.ts';
import type { Impact, ImpactOptions } from './search/impact.ts';
import type { Overview, OverviewManifests, OverviewOptions } from './search/overview.ts';
import type { RelationOptions, Relations } from './search/relations.ts';
import type { SymbolPath, SymbolPathOptions } from './search/symbol-path.ts';
import { VectorKnowledgeGraph } from './search/vector-knowledge-graph.ts';
import { compareIndexes, type IndexComparison } from './store/compare-indexes.ts';
import type { IndexCounts } from './store/index-store.ts';
import { readModelRecord } from './store/model-record.ts';
import { withTemporaryStore } from './store/open-store.ts';

export type * from './code-graph-types.ts';
export type { CompletedHit as CodeGraphHit } from './search/complete-hit.ts';
export { WEIGHT_PRECISIONS } from './model/weight-precision.ts';
export { EDGE_KINDS } from './graph/edge.ts';
export { SYMBOL_KINDS } from './graph/symbol.ts';
export { EXPORT_FORMATS } from './search/export/export-formats.ts';
export { OVERVIEW_SECTIONS } from './search/overview.ts';
export { SEARCH_MODES } from './search/vector-knowledge-graph.ts';
export type { SymbolDetails } from './search/code-knowledge-graph.ts';
export type { ExportFormat } from './search/export/export-formats.ts';
export type { GraphExport } from './search/export/graph-exporter.ts';
export type { AffectedCounts, Impact, ImpactResult } from './search/impact.ts';
export type { Overview } from './search/overview.ts';
export type * from './search/overview-sections.ts';
export type { Completeness, RelationEdge } from './search/relation-edge.ts';
export type { Relations } from './search/relations.ts';
export type { SymbolPath } from './search/symbol-path.ts';
export type { NodeSummary } from './search/symbol-summary.ts';
export type { IndexComparison } from './store/compare-indexes.ts';
export type { IndexReport } from './indexing/index-report.ts';
export type { IndexProgress } from './indexing/progress.ts';

/** Ids of the languages that are parsed. */
export const LANGUAGE_IDS: readonly string[] = languageDescriptors().map(({ id }) => id);

/**
 * One repository: index it, ask it. Opens its store and its model when they are first needed, so a question about
 * callers loads no model.
 *
 * @example
 * await using graph = await CodeGraph.open({ root: '.' });
 * await graph.index();
 * const { hits } = await graph.search('onde o pedido é cancelado?', { limit: 5 });
 */
export class CodeGraph implements AsyncDisposable {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly #options: OpenCodeGraphOptions;
  readonly #logger: Logger;
  readonly #index: OpenIndex;

  private constructor(options: OpenCodeGraphOptions) {
    this.root = resolve(options.root);
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#index = new OpenIndex(this.root, this.#logger);
  }

  static async open(options: OpenCodeGraphOptions): Promise<CodeGraph> {
    return new CodeGraph(options);
  }

  /**
   * Builds the index, or brings it up to date.
   *
   * @throws {@link IndexingError} `INDEXING_ROOT_…` for a root that cannot be indexed.
   * @throws {@link StoreError} when the index cannot be written; with `full`, a damaged one is replaced.
   * @throws {@link ModelError} when no model can be loaded.
   */
  async index(options: RunIndexOptions = {}): Promise<IndexReport> {
    const { root } = this;
    const { model = null, weightPrecision, strict, offline, workers } = this.#options;
    await assertFolder(root); // Before the store makes its folder: a mistyped path must leave nothing behind.
    const store = await this.#index.store('write', options.full === true);
    // Loaded late: questions need neither the parsers nor the resolution of references.
    const { FastIndexer } = await import('./indexing/fast-indexer.ts');
    const indexer = new FastIndexer({
      knowledgeGraph: { root, store },
      embeddingModel: model,
      weightPrecision,
      strict,
      offline,
      workers,
      logger: this.#logger,
    });
    try {
      return await indexer.index(options);
    } finally {
      await this.#index.dropEncoder(); // Questions are encoded with the model of the vectors, which may be another one now.
    }
  }

  /**
   * Finds places by meaning and by words.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND` where there is no index.
   * @throws {@link SearchError} for an empty query, or an index of another model.
   */
  async search(query: string, options: CodeGraphSearchOptions = {}): Promise<SearchResponse> {
    const started = performance.now();
    const { mode = 'hybrid', context = false, model = null } = options;
    const store = await this.#index.store('read');
    const encoder = await this.#index.encoder(model);
    const vectors = new VectorKnowledgeGraph({
      store,
      openEncoder: () => encoder.open(),
      embeddingModel: model,
      notices: () => encoder.notices(),
    });
    const outcome = await vectors.search(query, mode, options);
    const graph = context ? await this.#index.graph() : null;
    const stamps = new Map(
      (await store.fileStamps(outcome.hits.map(({ path }) => path))).map((stamp) => [stamp.path, stamp]),
    );
    const hits: CompletedHit[] = [];
    for (const hit of outcome.hits) hits.push(await completeHit(this.root, hit, stamps.get(hit.path), graph));
    const record = await readModelRecord(store);
    return {
      query,
      mode: outcome.mode,
      model: record === null ? null : { id: record.id, fingerprint: record.fingerprint },
      tookMs: Math.round((performance.now() - started) * 10) / 10,
      hits,
      diagnostics: outcome.diagnostics,
    };
  }

  /**
   * Every definition of a name.
   *
   * @throws {@link SearchError} `SYMBOL_NOT_FOUND`, with the names that are close.
   */
  async symbols(name: string, options: { readonly limit?: number | undefined } = {}): Promise<SymbolDetails[]> {
    return await (await this.#index.graph()).symbols(name, options);
  }

  /** @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`. */
  async callers(name: string, options: RelationOptions = {}): Promise<Relations> {
    return await (await this.#index.graph()).callers(name, options);
  }

  /** @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`. */
  async callees(name: string, options: RelationOptions = {}): Promise<Relations> {
    return await (await this.#index.graph()).callees(name, options);
  }

  /**
   * Everything that can break when a symbol or a file changes.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  async impact(name: string, options: ImpactOptions = {}): Promise<Impact> {
    return await (await this.#index.graph()).impact(name, options);
  }

  /**
   * The shortest chain of edges from one symbol or file to another.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  async path(from: string, to: string, options: SymbolPathOptions = {}): Promise<SymbolPath> {
    return await (await this.#index.graph()).path(from, to, options);
  }

  /** What the repository is made of: languages, folders, entry points, hot spots, cycles, communities, unused code. */
  async overview(options: OverviewOptions = {}): Promise<Overview> {
    const { readPackageFacts } = await import('./indexing/package-manifests.ts');
    const readManifests = async (paths: readonly string[]): Promise<OverviewManifests> =>
      readPackageFacts(this.root, paths);
    return await (await this.#index.graph()).overview({ readManifests, ...options });
  }

  /**
   * Symbols that differ from a revision of git, and what may break by it.
   *
   * @param revision - Whatever git takes for a commit. @defaultValue `HEAD`
   * @throws {@link IndexingError} `INDEXING_GIT_MISSING`, `INDEXING_NOT_IN_GIT`, `INDEXING_REVISION_UNKNOWN`,
   * `INDEXING_GIT_FAILED`.
   */
  async diff(revision = 'HEAD', options: ImpactOptions = {}): Promise<Diff> {
    const store = await this.#index.store('read');
    const { changedFiles } = await import('./indexing/discovery/changed-files.ts');
    const { staleFiles } = await import('./indexing/discovery/stale-files.ts');
    const changed = await changedFiles(this.root, revision, options);
    const paths = changed.files.flatMap(({ path, status }) => (status === 'deleted' ? [] : [path]));
    const stale = await staleFiles(this.root, paths, await store.fileStamps(paths));
    const changes = await (await this.#index.graph()).changes(changed.files, options);
    return { revision: changed.revision, ...changes, stale };
  }

  /** Writes the graph in a format that other programs read, piece by piece. */
  async export(format: ExportFormat, options: GraphExportOptions = {}): Promise<GraphExport> {
    const { exportGraph } = await import('./search/export/export-formats.ts');
    const source = { root: this.root, store: await this.#index.store('read'), toolVersion: packageVersion() };
    return await exportGraph(format, source, options);
  }

  /**
   * Compares the stored index with a fresh one of the same files: files, symbols, edges, references that made none, and
   * chunks. Changes nothing.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND` where there is no index.
   */
  async verify(options: VerifyOptions = {}): Promise<IndexComparison> {
    const { limit = 10, onProgress, signal } = options;
    const { root } = this;
    const stored = await this.#index.store('read');
    const { FastIndexer } = await import('./indexing/fast-indexer.ts');
    return await withTemporaryStore(async (store) => {
      const { workers } = this.#options;
      const indexer = new FastIndexer({ knowledgeGraph: { root, store }, workers, logger: this.#logger });
      // One that is gone by now is no error here: the stored index differs by it.
      const scip = await stored.getMeta(INDEX_META.scip);
      if (scip !== undefined) await store.setMeta({ [INDEX_META.scip]: scip });
      await indexer.index({ embed: false, onProgress, signal });
      signal?.throwIfAborted();
      return await compareIndexes(stored, store, limit);
    });
  }

  /** Size of the index. */
  async counts(): Promise<IndexCounts> {
    return await (await this.#index.store('read')).counts();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#index.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
