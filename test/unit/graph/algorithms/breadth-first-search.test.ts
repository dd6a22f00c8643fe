import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breadthFirstSearch, stepsTo, type StepsFrom } from '../../../../src/graph/algorithms/breadth-first-search.ts';
import { pairs, type Pairs } from '../_graphs.ts';

const stepsOf =
  ({ edges }: Pairs): StepsFrom =>
  (node, visit) => {
    for (const [step, [from, to]] of edges.entries()) if (from === node) visit(to, step);
  };

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
        const { depthOf, reached } = breadthFirstSearch(graph.nodeCount, [0], stepsOf(graph), { maxDepth });
        expect([...depthOf]).toEqual(relaxed(graph, 0, maxDepth));
        expect([...reached].sort()).toEqual([...depthOf.keys()].filter((node) => depthOf[node] !== -1).sort());
      }),
    );
  });

  it('gives a chain of steps of the least length to each node', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const search = breadthFirstSearch(graph.nodeCount, [0], stepsOf(graph));
        for (const node of search.reached) {
          const chain = stepsTo(search, node).map((step) => graph.edges[step]!);
          expect(chain).toHaveLength(search.depthOf[node]!);
          expect(chain.reduce((at, [from, to]) => (at === from ? to : -1), 0)).toBe(node);
        }
      }),
    );
  });

  it('ends at the first goal, which may be a start', () => {
    const graph = {
      nodeCount: 4,
      edges: [
        [0, 1],
        [1, 2],
        [2, 3],
      ] as const,
    };
    const search = breadthFirstSearch(4, [0], stepsOf(graph), { isGoal: (node) => node >= 2 });
    expect([search.goal, search.depthOf[3]]).toEqual([2, -1]);
    const atStart = breadthFirstSearch(4, [0, 1], stepsOf(graph), { isGoal: (node) => node === 1 });
    expect([atStart.goal, stepsTo(atStart, 1)]).toEqual([1, []]);
    expect(breadthFirstSearch(4, [3], stepsOf(graph), { isGoal: (node) => node === 0 }).goal).toBe(-1);
  });
});
