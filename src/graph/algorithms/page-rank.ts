import type { Adjacency } from '../adjacency.ts';

/** How {@link pageRank} computes. */
export interface PageRankOptions {
  /** Share of the rank that goes on along edges; the rest starts anew anywhere. @defaultValue 0.85 */
  readonly damping?: number | undefined;
  /** Ends when the ranks of all nodes together move by less than this. @defaultValue 1e-9 */
  readonly tolerance?: number | undefined;
  /** @defaultValue 100 */
  readonly maxIterations?: number | undefined;
}

/**
 * Rank of each node: how often one is there who forever follows a random edge (by weight) and now and then starts anew
 * somewhere. What much depends on, directly or not, ranks high. Sums to 1; nodes without edges out spread their rank over
 * all. The order of the sums is fixed, so the same graph has the same ranks to the last bit.
 *
 * S. Brin, L. Page, "The anatomy of a large-scale hypertextual web search engine", WWW 7 (1998).
 */
export function pageRank(graph: Adjacency, options: PageRankOptions = {}): Float64Array {
  const { damping = 0.85, tolerance = 1e-9, maxIterations = 100 } = options;
  const { nodeCount, offsets, targets, weights } = graph;
  const totalWeights = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    let total = 0;
    for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++) total += weights[edge] ?? 0;
    totalWeights[node] = total;
  }
  let ranks = new Float64Array(nodeCount).fill(1 / nodeCount);
  let next = new Float64Array(nodeCount);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    next.fill(0);
    let stranded = 0;
    for (let node = 0; node < nodeCount; node++) {
      const total = totalWeights[node] ?? 0;
      const rank = ranks[node] ?? 0;
      if (total === 0) {
        stranded += rank;
        continue;
      }
      const share = rank / total;
      for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++) {
        const target = targets[edge] ?? 0;
        next[target] = (next[target] ?? 0) + share * (weights[edge] ?? 0);
      }
    }
    const anywhere = (1 - damping + damping * stranded) / nodeCount;
    let moved = 0;
    for (let node = 0; node < nodeCount; node++) {
      const rank = damping * (next[node] ?? 0) + anywhere;
      moved += Math.abs(rank - (ranks[node] ?? 0));
      next[node] = rank;
    }
    [ranks, next] = [next, ranks];
    if (moved < tolerance) break;
  }
  return ranks;
}
