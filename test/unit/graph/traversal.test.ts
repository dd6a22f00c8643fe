import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edge, EdgeKind } from '../../../src/graph/edge.ts';
import type { NodeId } from '../../../src/graph/symbol.ts';
import { externalNodeId } from '../../../src/graph/symbol.ts';
import { traverse, type EdgeReader, type TraversalDirection } from '../../../src/graph/traversal.ts';

const node = (name: string | number): NodeId => externalNodeId(String(name));

function makeEdge(
  source: string | number,
  target: string | number,
  line = 1,
  kind: EdgeKind = 'calls',
  confidence = 1,
): Edge {
  return {
    kind,
    source: node(source),
    target: node(target),
    tier: 'syntax',
    confidence,
    site: { path: 'a.ts', line, column: 1 },
  };
}

function readerOf(edges: readonly Edge[], reads: (readonly NodeId[])[] = []): EdgeReader {
  return async (ids, { direction, kinds }) => {
    reads.push(ids);
    const near = new Set(ids);
    return edges.filter(
      (edge) => near.has(direction === 'outgoing' ? edge.source : edge.target) && (kinds?.includes(edge.kind) ?? true),
    );
  };
}

const chain = [makeEdge('a', 'b'), makeEdge('b', 'c'), makeEdge('c', 'd'), makeEdge('d', 'a')];

describe('traverse', () => {
  it('follows edges to the depth asked for, in either direction', async () => {
    const outgoing = await traverse([node('a')], readerOf(chain), { direction: 'outgoing', depth: 2 });
    expect([...outgoing.depths]).toEqual([
      [node('a'), 0],
      [node('b'), 1],
      [node('c'), 2],
    ]);
    const incoming = await traverse([node('a')], readerOf(chain), { direction: 'incoming' });
    expect(incoming.edges).toEqual([{ edge: chain[3], depth: 1 }]);
  });

  it('ends in a cycle and reports the edge that closes it', async () => {
    const { depths, edges } = await traverse([node('a')], readerOf(chain), { direction: 'outgoing', depth: 99 });
    expect(depths.size).toBe(4);
    expect(edges.map(({ depth }) => depth)).toEqual([1, 2, 3, 4]);
  });

  it('reports recursion', async () => {
    const { edges } = await traverse([node('a')], readerOf([makeEdge('a', 'a')]), { direction: 'incoming', depth: 3 });
    expect(edges).toHaveLength(1);
  });

  it('reads once a level', async () => {
    const reads: (readonly NodeId[])[] = [];
    const fan = [makeEdge('a', 'b'), makeEdge('a', 'c'), makeEdge('b', 'd'), makeEdge('c', 'd')];
    await traverse([node('a')], readerOf(fan, reads), { direction: 'outgoing', depth: 9 });
    expect(reads).toEqual([[node('a')], [node('b'), node('c')], [node('d')]]);
  });

  it('follows only the kinds asked for', async () => {
    const edges = [makeEdge('a', 'b', 1, 'calls'), makeEdge('a', 'c', 2, 'imports')];
    const { depths } = await traverse([node('a')], readerOf(edges), { direction: 'outgoing', kinds: ['imports'] });
    expect([...depths.keys()]).toEqual([node('a'), node('c')]);
  });

  it('sets edges of little confidence aside and does not follow them', async () => {
    const edges = [makeEdge('a', 'b', 1, 'calls', 0.3), makeEdge('b', 'c')];
    const result = await traverse([node('a')], readerOf(edges), {
      direction: 'outgoing',
      depth: 5,
      minConfidence: 0.5,
    });
    expect(result.edges).toEqual([]);
    expect(result.hiddenEdges).toEqual([{ edge: edges[0], depth: 1 }]);
    expect(result.depths.size).toBe(1);
  });

  it('stops at the most edges allowed, and says so', async () => {
    const fan = Array.from({ length: 10 }, (_, index) => makeEdge('a', index));
    const cut = await traverse([node('a')], readerOf(fan), { direction: 'outgoing', maxEdges: 4 });
    expect(cut.edges).toHaveLength(4);
    expect(cut.truncated).toBe(true);
    const whole = await traverse([node('a')], readerOf(fan), { direction: 'outgoing', maxEdges: 10 });
    expect(whole.truncated).toBe(false);
  });

  it('reports an edge once even when the engine yields it twice', async () => {
    const { edges } = await traverse([node('a')], readerOf([makeEdge('a', 'b'), makeEdge('a', 'b')]), {
      direction: 'outgoing',
    });
    expect(edges).toHaveLength(1);
  });

  it('keeps two uses at different places apart', async () => {
    const { edges } = await traverse([node('a')], readerOf([makeEdge('a', 'b', 1), makeEdge('a', 'b', 2)]), {
      direction: 'outgoing',
    });
    expect(edges).toHaveLength(2);
  });

  it('ends with the reason of its signal', async () => {
    const options = { direction: 'outgoing', signal: AbortSignal.abort(new Error('enough')) } as const;
    await expect(traverse([node('a')], readerOf(chain), options)).rejects.toThrow('enough');
  });

  const graphs = fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(9)), {
    selector: ([from, to]) => from * 10 + to,
    maxLength: 40,
  });

  it('equals a naive search by relaxation', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom<TraversalDirection>('outgoing', 'incoming'),
        async (pairs, depth, direction) => {
          const edges = pairs.map(([from, to]) => makeEdge(from, to));
          const near = (edge: Edge): NodeId => (direction === 'outgoing' ? edge.source : edge.target);
          const far = (edge: Edge): NodeId => (direction === 'outgoing' ? edge.target : edge.source);
          const distances = new Map([[node(0), 0]]);
          for (let round = 0; round < 10; round++) {
            for (const edge of edges) {
              const through = (distances.get(near(edge)) ?? Infinity) + 1;
              if (through <= depth && through < (distances.get(far(edge)) ?? Infinity))
                distances.set(far(edge), through);
            }
          }
          const result = await traverse([node(0)], readerOf(edges), { direction, depth });
          expect(new Map(result.depths)).toEqual(distances);
          const expected = edges.filter((edge) => (distances.get(near(edge)) ?? Infinity) < depth);
          expect(new Set(result.edges.map(({ edge }) => edge))).toEqual(new Set(expected));
          for (const { edge, depth: at } of result.edges) expect(at).toBe((distances.get(near(edge)) ?? 0) + 1);
        },
      ),
    );
  });

  it('gives one answer whatever order the engine yields', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async (pairs) => {
        const edges = pairs.map(([from, to]) => makeEdge(from, to));
        const options = { direction: 'outgoing', depth: 4, maxEdges: 7 } as const;
        const forward = await traverse([node(0)], readerOf(edges), options);
        const backward = await traverse([node(0)], readerOf([...edges].reverse()), options);
        expect(backward).toEqual(forward);
      }),
    );
  });
});
