import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompactGraph } from '../../../src/graph/compact-graph.ts';
import { hiddenUses, impactOf, type ImpactOptions } from '../../../src/graph/impact.ts';
import { symbolId } from '../../../src/graph/symbol.ts';
import { callGraphOf, graphOf, label, pairs } from './_graphs.ts';

function show(graph: CompactGraph, name: string, options?: ImpactOptions): string[] {
  const start = graph.nodes.ids.findIndex((_, node) => label(graph, node) === name);
  const { sources, targets } = graph.edges;
  return [...impactOf(graph, [start], options).edges()].map(
    ({ edge, depth, dispatch }) =>
      `${depth} ${label(graph, sources[edge]!)} ${graph.edgeKindOf(edge)} ${label(graph, targets[edge]!)}${dispatch ? ' (dispatch)' : ''}`,
  );
}

describe('impactOf', () => {
  it('follows uses backwards, and neither imports nor guesses', () => {
    const graph = graphOf({
      nodes: ['function a#f', 'function b#g', 'function c#h', 'function d#i', 'class e#K', 'file b'],
      edges: ['b#g calls a#f', 'c#h references b#g', 'd#i calls a#f 0.3', 'e#K extends c#h', 'b imports a#f'],
    });
    expect(show(graph, 'f')).toEqual(['1 g calls f', '2 h references g', '3 K extends h']);
    expect(show(graph, 'f', { maxDepth: 2 })).toEqual(['1 g calls f', '2 h references g']);
    expect(show(graph, 'f', { minConfidence: 0 })).toContain('1 i calls f');
    expect(hiddenUses(graph)[graph.numberOf(symbolId('a', 'f', 1))!]).toBe(1);
  });

  it('begins with everything that is defined in what changes', () => {
    const graph = graphOf({
      nodes: ['class a#Pool', 'method a#Pool.acquire', 'function b#use', 'method a#Pool.take'],
      edges: ['b#use calls a#Pool.acquire', 'a#Pool.take calls a#Pool.acquire'],
    });
    expect(show(graph, 'Pool')).toEqual(['1 use calls Pool.acquire']);
  });

  it('of a file is whoever imports it, too', () => {
    const graph = graphOf({
      nodes: ['file a', 'file b', 'file c', 'function a#f', 'function c#g'],
      edges: ['a contains a#f', 'b imports a', 'c imports b', 'c#g calls a#f'],
    });
    expect(show(graph, 'file:a')).toEqual(['1 g calls f', '1 file:b imports file:a']);
  });

  it('of a method is whoever calls the one it overrides, and what overrides it', () => {
    const graph = graphOf({
      nodes: [
        'class a#I',
        'method a#I.run',
        'class b#A',
        'method b#A.run',
        'class c#B',
        'method c#B.run',
        'function d#go',
      ],
      edges: ['b#A.run overrides a#I.run', 'c#B.run overrides b#A.run', 'd#go calls a#I.run'],
    });
    expect(show(graph, 'B.run')).toEqual(['1 go calls I.run (dispatch)']);
    expect(show(graph, 'I.run')).toEqual(['1 A.run overrides I.run', '1 go calls I.run', '2 B.run overrides A.run']);
  });

  it('of a constructor is whoever creates its class', () => {
    const graph = graphOf({
      nodes: ['class a#K', 'constructor a#K.new', 'function b#make', 'function b#hold'],
      edges: ['b#make instantiates a#K', 'b#hold references a#K'],
    });
    expect(show(graph, 'K.new')).toEqual(['1 make instantiates K']);
  });

  it('reaches what a naive search reaches, each edge once', () => {
    fc.assert(
      fc.property(pairs, ({ nodeCount, edges }) => {
        const graph = callGraphOf({ nodeCount, edges });
        const distances = Array.from({ length: nodeCount }, (_, node) => (node === 0 ? 0 : Infinity));
        for (let round = 0; round < nodeCount; round++)
          for (const [from, to] of edges) distances[from] = Math.min(distances[from]!, distances[to]! + 1);
        const { depthOf, edges: listed } = impactOf(graph, [0]);
        expect([...depthOf]).toEqual(distances.map((distance) => (distance === Infinity ? -1 : distance)));
        const expected = edges.filter(([from, to]) => depthOf[to] !== -1 && distances[from] === distances[to]! + 1);
        const found = [...listed()];
        expect(found).toHaveLength(expected.length);
        expect(new Set(found.map(({ edge }) => edge)).size).toBe(found.length);
        expect(found.map(({ depth }) => depth)).toEqual(found.map(({ depth }) => depth).sort((a, b) => a - b));
      }),
    );
  });
});
