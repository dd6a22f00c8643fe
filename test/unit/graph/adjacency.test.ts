import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildAdjacency,
  edgeSources,
  reverseAdjacency,
  undirectedAdjacency,
  type Adjacency,
} from '../../../src/graph/adjacency.ts';
import { adjacencyOf, pairs } from './_graphs.ts';

function triples(graph: Adjacency): [number, number, number][] {
  const sources = edgeSources(graph);
  return [...graph.targets].map((target, edge) => [sources[edge]!, target, graph.weights[edge]!]);
}

/** Weight of each pair, summed by hand. */
function summed(edges: readonly (readonly [number, number])[]): [number, number, number][] {
  const weights = new Map<number, number>();
  for (const [from, to] of edges) weights.set(from * 100 + to, (weights.get(from * 100 + to) ?? 0) + 1);
  return [...weights].sort(([a], [b]) => a - b).map(([key, weight]) => [Math.floor(key / 100), key % 100, weight]);
}

describe('buildAdjacency', () => {
  it('holds every edge once, in order, with its weight', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        expect(triples(adjacencyOf(graph))).toEqual(summed(graph.edges));
      }),
    );
  });

  it('is the same whatever the order of the edges', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        expect(adjacencyOf({ ...graph, edges: [...graph.edges].reverse() })).toEqual(adjacencyOf(graph));
      }),
    );
  });

  it('sums the weights it is given', () => {
    const graph = buildAdjacency(2, { sources: [0, 0, 1], targets: [1, 1, 0], weights: [2, 3, 4] });
    expect(triples(graph)).toEqual([
      [0, 1, 5],
      [1, 0, 4],
    ]);
  });
});

describe('reverseAdjacency', () => {
  it('turns every edge round', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const turned = graph.edges.map(([from, to]) => [to, from] as const);
        expect(triples(reverseAdjacency(adjacencyOf(graph)))).toEqual(summed(turned));
      }),
    );
  });
});

describe('undirectedAdjacency', () => {
  it('has each edge in both directions and no loops', () => {
    fc.assert(
      fc.property(pairs, (graph) => {
        const both = graph.edges.flatMap(([from, to]) =>
          from === to ? [] : [[from, to] as const, [to, from] as const],
        );
        expect(triples(undirectedAdjacency(adjacencyOf(graph)))).toEqual(summed(both));
      }),
    );
  });
});
