import type { AbortableOptions } from '../kernel/abort.ts';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import type { Encoder } from '../model/encoder.ts';
import type { IndexStore, ScoredChunk, SearchFilter } from '../store/index-store.ts';
import { readModelRecord } from '../store/model-record.ts';
import { selectHits } from './hit-selection.ts';
import { KEYWORD_POOL_SIZE, searchKeywords, type KeywordSearchResult } from './keyword-search.ts';
import { findNamedDefinitions } from './named-definitions.ts';
import { analyzeQuery, MAX_QUERY_LENGTH, type QueryAnalysis } from './query-analysis.ts';
import {
  fuseScores,
  KEYWORD_ONLY_WEIGHTS,
  QUESTION_WEIGHTS,
  SEMANTIC_ONLY_WEIGHTS,
  SYMBOL_QUERY_WEIGHTS,
  type FusedChunk,
  type FusionWeights,
} from './rank-fusion.ts';
import { QueryEncoder } from './query-encoder.ts';
import { buildRankingContext, RANKING_RULES, scoreCandidate, type Candidate } from './ranking-rules.ts';
import type { SearchHit } from './search-hit.ts';
import { fewKnownWords, keywordsOnly, noVectorsError, queryCut, vectorsIncomplete } from './search-notices.ts';
import { SEMANTIC_POOL_SIZE, searchVectors } from './semantic-search.ts';
import { summarizeSymbol } from './symbol-summary.ts';

export const SEARCH_MODES = ['hybrid', 'semantic', 'keyword'] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];

/** @see {@link SearchOptions.limit} */
export const DEFAULT_SEARCH_LIMIT = 10;
/** Fused chunks that are read from the store and ranked by rules; a rule lifts by far less than this many places. */
const RANKED_POOL_SIZE = 200;

export interface SearchOptions extends AbortableOptions {
  /** Most hits to return. @defaultValue {@link DEFAULT_SEARCH_LIMIT} */
  readonly limit?: number | undefined;
  readonly filter?: SearchFilter | undefined;
  /** Fills {@link SearchHit.explain}. @defaultValue false */
  readonly explain?: boolean | undefined;
}

export interface SearchOutcome {
  /** The mode that answered: `keyword` where hybrid search had no vectors. */
  readonly mode: SearchMode;
  readonly hits: readonly SearchHit[];
  /**
   * `SEARCH_KEYWORDS_ONLY`, `SEARCH_VECTORS_INCOMPLETE`, `SEARCH_FEW_KNOWN_WORDS`, `SEARCH_QUERY_CUT`,
   * `SEARCH_BETTER_MODEL`.
   */
  readonly diagnostics: readonly Diagnostic[];
}

/** What is searched: a `CodeKnowledgeGraph` is one. */
export interface SearchTarget {
  /** Folder of the repository, absolute. */
  readonly root: string;
  readonly store: IndexStore;
}

export interface VectorKnowledgeGraphOptions {
  readonly store: IndexStore;
  /** Gives the encoder of questions; called at the first search that needs it, so that keyword search loads no model. */
  readonly openEncoder: () => Promise<Encoder>;
  /** How the model of the questions was named; null: it is the one the index names. @defaultValue the encoder's id */
  readonly embeddingModel?: string | null | undefined;
  /** What to tell about the model of the questions, once it is open. @defaultValue nothing */
  readonly notices?: (() => Promise<readonly Diagnostic[]>) | undefined;
  /** @defaultValue says nothing */
  readonly logger?: Logger | undefined;
}

/** Options of {@link VectorKnowledgeGraph.open}. */
export interface OpenVectorKnowledgeGraphOptions {
  readonly knowledgeGraph: SearchTarget;
  /**
   * Model of the questions: hub id or folder. It must be the one the index was made with, or searches are refused.
   * @defaultValue null: the model the index was made with
   */
  readonly embeddingModel?: string | null | undefined;
  /** @defaultValue says nothing */
  readonly logger?: Logger | undefined;
}

