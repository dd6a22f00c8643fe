/** How well one ranked list answers one question; every figure is 0..1. */
export interface Score {
  readonly ndcg: number;
  readonly recall: number;
  /** 1 where the first file is one of those expected. */
  readonly first: number;
}

/** Files looked at. */
const DEPTH = 10;

/** Distinct files in the order of their best hit. */
export function rankFiles(paths: readonly string[]): string[] {
  return [...new Set(paths)].slice(0, DEPTH);
}

/** Scores files against those expected, all equally relevant: NDCG@10, recall@10 and whether the first is right. */
export function scoreFiles(files: readonly string[], expected: readonly string[]): Score {
  let gain = 0;
  let found = 0;
  for (const [at, file] of files.slice(0, DEPTH).entries()) {
    if (!expected.includes(file)) continue;
    gain += 1 / Math.log2(at + 2);
    found++;
  }
  let ideal = 0;
  for (let at = 0; at < Math.min(expected.length, DEPTH); at++) ideal += 1 / Math.log2(at + 2);
  return { ndcg: gain / ideal, recall: found / expected.length, first: expected.includes(files[0] ?? '') ? 1 : 0 };
}

/** Means of scores, to three digits. */
export function meanScore(scores: readonly Score[]): Score & { readonly questions: number } {
  const mean = (pick: (score: Score) => number): number =>
    Math.round((scores.reduce((sum, score) => sum + pick(score), 0) / Math.max(1, scores.length)) * 1_000) / 1_000;
  return {
    questions: scores.length,
    ndcg: mean((score) => score.ndcg),
    recall: mean((score) => score.recall),
    first: mean((score) => score.first),
  };
}
