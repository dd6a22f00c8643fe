import type { IndexStore, ScoredChunk, SearchFilter } from '../store/index-store.ts';
import { candidateTerms, knownTerms, type QueryAnalysis } from './query-analysis.ts';

/** Chunks taken from keyword search into fusion. Beyond it, a normalized BM25 score no longer moves the first ten hits. */
export const KEYWORD_POOL_SIZE = 300;

export interface KeywordSearchResult {
  /** Best first; score = BM25. Empty when the index knows none of the words. */
  readonly hits: readonly ScoredChunk[];
  /** What was looked for: the words of the question, and their other forms, that the index knows. */
  readonly terms: readonly string[];
  /** Share of the question's words that the index knows, 0..1. */
  readonly knownShare: number;
}

/** Finds chunks by the words of a question. */
export async function searchKeywords(
  store: IndexStore,
  analysis: QueryAnalysis,
  options: { readonly poolSize: number; readonly filter?: SearchFilter | undefined },
): Promise<KeywordSearchResult> {
  const frequencies = await store.termFrequencies(candidateTerms(analysis));
  const { terms, knownShare } = knownTerms(analysis, frequencies);
  const hits = terms.length === 0 ? [] : await store.searchKeywords({ terms }, options.poolSize, options.filter);
  return { hits, terms, knownShare };
}