/** Finds places in a repository by meaning, by words, or by both. Does not own the store. */
export class VectorKnowledgeGraph implements AsyncDisposable {
  readonly #store: IndexStore;
  readonly #openEncoder: () => Promise<Encoder>;
  readonly #reference: string | null | undefined;
  readonly #notices: () => Promise<readonly Diagnostic[]>;
  readonly #logger: Logger;
  /** The encoder that {@link open} brought along and that is closed with this. */
  #owned: QueryEncoder | null = null;

  constructor(options: VectorKnowledgeGraphOptions) {
    this.#store = options.store;
    this.#openEncoder = options.openEncoder;
    this.#reference = options.embeddingModel;
    this.#notices = options.notices ?? (async () => []);
    this.#logger = options.logger ?? silentLogger;
  }

  /** Searches an index with the model it was made with; the model is loaded at the first search that needs it. */
  static async open(options: OpenVectorKnowledgeGraphOptions): Promise<VectorKnowledgeGraph> {
    const { knowledgeGraph, embeddingModel = null, logger } = options;
    const encoder = new QueryEncoder({ ...knowledgeGraph, model: embeddingModel, logger });
    const vectors = new VectorKnowledgeGraph({
      store: knowledgeGraph.store,
      openEncoder: () => encoder.open(),
      embeddingModel,
      notices: () => encoder.notices(),
      logger,
    });
    vectors.#owned = encoder;
    return vectors;
  }

  /** Ends the encoder that {@link open} started. Idempotent. */
  async close(): Promise<void> {
    await this.#owned?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Finds by meaning, in any language the model knows. Of the rules only those that do not read the question's words
   * apply.
   *
   * @throws {@link SearchError} `SEARCH_NO_VECTORS`, `SEARCH_MODEL_MISMATCH`, `SEARCH_QUERY_EMPTY`.
   */
  async semanticSearch(query: string, options: SearchOptions = {}): Promise<readonly SearchHit[]> {
    return (await this.search(query, 'semantic', options)).hits;
  }

  /**
   * Finds by words and parts of names. Needs no model.
   *
   * @throws {@link SearchError} `SEARCH_QUERY_EMPTY`.
   */
  async keywordSearch(query: string, options: SearchOptions = {}): Promise<readonly SearchHit[]> {
    return (await this.search(query, 'keyword', options)).hits;
  }

  /**
   * Finds by both. Where the index has no vectors, words alone answer; {@link search} says so in its diagnostics, and
   * this method to the logger.
   *
   * @throws {@link SearchError} `SEARCH_MODEL_MISMATCH`, `SEARCH_QUERY_EMPTY`.
   */
  async hybridSearch(query: string, options: SearchOptions = {}): Promise<readonly SearchHit[]> {
    return (await this.search(query, 'hybrid', options)).hits;
  }

  /** Searches in a mode given as a value, and tells what was unusual about the answer. Throws as the methods above do. */
  async search(query: string, mode: SearchMode, options: SearchOptions = {}): Promise<SearchOutcome> {
    const { limit = DEFAULT_SEARCH_LIMIT, filter, explain = false, signal } = options;
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`limit is ${limit}: it must be a whole number from 1 up`);
    }
    signal?.throwIfAborted();
    const analysis = analyzeQuery(query);
    const diagnostics: Diagnostic[] = [];
    if (query.trim().length > MAX_QUERY_LENGTH) diagnostics.push(queryCut(query));
    const answering = await this.#answeringMode(mode, diagnostics);

