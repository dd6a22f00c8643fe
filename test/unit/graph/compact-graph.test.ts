import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactGraphBuilder } from '../../../src/graph/compact-graph-builder.ts';
import { EDGE_KINDS, RESOLUTION_TIERS, type Edge } from '../../../src/graph/edge.ts';
import { externalNodeId, fileNodeId, type NodeId } from '../../../src/graph/symbol.ts';
import { traverse, type EdgeReader } from '../../../src/graph/traversal.ts';
import { graphOf } from './_graphs.ts';

const node = (number: number): NodeId => externalNodeId(String(number));
const NODES = 8;

const edges: fc.Arbitrary<Edge[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...EDGE_KINDS),
    source: fc.nat(NODES - 1).map(node),
    target: fc.nat(NODES - 1).map(node),
    tier: fc.constantFrom(...RESOLUTION_TIERS),
    confidence: fc.constantFrom(0.3, 0.95, 1),
    site: fc.record({
      path: fc.constantFrom('a.ts', 'b.ts'),
      line: fc.integer({ min: 1, max: 9 }),
      column: fc.integer({ min: 1, max: 3 }),
    }),
  }),
  { maxLength: 40 },
);

/** @param keyOf - What the engine calls a node. */
function build(all: readonly Edge[], keyOf: (id: NodeId) => number) {
  const builder = new CompactGraphBuilder();
  const ids = Array.from({ length: NODES }, (_, number) => node(number)).sort((a, b) => keyOf(a) - keyOf(b));
  for (const id of ids) builder.addNode(keyOf(id), { id, symbol: null });
  for (const { site, source, target, ...edge } of all) {
    const place = { sitePath: site.path, line: site.line, column: site.column };
    builder.addEdge({ ...edge, ...place, source: keyOf(source), target: keyOf(target) });
  }
  return builder.build();
}

const ascending = (id: NodeId): number => Number(id.split(':')[1]);
const descending = (id: NodeId): number => 1000 - 7 * ascending(id);

const reader =
  (all: readonly Edge[]): EdgeReader =>
  async (ids, { direction, kinds }) =>
    all.filter(
      (edge) =>
        ids.includes(direction === 'outgoing' ? edge.source : edge.target) && (kinds?.includes(edge.kind) ?? true),
    );

describe('CompactGraph', () => {
  it('gives back every edge as it was', () => {
    fc.assert(
      fc.property(edges, (all) => {
        const graph = build(all, ascending);
        const back = [...Array(graph.edgeCount).keys()].map((edge) => JSON.stringify(graph.edgeOf(edge)));
        expect(back.sort()).toEqual(all.map((edge) => JSON.stringify(edge)).sort());
      }),
    );
  });

  it('is the same whatever the keys of the engine and the order of its edges', () => {
    fc.assert(
      fc.property(edges, (all) => {
        const [one, other] = [build(all, ascending), build([...all].reverse(), descending)];
        const list = (graph: typeof one): Edge[] =>
          [...Array(graph.edgeCount).keys()].map((edge) => graph.edgeOf(edge));
        expect(list(other)).toEqual(list(one));
        expect(other.nodes.ids).toEqual(one.nodes.ids);
        expect(other.incomingEdges).toEqual(one.incomingEdges);
      }),
    );
  });

  it('reads edges as a list of them would be read', async () => {
    await fc.assert(
      fc.asyncProperty(edges, fc.constantFrom('outgoing', 'incoming'), async (all, direction) => {
        const options = { direction, depth: 3, minConfidence: 0.5, kinds: ['calls', 'references'] } as const;
        const graph = build(all, ascending);
        const known = traverse([node(0), node(99)], reader(all), options);
        const found = await traverse([node(0), node(99)], graph.readEdges, options);
        expect(found.depths).toEqual((await known).depths);
        expect(found.edges.length).toBe((await known).edges.length);
      }),
    );
  });

  it('forgets ids that nothing uses, and knows what an id without a symbol is', () => {
    const graph = graphOf({
      nodes: ['file src/a.ts', 'dir src', 'external pg', 'function src/a.ts#f', 'external unused'],
      edges: ['src contains src/a.ts', 'src/a.ts imports pg'],
    });
    expect(graph.nodes.ids).toEqual(['dir:src', 'external:pg', 'file:src/a.ts', 'src/a.ts#f']);
    expect(
      [...graph.nodes.ids.keys()].map((each) => [graph.kindOf(each), graph.nameOf(each), graph.pathOf(each)]),
    ).toEqual([
      ['directory', 'src', ''],
      ['external', 'pg', ''],
      ['file', 'a.ts', 'src/a.ts'],
      ['function', 'f', 'src/a.ts'],
    ]);
    expect(graph.numberOf(fileNodeId('src/b.ts'))).toBeUndefined();
  });

  it('merges the edges between groups of nodes', () => {
    const graph = graphOf({
      nodes: ['function a#f', 'function a#g', 'function b#h', 'function c#i'],
      edges: ['a#f calls b#h', 'a#g calls b#h', 'a#f calls a#g', 'b#h calls c#i 0.3', 'c#i references a#f'],
    });
    const groups = { of: Int32Array.from([0, 0, 1, -1]), count: 2 };
    expect(graph.adjacency({ minConfidence: 0.5 }, groups)).toEqual({
      nodeCount: 2,
      offsets: Uint32Array.of(0, 1, 1),
      targets: Uint32Array.of(1),
      weights: Uint32Array.of(2),
    });
    expect(graph.adjacency({ kinds: ['calls'], minConfidence: 0.5 }).targets).toEqual(Uint32Array.of(1, 2, 2));
  });

  it('refuses an edge to a node it was not given', () => {
    const builder = new CompactGraphBuilder();
    const edge = { kind: 'calls', tier: 'import', confidence: 1, sitePath: 'a', line: 1, column: 1 } as const;
    expect(() => builder.addEdge({ ...edge, source: 1, target: 2 })).toThrow(RangeError);
  });
});
