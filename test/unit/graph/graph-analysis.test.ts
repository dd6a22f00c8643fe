import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompactGraph } from '../../../src/graph/compact-graph.ts';
import { GraphAnalysis } from '../../../src/graph/graph-analysis.ts';
import { callGraphOf, graphOf, label, pairs, reachability } from './_graphs.ts';

const isProgram = (path: string): boolean => !path.startsWith('test');

const graph = graphOf({
  nodes: [
    'file bin.ts',
    'file a.ts',
    'file b.ts',
    'file test.ts',
    'function bin.ts#main',
    'function a.ts#run',
    'function a.ts#inner',
    'function a.ts#toString',
    'class b.ts#Base',
    'method b.ts#Base.step',
    'class b.ts#Impl',
    'method b.ts#Impl.step',
    'method b.ts#Impl.other',
    'class b.ts#Hooked',
    'method b.ts#Hooked.fire',
    'function b.ts#onlyTested',
    'function b.ts#guessed',
    'function b.ts#public',
    'function b.ts#recursive',
    'route b.ts#GET',
    'function test.ts#checks',
  ],
  edges: [
    'bin.ts calls bin.ts#main',
    'bin.ts#main calls a.ts#run',
    'bin.ts imports a.ts',
    'a.ts imports b.ts',
    'b.ts imports a.ts',
    'a.ts#run instantiates b.ts#Impl',
    'a.ts#run calls b.ts#Base.step',
    'b.ts#Impl extends b.ts#Base',
    'b.ts#Impl.step overrides b.ts#Base.step',
    'a.ts#run instantiates b.ts#Hooked',
    'test.ts calls test.ts#checks',
    'test.ts#checks calls b.ts#onlyTested',
    'a.ts#run calls b.ts#guessed 0.3',
    'b.ts#recursive calls b.ts#recursive',
    'a.ts#run calls b.ts#Impl.other',
    'b.ts#Impl.other calls a.ts#run',
  ],
  exported: ['a.ts#run', 'b.ts#public', 'b.ts#Impl', 'b.ts#Base'],
  unresolved: ['inner'],
  foreignBases: ['b.ts#Hooked'],
});
const analysis = new GraphAnalysis(graph, isProgram);
const names = (nodes: readonly number[], of: CompactGraph = graph): string[] => nodes.map((node) => label(of, node));

const show = ({ members, edges }: { members: readonly number[]; edges: readonly number[] }): unknown => [
  names(members),
  edges.map((edge) => `${label(graph, graph.edges.sources[edge]!)} > ${label(graph, graph.edges.targets[edge]!)}`),
];

describe('GraphAnalysis', () => {
  it('finds where the program is entered, and why', () => {
    expect(analysis.entryPoints().map(({ node, reason }) => [reason, label(graph, node)])).toEqual([
      ['route', 'GET'],
      ['main', 'main'],
      ['script', 'file:bin.ts'],
      ['exported', 'public'],
    ]);
  });

  it('takes the word of manifests for files of the program', () => {
    const declared = [
      { path: 'a.ts', reason: 'command' },
      { path: 'b.ts', reason: 'package' },
      { path: 'test.ts', reason: 'command' },
    ] as const;
    expect(analysis.entryPoints(declared).map(({ node, reason }) => [reason, label(graph, node)])).toEqual([
      ['command', 'file:a.ts'],
      ['package', 'file:b.ts'],
      ['route', 'GET'],
      ['main', 'main'],
      ['script', 'file:bin.ts'],
      ['exported', 'public'],
    ]);
  });

  it('leaves rings of tests out', () => {
    const rings = (): CompactGraph =>
      graphOf({
        nodes: ['file a.ts', 'file test1.ts', 'file test2.ts', 'function test1.ts#f', 'function test2.ts#g'],
        edges: [
          'test1.ts imports test2.ts',
          'test2.ts imports test1.ts',
          'test1.ts#f calls test2.ts#g',
          'test2.ts#g calls test1.ts#f',
        ],
      });
    expect(new GraphAnalysis(rings(), isProgram).fileCycles()).toEqual([]);
    expect(new GraphAnalysis(rings(), isProgram).callCycles()).toEqual([]);
    expect(new GraphAnalysis(rings(), () => true).fileCycles()).toHaveLength(1);
  });

  it('lists code that nothing uses, with all that speaks against it', () => {
    expect(analysis.deadCode().map(({ node, doubts }) => [label(graph, node), ...doubts])).toEqual([
      ['recursive'],
      ['onlyTested', 'used-by-tests'],
      ['inner', 'unresolved-name'],
      ['guessed', 'guessed-use'],
      ['Hooked.fire', 'foreign-base'],
      ['public', 'exported'],
      ['toString', 'special-name'],
    ]);
  });

  it('finds rings of imports and of calls, with a way round each', () => {
    expect(analysis.fileCycles().map(show)).toEqual([
      [
        ['file:a.ts', 'file:b.ts'],
        ['file:a.ts > file:b.ts', 'file:b.ts > file:a.ts'],
      ],
    ]);
    expect(analysis.callCycles().map(show)).toEqual([
      [
        ['run', 'Impl.other'],
        ['run > Impl.other', 'Impl.other > run'],
      ],
    ]);
  });

  it('ranks what much depends on, tests left out', () => {
    const spots = analysis.hotSpots();
    expect(names(spots.map(({ node }) => node)).slice(0, 2)).toEqual(['run', 'Base.step']);
    expect(names(spots.map(({ node }) => node))).not.toContain('onlyTested');
    expect(spots.map(({ rank }) => rank)).toEqual(spots.map(({ rank }) => rank).sort((a, b) => b - a));
  });

  it('groups files that use each other, the most connected first', () => {
    const found = analysis.communities();
    expect(found.map(({ files }) => names(files))).toEqual([['file:a.ts', 'file:b.ts', 'file:bin.ts']]);
    expect(found[0]).toMatchObject({ outside: 0 });
  });

  it('computes an answer once', () => {
    expect(analysis.deadCode()).toBe(analysis.deadCode());
  });

  it('finds exactly the cycles there are, and a closed chain in each', () => {
    fc.assert(
      fc.property(pairs, ({ nodeCount, edges }) => {
        const random = callGraphOf({ nodeCount, edges });
        const reaches = reachability({ nodeCount, edges });
        const inCycles = new Set<number>();
        for (const cycle of new GraphAnalysis(random, () => true).callCycles()) {
          for (const member of cycle.members) inCycles.add(member);
          const [first] = cycle.members;
          const end = cycle.edges.reduce(
            (at, edge) => (random.edges.sources[edge] === at ? random.edges.targets[edge]! : -1),
            first!,
          );
          expect(end).toBe(first);
          expect(cycle.edges.length).toBeLessThanOrEqual(cycle.members.length);
        }
        const expected = [...Array(nodeCount).keys()].filter((a) =>
          reaches[a]!.some((reached, b) => b !== a && reached && reaches[b]![a]!),
        );
        expect([...inCycles].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });
});
