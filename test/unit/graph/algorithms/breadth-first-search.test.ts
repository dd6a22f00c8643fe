import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breadthFirstSearch, nodesTo } from '../../../../src/graph/algorithms/breadth-first-search.ts';
import { adjacencyOf, pairs, type Pairs } from '../_graphs.ts';

/** Distances by relaxing every edge until nothing changes. */
function relaxed({ nodeCount, edges }: Pairs, start: number, maxDepth: number): number[] {
  const distances = Array.from({ length: nodeCount }, (_, node) => (node === start ? 0 : Infinity));
  for (let round = 0; round < nodeCount; round++)
    for (const [from, to] of edges) distances[to] = Math.min(distances[to]!, distances[from]! + 1);
  return distances.map((distance) => (distance <= maxDepth ? distance : -1));
}

describe('breadthFirstSearch', () => {
  it('reaches what relaxation reaches, at the same distances', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 5 }), (graph, maxDepth) => {
        const { depthOf, reached } = breadthFirstSearch(adjacencyOf(graph), [0], { maxDepth });
        expect([...depthOf]).toEqual(relaxed(graph, 0, maxDepth));
        expect(reached.slice().sort()).toEqual(Uint32Array.from(depthOf.keys()).filter((node) => depthOf[node] !== -1));
      }),
    );
  });

  it('gives a chain of steps of the least length to each node', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const search = breadthFirstSearch(adjacencyOf(graph), [0]);
        for (const node of search.reached) {
          const chain = nodesTo(search, node);
          expect(chain).toHaveLength(search.depthOf[node]! + 1);
          expect([chain[0], chain.at(-1)]).toEqual([0, node]);
          for (const [at, next] of chain.slice(1).entries())
            expect(graph.edges.some(([from, to]) => from === chain[at] && to === next)).toBe(true);
        }
      }),
    );
  });

  it('ends at the first goal, which may be a start', () => {
    const chain = adjacencyOf({
      nodeCount: 4,
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    });
    const search = breadthFirstSearch(chain, [0], { goals: Uint8Array.of(0, 0, 1, 1) });
    expect([search.goal, search.depthOf[3]]).toEqual([2, -1]);
    const atStart = breadthFirstSearch(chain, [0, 1], { goals: Uint8Array.of(0, 1, 0, 0) });
    expect([atStart.goal, nodesTo(atStart, 1)]).toEqual([1, [1]]);
    expect(breadthFirstSearch(chain, [3], { goals: Uint8Array.of(1, 0, 0, 0) }).goal).toBe(-1);
  });
});
