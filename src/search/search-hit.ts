import type { SymbolSummary } from './symbol-summary.ts';

/** One reason for the rank of a hit. */
export interface RankingSignal {
  /** `semantic` (value: cosine), `keyword` (BM25), `fusion` (0..1), or the name of a ranking rule. */
  readonly signal: string;
  /** 1-based place in that search, where the signal is a search. */
  readonly rank?: number | undefined;
  /** What a boost or bonus added, or a penalty multiplied by, where the signal is a rule. */
  readonly value: number;
}

/** A place in the repository that answers a query. */
export interface SearchHit {
  /** 1-based. */
  readonly rank: number;
  /**
   * `(fusion + boosts) x penalties + bonus`. Fusion is 0..1, so 1 is the best chunk of the pool without any rule; above
   * 2 are the definitions of a name that is the whole query. Scores order the hits of one query and do not compare between queries.
   */
  readonly score: number;
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  /** 1-based and inclusive: the part of the file that answers best, not always the whole symbol. */
  readonly startLine: number;
  readonly endLine: number;
  readonly language: string;
  /** The definition the lines belong to; null for code outside symbols. */
  readonly symbol: SymbolSummary | null;
  /** Why it ranks where it does; empty unless asked for. */
  readonly explain: readonly RankingSignal[];
}