    const [keywordResult, semanticHits] = await this.#searchPools(analysis, answering, { limit, filter, signal });
    signal?.throwIfAborted();
    if (answering !== 'keyword') diagnostics.push(...(await this.#notices()));
    const unknown = keywordResult !== null && answering === 'keyword' ? fewKnownWords(keywordResult, analysis) : null;
    if (unknown !== null) diagnostics.push(unknown);

    const fused = fuseScores(keywordResult?.hits ?? [], semanticHits, weightsFor(answering, analysis));
    const candidates = await this.#readCandidates(fused, analysis, answering, { limit, filter });
    const context = buildRankingContext(analysis, candidates);
    const rules = answering === 'semantic' ? RANKING_RULES.filter((rule) => !rule.readsQuery) : RANKING_RULES;
    const ranked = candidates.map((candidate) => ({
      chunk: candidate.chunk,
      ...scoreCandidate(candidate, context, rules),
    }));
    const hits = selectHits(ranked, limit).map(({ chunk, score, signals }, index): SearchHit => {
      const { path, startLine, endLine, language } = chunk;
      const symbol = chunk.symbol === null ? null : summarizeSymbol(chunk.symbol);
      return { rank: index + 1, score, path, startLine, endLine, language, symbol, explain: explain ? signals : [] };
    });
    for (const diagnostic of diagnostics) this.#logger.warn(diagnostic.message, { code: diagnostic.code });
    return { mode: answering, hits, diagnostics };
  }

  /** Hybrid search becomes keyword search where there are no vectors; semantic search is refused there. */
  async #answeringMode(mode: SearchMode, diagnostics: Diagnostic[]): Promise<SearchMode> {
    if (mode === 'keyword') return mode;
    const { chunks, embedded } = await this.#store.counts();
    const record = await readModelRecord(this.#store);
    if (embedded > 0 && record !== null) {
      if (embedded < chunks) diagnostics.push(vectorsIncomplete(embedded, chunks, record));
      return mode;
    }
    if (mode === 'semantic') throw noVectorsError(chunks, record);
    diagnostics.push(keywordsOnly(chunks, record));
    return 'keyword';
  }

  async #searchPools(
    analysis: QueryAnalysis,
    mode: SearchMode,
    options: SearchOptions & { readonly limit: number },
  ): Promise<[KeywordSearchResult | null, readonly ScoredChunk[]]> {
    const { limit, filter, signal } = options;
    const keywords = async (): Promise<KeywordSearchResult> =>
      searchKeywords(this.#store, analysis, { poolSize: Math.max(KEYWORD_POOL_SIZE, 2 * limit), filter });
    const vectors = async (): Promise<readonly ScoredChunk[]> =>
      searchVectors(this.#store, await this.#openEncoder(), analysis.text, {
        poolSize: Math.max(SEMANTIC_POOL_SIZE, 2 * limit),
        filter,
        signal,
        reference: this.#reference,
      });
    return Promise.all([mode === 'semantic' ? null : keywords(), mode === 'keyword' ? [] : vectors()]);
  }

  async #readCandidates(
    fused: readonly FusedChunk[],
    analysis: QueryAnalysis,
    mode: SearchMode,
    options: { readonly limit: number; readonly filter: SearchFilter | undefined },
  ): Promise<Candidate[]> {
    const pool = fused.slice(0, Math.max(RANKED_POOL_SIZE, 2 * options.limit));
    const fusedById = new Map(fused.map((entry) => [entry.chunkId, entry]));
    const chunks = await this.#store.getChunks(pool.map(({ chunkId }) => chunkId));
    if (mode !== 'semantic') {
      const known = new Set(chunks.flatMap(({ symbol }) => (symbol === null ? [] : [symbol.id])));
      chunks.push(...(await findNamedDefinitions(this.#store, analysis.symbolNames, known, options.filter)));
    }
    return chunks.map((chunk) => ({
      chunk,
      fused: fusedById.get(chunk.id) ?? { chunkId: chunk.id, score: 0, keyword: null, semantic: null },
    }));
  }
}

function weightsFor(mode: SearchMode, analysis: QueryAnalysis): FusionWeights {
  if (mode === 'keyword') return KEYWORD_ONLY_WEIGHTS;
  if (mode === 'semantic') return SEMANTIC_ONLY_WEIGHTS;
  return analysis.looksLikeSymbol ? SYMBOL_QUERY_WEIGHTS : QUESTION_WEIGHTS;
}
