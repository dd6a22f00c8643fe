import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageRank } from '../../../../src/graph/algorithms/page-rank.ts';
import { adjacencyOf, pairs, type Pairs } from '../_graphs.ts';

/** Solves (I - d·Mᵀ)·r = (1 - d)/n by elimination: no iteration, so no common mistake. */
function exactRanks({ nodeCount: n, edges }: Pairs, damping: number): number[] {
  const rows = Array.from({ length: n }, (_, to) => {
    const row = Array.from({ length: n }, (__, from) => {
      const out = edges.filter(([source]) => source === from);
      const share = out.length === 0 ? 1 / n : out.filter(([, target]) => target === to).length / out.length;
      return (from === to ? 1 : 0) - damping * share;
    });
    return [...row, (1 - damping) / n];
  });
  for (let pivot = 0; pivot < n; pivot++) {
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = rows[row]![pivot]! / rows[pivot]![pivot]!;
      for (let column = pivot; column <= n; column++) rows[row]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row, at) => row[n]! / row[at]!);
}

describe('pageRank', () => {
  it('equals the exact solution of its equations', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const ranks = pageRank(adjacencyOf(graph), { tolerance: 1e-12, maxIterations: 500 });
        for (const [node, exact] of exactRanks(graph, 0.85).entries()) expect(ranks[node]!).toBeCloseTo(exact, 9);
      }),
    );
  });

  it('sums to 1 and is the same to the last bit whatever the order of the edges', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const ranks = pageRank(adjacencyOf(graph));
        expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(1, 9);
        expect(pageRank(adjacencyOf({ ...graph, edges: [...graph.edges].reverse() }))).toEqual(ranks);
      }),
    );
  });

  it('has nothing to say of an empty graph', () => {
    expect(pageRank(adjacencyOf({ nodeCount: 0, edges: [] }))).toHaveLength(0);
  });
});
