import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAdjacency } from '../../../../src/graph/adjacency.ts';
import {
  largeComponents,
  stronglyConnectedComponents,
} from '../../../../src/graph/algorithms/strongly-connected-components.ts';
import { adjacencyOf, pairs, reachability } from '../_graphs.ts';

describe('stronglyConnectedComponents', () => {
  it('puts two nodes together exactly where each reaches the other', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const { componentOf, count } = stronglyConnectedComponents(adjacencyOf(graph));
        const reaches = reachability(graph);
        for (let a = 0; a < graph.nodeCount; a++)
          for (let b = 0; b < graph.nodeCount; b++)
            expect(componentOf[a] === componentOf[b]).toBe(reaches[a]![b]! && reaches[b]![a]!);
        expect(new Set(componentOf).size).toBe(count);
      }),
    );
  });

  it('numbers components against the direction of the edges', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const { componentOf } = stronglyConnectedComponents(adjacencyOf(graph));
        for (const [from, to] of graph.edges) expect(componentOf[from]!).toBeGreaterThanOrEqual(componentOf[to]!);
      }),
    );
  });

  it('does not overflow the stack on a chain of 200,000 nodes that closes to a ring', () => {
    const nodeCount = 200_000;
    const sources = Uint32Array.from({ length: nodeCount }, (_, node) => node);
    const ring = buildAdjacency(nodeCount, { sources, targets: sources.map((node) => (node + 1) % nodeCount) });
    expect(stronglyConnectedComponents(ring).count).toBe(1);
  });
});

describe('largeComponents', () => {
  it('lists those of two nodes or more, largest first', () => {
    const edges = [0, 1, 1, 0, 3, 4, 4, 5, 5, 3, 2, 2].flatMap((_, at, all) =>
      at % 2 === 0 ? [[all[at]!, all[at + 1]!] as const] : [],
    );
    const components = stronglyConnectedComponents(adjacencyOf({ nodeCount: 6, edges }));
    expect(largeComponents(components)).toEqual([
      [3, 4, 5],
      [0, 1],
    ]);
  });
});
