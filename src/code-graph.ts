import { resolve } from 'node:path';
import type { Diagnostic } from './kernel/diagnostics.ts';
import { silentLogger, type Logger } from './kernel/logger.ts';
import { assertFolder } from './indexing/discovery/list-files.ts';
import type { RunIndexOptions } from './indexing/fast-indexer.ts';
import { INDEX_META } from './indexing/index-meta.ts';
import type { IndexReport } from './indexing/index-report.ts';
import type { WeightPrecision } from './model/weight-precision.ts';
import type { ChangedFiles } from './indexing/discovery/changed-files.ts';
import type { Changes } from './search/changes.ts';
import { CodeKnowledgeGraph, type SymbolDetails } from './search/code-knowledge-graph.ts';
import { packageVersion } from './package-info.ts';
import type { ExportFormat } from './search/export/export-formats.ts';
import type { GraphExport, GraphExportOptions } from './search/export/graph-exporter.ts';
import type { Impact, ImpactOptions } from './search/impact.ts';
import type { Overview, OverviewManifests, OverviewOptions } from './search/overview.ts';
import type { RelationOptions, Relations } from './search/relations.ts';
import type { SymbolPath, SymbolPathOptions } from './search/symbol-path.ts';
import { languageDescriptors } from './parsing/language-descriptors.ts';
import { QueryEncoder } from './search/query-encoder.ts';
import { readSnippet, type Snippet } from './search/read-snippet.ts';
import type { SearchHit } from './search/search-hit.ts';
import { VectorKnowledgeGraph, type SearchMode, type SearchOptions } from './search/vector-knowledge-graph.ts';
import type { FileStamp, IndexCounts, IndexStore } from './store/index-store.ts';
import { readModelRecord } from './store/model-record.ts';
import { compareIndexes, type IndexComparison } from './store/compare-indexes.ts';
import type { DumpableStore } from './store/dump-index.ts';
import { openIndexStore, withTemporaryStore } from './store/open-store.ts';

export { WEIGHT_PRECISIONS, type WeightPrecision } from './model/weight-precision.ts';
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

/** Lines of a hit that are read from its file. */
const SNIPPET_LINES = 40;
/** Why a hit has no lines, or perhaps not the right ones. */
const SNIPPET_NOTES: Readonly<Record<Exclude<Snippet['status'], 'read'> | 'stale', string>> = {
  stale: 'the file has changed since: these lines may be others, index again',
  missing: 'the file is gone: index again',
  'outside-root': 'the path leads out of the repository and was not read',
  unreadable: 'the file cannot be read',
  changed: 'the file has changed: index again',
};

/** Options of {@link CodeGraph.open}. */
export interface OpenCodeGraphOptions {
  /** Folder of the repository. */
  readonly root: string;
  /**
   * Embedding model for indexing: hub id or folder; null for the default order. Questions are always encoded with the
   * model the index was made with. @defaultValue null
   */
  readonly model?: string | null | undefined;
  /**
   * What becomes of float weights when the repository is indexed: `auto`, `float32` or `int8`. Questions are encoded as the
   * index was. @defaultValue `auto`
   */
  readonly weightPrecision?: WeightPrecision | undefined;
  /** Never use the network. @defaultValue false */
  readonly offline?: boolean | undefined;
  /** Fail where the model cannot be loaded, instead of taking the next. @defaultValue false */
  readonly strict?: boolean | undefined;
  /** Threads for parsing and encoding. @defaultValue the number of cores */
  readonly workers?: number | undefined;
  /** @defaultValue says nothing */
  readonly logger?: Logger | undefined;
}

/** Options of {@link CodeGraph.search}. */
export interface CodeGraphSearchOptions extends SearchOptions {
  /** @defaultValue `hybrid` */
  readonly mode?: SearchMode | undefined;
  /** Adds callers and callees of each hit's symbol. @defaultValue false */
  readonly context?: boolean | undefined;
  /**
   * Hub id or folder of the model for the question; another one than that of the index is refused.
   * @defaultValue null: the model the index was made with
   */
  readonly model?: string | null | undefined;
}

