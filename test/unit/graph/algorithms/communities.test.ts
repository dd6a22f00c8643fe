import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { communities, modularity } from '../../../../src/graph/algorithms/communities.ts';
import { adjacencyOf, pairs, reachability, type Pairs } from '../_graphs.ts';

/** Modularity by its definition, pair by pair. */
function naiveModularity({ nodeCount, edges }: Pairs, of: Uint32Array): number {
  const between = (a: number, b: number): number =>
    a === b ? 0 : edges.filter(([from, to]) => (from === a && to === b) || (from === b && to === a)).length;
  const nodes = [...Array(nodeCount).keys()];
  const degree = nodes.map((a) => nodes.reduce((sum, b) => sum + between(a, b), 0));
  const total = degree.reduce((sum, each) => sum + each, 0);
  if (total === 0) return 0;
  let sum = 0;
  for (const a of nodes)
    for (const b of nodes) if (of[a] === of[b]) sum += between(a, b) - (degree[a]! * degree[b]!) / total;
  return sum / total;
}

const clique = (from: number, size: number): [number, number][] =>
  Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (__, b): [number, number] => [from + a, from + b]),
  )
    .flat()
    .filter(([a, b]) => a < b);

describe('communities', () => {
  it('finds the groups of a graph that is made of them', () => {
    const edges = [...clique(0, 5), ...clique(5, 4), ...clique(9, 3), [4, 5] as const, [8, 9] as const];
    const { count, communityOf } = communities(adjacencyOf({ nodeCount: 12, edges }));
    expect([...communityOf]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]);
    expect(count).toBe(3);
  });

  it('is no worse than leaving every node alone, or putting all together', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const found = modularity(adjacencyOf(graph), communities(adjacencyOf(graph)).communityOf);
        const alone = modularity(
          adjacencyOf(graph),
          Uint32Array.from({ length: graph.nodeCount }, (_, node) => node),
        );
        expect(found).toBeGreaterThanOrEqual(Math.max(alone, 0) - 1e-9);
      }),
    );
  });

  it('makes connected communities, numbered by their smallest member', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const { communityOf, count } = communities(adjacencyOf(graph));
        const inside = graph.edges.filter(([from, to]) => communityOf[from] === communityOf[to]);
        const both = inside.flatMap(([from, to]) => [[from, to] as const, [to, from] as const]);
        const reaches = reachability({ ...graph, edges: both });
        for (let a = 0; a < graph.nodeCount; a++)
          for (let b = 0; b < graph.nodeCount; b++)
            if (communityOf[a] === communityOf[b]) expect(reaches[a]![b]).toBe(true);
        expect([...new Set(communityOf)]).toEqual([...Array(count).keys()]);
      }),
    );
  });

  it('is the same whatever the order and the direction of the edges', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const turned = graph.edges.map(([from, to]) => [to, from] as const).reverse();
        expect(communities(adjacencyOf({ ...graph, edges: turned }))).toEqual(communities(adjacencyOf(graph)));
      }),
    );
  });

  it('makes more communities with a higher resolution', () => {
    const edges = Array.from({ length: 11 }, (_, node) => [node, node + 1] as const);
    const graph = adjacencyOf({ nodeCount: 12, edges });
    expect(communities(graph, { resolution: 4 }).count).toBeGreaterThan(communities(graph).count);
  });
});

describe('modularity', () => {
  it('equals its definition', () => {
    const divided = pairs.chain((graph) =>
      fc
        .array(fc.nat(graph.nodeCount - 1), { minLength: graph.nodeCount, maxLength: graph.nodeCount })
        .map((of) => ({ graph, of: Uint32Array.from(of) })),
    );
    fc.assert(
      fc.property(divided, ({ graph, of }) => {
        expect(modularity(adjacencyOf(graph), of)).toBeCloseTo(naiveModularity(graph, of), 9);
      }),
    );
  });
});