/** A hit with its lines, as people and agents read it. */
export interface CodeGraphHit extends SearchHit {
  /** The lines of the hit as they are in the file now; empty with a `note` where they cannot be read. */
  readonly snippet: string;
  readonly note?: string | undefined;
  readonly context?: { readonly callers: Relations; readonly callees: Relations } | undefined;
}

/** Options of {@link CodeGraph.verify}. */
export interface VerifyOptions extends Pick<RunIndexOptions, 'onProgress' | 'signal'> {
  /** Differences that are named, of each side. @defaultValue 10 */
  readonly limit?: number | undefined;
}

/** The answer of a search. */
export interface SearchResponse {
  readonly query: string;
  readonly mode: SearchMode;
  /** The model behind the index's vectors; null where it has none. */
  readonly model: { readonly id: string; readonly fingerprint: string } | null;
  readonly tookMs: number;
  readonly hits: readonly CodeGraphHit[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Symbols changed since a revision, and their impact. */
export interface Diff extends Changes {
  readonly revision: ChangedFiles['revision'];
  /** Files whose content is not the one that was indexed: what is said of them may be wrong, index again. */
  readonly stale: readonly string[];
}

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
  #store: { readonly access: 'read' | 'write'; readonly opened: Promise<DumpableStore> } | null = null;
  #graphOfStore: { readonly store: IndexStore; readonly graph: CodeKnowledgeGraph } | null = null;
  #encoder: { readonly model: string | null; readonly questions: QueryEncoder } | null = null;

  private constructor(options: OpenCodeGraphOptions) {
    this.root = resolve(options.root);
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
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
    const store = await this.#openStore('write', options.full === true);
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
      await this.#dropEncoder(); // Questions are encoded with the model of the vectors, which may be another one now.
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
    const store = await this.#openStore('read');
    const encoder = await this.#queryEncoder(store, model);
    const vectors = new VectorKnowledgeGraph({
      store,
      openEncoder: () => encoder.open(),
      embeddingModel: model,
      notices: () => encoder.notices(),
    });
    const outcome = await vectors.search(query, mode, options);
    const graph = context ? await this.#graph() : null;
    const stamps = new Map(
      (await store.fileStamps(outcome.hits.map(({ path }) => path))).map((stamp) => [stamp.path, stamp]),
    );
    const hits: CodeGraphHit[] = [];
    for (const hit of outcome.hits) hits.push(await this.#completeHit(hit, stamps.get(hit.path), graph));
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
    return await (await this.#graph()).symbols(name, options);
  }

  /** @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`. */
  async callers(name: string, options: RelationOptions = {}): Promise<Relations> {
    return await (await this.#graph()).callers(name, options);
  }

  /** @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`. */
  async callees(name: string, options: RelationOptions = {}): Promise<Relations> {
    return await (await this.#graph()).callees(name, options);
  }

  /**
   * Everything that can break when a symbol or a file changes.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  async impact(name: string, options: ImpactOptions = {}): Promise<Impact> {
    return await (await this.#graph()).impact(name, options);
  }

  /**
   * The shortest chain of edges from one symbol or file to another.
   *
   * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
   */
  async path(from: string, to: string, options: SymbolPathOptions = {}): Promise<SymbolPath> {
    return await (await this.#graph()).path(from, to, options);
  }

  /** What the repository is made of: languages, folders, entry points, hot spots, cycles, communities, unused code. */
  async overview(options: OverviewOptions = {}): Promise<Overview> {
    const { readPackageFacts } = await import('./indexing/package-manifests.ts');
    const readManifests = async (paths: readonly string[]): Promise<OverviewManifests> =>
      readPackageFacts(this.root, paths);
    return await (await this.#graph()).overview({ readManifests, ...options });
  }

  /**
   * Symbols that differ from a revision of git, and what may break by it.
   *
   * @param revision - Whatever git takes for a commit. @defaultValue `HEAD`
   * @throws {@link IndexingError} `INDEXING_GIT_MISSING`, `INDEXING_NOT_IN_GIT`, `INDEXING_REVISION_UNKNOWN`,
   * `INDEXING_GIT_FAILED`.
   */
  async diff(revision = 'HEAD', options: ImpactOptions = {}): Promise<Diff> {
    const store = await this.#openStore('read');
    const { changedFiles } = await import('./indexing/discovery/changed-files.ts');
    const { staleFiles } = await import('./indexing/discovery/stale-files.ts');
    const changed = await changedFiles(this.root, revision, options);
    const paths = changed.files.flatMap(({ path, status }) => (status === 'deleted' ? [] : [path]));
    const stale = await staleFiles(this.root, paths, await store.fileStamps(paths));
    const changes = await (await this.#graph()).changes(changed.files, options);
    return { revision: changed.revision, ...changes, stale };
  }

  /** Writes the graph in a format that other programs read, piece by piece. */
  async export(format: ExportFormat, options: GraphExportOptions = {}): Promise<GraphExport> {
    const { exportGraph } = await import('./search/export/export-formats.ts');
    const source = { root: this.root, store: await this.#openStore('read'), toolVersion: packageVersion() };
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
    const stored = await this.#openStore('read');
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
    return await (await this.#openStore('read')).counts();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    this.#graphOfStore = null;
    await this.#dropEncoder();
    const [opened] = await Promise.allSettled([store?.opened]);
    if (opened.status === 'fulfilled') await opened.value?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #graph(): Promise<CodeKnowledgeGraph> {
    const store = await this.#openStore('read');
    if (this.#graphOfStore?.store !== store) {
      this.#graphOfStore = { store, graph: new CodeKnowledgeGraph({ root: this.root, store }) };
    }
    return this.#graphOfStore.graph;
  }

  async #openStore(access: 'read' | 'write', replaceDamaged = false): Promise<DumpableStore> {
    const current = this.#store;
    if (current !== null && (current.access === 'write' || access === 'read')) return await current.opened;
    if (current !== null) {
      await this.#dropEncoder(); // It asks the store that ends here.
      await (await current.opened).close();
    }
    const opened = openIndexStore(this.root, { access, replaceDamaged });
    this.#store = { access, opened };
    try {
      return await opened;
    } catch (thrown) {
      this.#store = null; // The next call tries again: an index may have been made meanwhile.
      throw thrown;
    }
  }

  async #dropEncoder(): Promise<void> {
    const encoder = this.#encoder;
    this.#encoder = null;
    await encoder?.questions.close();
  }

  /** The encoder of the last question, unless this one names another model. */
  async #queryEncoder(store: IndexStore, model: string | null): Promise<QueryEncoder> {
    if (this.#encoder !== null && this.#encoder.model !== model) await this.#dropEncoder();
    this.#encoder ??= { model, questions: new QueryEncoder({ root: this.root, store, model, logger: this.#logger }) };
    return this.#encoder.questions;
  }

  async #completeHit(
    hit: SearchHit,
    stamp: FileStamp | undefined,
    graph: CodeKnowledgeGraph | null,
  ): Promise<CodeGraphHit> {
    const snippet = await readSnippet(this.root, hit, { maxLines: SNIPPET_LINES, stamp });
    const status = snippet.status === 'read' && snippet.stale ? 'stale' : snippet.status;
    const note = status === 'read' ? {} : { note: SNIPPET_NOTES[status] };
    const completed: CodeGraphHit = { ...hit, snippet: snippet.text ?? '', ...note };
    if (graph === null || hit.symbol === null) return completed;
    const { id } = hit.symbol;
    return { ...completed, context: { callers: await graph.callers(id), callees: await graph.callees(id) } };
  }
}
