import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDGE_KINDS } from '../../../src/graph/edge.ts';
import { CodeKnowledgeGraph } from '../../../src/search/code-knowledge-graph.ts';
import type { RelationEdge } from '../../../src/search/relation-edge.ts';
import type { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { makeSymbol } from './_builders.ts';
import { makeEdge, makeReference, openIndexOf } from './_small-index.ts';

const graphOf = (store: EmbeddedStore): CodeKnowledgeGraph => new CodeKnowledgeGraph({ root: '.', store });
const show = ({ kind, source, target, depth, dispatch }: RelationEdge): string =>
  `${depth} ${source.qualifiedName} ${kind} ${target.qualifiedName}${dispatch === true ? ' (dispatch)' : ''}`;

const port = makeSymbol({ name: 'Store', kind: 'interface', path: 'src/port.ts' });
const read = makeSymbol({ name: 'Store.read', kind: 'method', path: 'src/port.ts', parentId: port.id, lines: [2, 2] });
const disk = makeSymbol({ name: 'Disk', kind: 'class', path: 'src/disk.ts', lines: [1, 20] });
const diskRead = makeSymbol({
  name: 'Disk.read',
  kind: 'method',
  path: 'src/disk.ts',
  parentId: disk.id,
  lines: [3, 9],
});
const open = makeSymbol({ name: 'open', path: 'src/disk.ts', lines: [30, 40] });
const app = makeSymbol({ name: 'app', path: 'src/app.ts' });
const check = makeSymbol({ name: 'check', path: 'test/app.test.ts' });
const SYMBOLS = [port, read, disk, diskRead, open, app, check];
const EDGES = [
  makeEdge('contains', port, read),
  makeEdge('contains', disk, diskRead),
  makeEdge('implements', disk, port),
  makeEdge('overrides', diskRead, read, 3, 0.95),
  makeEdge('calls', app, read, 5),
  makeEdge('calls', diskRead, open, 4),
  makeEdge('calls', check, app, 7),
];

describe('calls of a method that others implement', () => {
  it('are calls of those, and say so', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const { edges, completeness } = await graphOf(store).callers('Disk.read', { depth: 2 });
    expect(edges.map(show)).toEqual(['1 app calls Store.read (dispatch)', '2 check calls app']);
    expect(completeness).toEqual({ resolved: 2, unresolved: 0, reasons: {} });
    expect((await graphOf(store).callers('Store.read')).edges.map(show)).toEqual(['1 app calls Store.read']);
  });

  it('are none of those that override it only by a guess', async () => {
    const guessed = EDGES.map((edge) => (edge.kind === 'overrides' ? { ...edge, confidence: 0.3 } : edge));
    await using store = await openIndexOf(SYMBOLS, guessed);
    expect((await graphOf(store).callers('Disk.read')).edges).toEqual([]);
    expect((await graphOf(store).callers('Disk.read', { minConfidence: 0 })).edges.map(show)).toEqual([
      '1 app calls Store.read (dispatch)',
    ]);
  });

  it('lead callees to what the implementations call', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const { edges } = await graphOf(store).callees('app', { depth: 2 });
    expect(edges.map(show)).toEqual(['1 app calls Store.read', '2 Disk.read calls open (dispatch)']);
  });
});

describe('a method that is a caller itself', () => {
  it('is not said to be called through an override of it', async () => {
    const [start, base, derived, user] = ['start', 'Base.run', 'Derived.run', 'user'].map((name) =>
      makeSymbol({ name, kind: 'method' }),
    ) as [typeof read, typeof read, typeof read, typeof read];
    const edges = [
      makeEdge('calls', base, start, 1),
      makeEdge('calls', derived, base, 2),
      makeEdge('overrides', derived, base, 3),
      makeEdge('calls', user, base, 4),
    ];
    await using store = await openIndexOf([start, base, derived, user], edges);
    expect((await graphOf(store).callers('start', { depth: 3 })).edges.map(show)).toEqual([
      '1 Base.run calls start',
      '2 Derived.run calls Base.run',
      '2 user calls Base.run',
    ]);
  });
});

describe('impact', () => {
  it('goes through the interface, and sets tests apart', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const impact = await graphOf(store).impact('open');
    expect(impact.edges.map(show)).toEqual(['1 Disk.read calls open', '2 app calls Store.read (dispatch)']);
    expect(impact.tests.map(show)).toEqual(['3 check calls app']);
    expect(impact).toMatchObject({ affected: { symbols: 2, files: 2, tests: 1 }, truncated: false });
  });

  it('counts every reference on the way that may belong to it, each name once', async () => {
    const references = [makeReference(check, 'x.open'), makeReference(app, 'y.read'), makeReference(app, 'other')];
    const guess = makeEdge('calls', port, open, 2, 0.3);
    await using store = await openIndexOf(SYMBOLS, [...EDGES, guess], references);
    const graph = graphOf(store);
    expect((await graph.impact('open')).completeness).toEqual({
      resolved: 3,
      unresolved: 3,
      reasons: { 'unknown-receiver': 2, 'low-confidence': 1 },
    });
    expect((await graph.impact('open', { depth: 1 })).completeness.reasons).toEqual({
      'unknown-receiver': 1,
      'low-confidence': 1,
    });
    // Store.read and Disk.read are both meant by the one reference to a read.
    expect((await graph.impact('Store')).completeness.reasons).toEqual({ 'unknown-receiver': 1 });
  });

  it('is cut where it is told to, with all counted', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const impact = await graphOf(store).impact('open', { maxEdges: 1 });
    expect(impact).toMatchObject({ truncated: true, edges: [{ depth: 1 }], tests: [], affected: { tests: 1 } });
    await expect(graphOf(store).impact('open', { depth: 0 })).rejects.toThrow(RangeError);
  });
});

describe('path', () => {
  it('goes from the call to what may run', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const { found, edges } = await graphOf(store).path('check', 'open');
    expect([found, ...edges.map(show)]).toEqual([
      true,
      '1 check calls app',
      '2 app calls Store.read',
      '3 Disk.read overrides Store.read (dispatch)',
      '4 Disk.read calls open',
    ]);
  });

  it('takes any use where no calls lead there', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    expect((await graphOf(store).path('Disk', 'Store')).edges.map(show)).toEqual(['1 Disk implements Store']);
    expect(await graphOf(store).path('Store', 'open', { kinds: ['calls'] })).toMatchObject({ found: true });
    expect(await graphOf(store).path('Disk', 'Store', { kinds: ['reads'] })).toMatchObject({ found: false });
  });

  it('says what it could not follow where it finds none', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES, [
      makeReference(open, 'handler.run'),
      makeReference(check, 'x'),
      // Neither may be a step: what is outside does not lead back, and these paths take no part in a containment.
      { ...makeReference(open, 'fs.open'), reason: 'external' },
      { ...makeReference(open, 'y'), kind: 'contains' },
    ]);
    expect(await graphOf(store).path('open', 'app')).toMatchObject({
      found: false,
      edges: [],
      completeness: { resolved: 0, unresolved: 1, reasons: { 'unknown-receiver': 1 } },
    });
  });
});

describe('changes', () => {
  it.each([
    [[{ first: 4, last: 4 }], ['Disk.read'], false],
    [[{ first: 2, last: 4 }], ['Disk', 'Disk.read'], false],
    [[{ first: 15, last: 15 }], ['Disk'], false],
    [[{ first: 25, last: 32 }], ['open'], false],
    [[{ first: 25, last: 26 }], [], true],
    [[{ first: 5, last: 4 }], ['Disk.read'], false],
    [[{ first: 26, last: 25 }], [], true],
    [null, ['Disk', 'Disk.read', 'open'], false],
  ])('on lines %j touch %j', async (ranges, names, outside) => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const changes = await graphOf(store).changes([{ path: 'src/disk.ts', status: 'modified', ranges }]);
    expect(changes.symbols.map(({ symbol }) => symbol.qualifiedName)).toEqual(names);
    expect(changes.outside.map(({ path }) => path)).toEqual(outside ? ['src/disk.ts'] : []);
  });

  it('name files that are gone or unknown, and have the impact of all symbols together', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const changes = await graphOf(store).changes([
      { path: 'src/disk.ts', status: 'modified', ranges: [{ first: 4, last: 4 }] },
      { path: 'src/gone.ts', status: 'deleted', ranges: null },
      { path: 'README.md', status: 'modified', ranges: [{ first: 1, last: 1 }] },
    ]);
    expect(changes.files.map(({ path }) => path)).toEqual(['src/disk.ts', 'src/gone.ts', 'README.md']);
    expect(changes.impact.edges.map(show)).toEqual(['1 app calls Store.read (dispatch)']);
    expect(changes.impact.tests.map(show)).toEqual(['2 check calls app']);
  });
});

describe('an ambiguous name', () => {
  it('is cleared up by whole names, or by places where those are not enough', async () => {
    const places = [
      makeSymbol({ name: 'run', path: 'src/a.ts', lines: [3, 4] }),
      makeSymbol({ name: 'Job.run', path: 'src/b.ts', lines: [5, 6] }),
      makeSymbol({ name: 'Task.run', path: 'src/c.ts', lines: [7, 8] }),
      makeSymbol({ name: 'Task.run', path: 'src/d.ts', lines: [9, 9] }),
    ];
    await using store = await openIndexOf(places);
    const hint = 'Name one of them: src/a.ts:3, Job.run, src/c.ts:7, …';
    await expect(graphOf(store).impact('run')).rejects.toMatchObject({ code: 'SYMBOL_AMBIGUOUS', hint });
    await expect(graphOf(store).path('Job.run', 'src/a.ts:3')).resolves.toMatchObject({ found: false });
  });
});

describe('a deleted file', () => {
  it('has the impact of all that was in it, as long as the index knows it', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const changes = await graphOf(store).changes([{ path: 'src/disk.ts', status: 'deleted', ranges: null }]);
    expect(changes.symbols.map(({ symbol, status }) => [symbol.qualifiedName, status])).toEqual([
      ['Disk', 'deleted'],
      ['Disk.read', 'deleted'],
      ['open', 'deleted'],
    ]);
    expect(changes.outside).toEqual([]);
    expect(changes.impact.edges.length).toBeGreaterThan(0);
  });
});

describe('the graph in memory', () => {
  const symbols = Array.from({ length: 7 }, (_, number) =>
    makeSymbol({ name: `n${number}`, path: `src/${number % 3}.ts`, kind: number === 0 ? 'constructor' : 'function' }),
  );
  const edges = fc.uniqueArray(
    fc.tuple(fc.nat(6), fc.nat(6), fc.constantFrom(...EDGE_KINDS), fc.constantFrom(0.3, 0.98)),
    { maxLength: 25, selector: ([source, target, kind]) => `${source} ${target} ${kind}` },
  );

  it('answers as the store does', async () => {
    await fc.assert(
      fc.asyncProperty(edges, async (drafts) => {
        await using store = await openIndexOf(
          symbols,
          drafts.map(([source, target, kind, confidence], line) =>
            makeEdge(kind, symbols[source]!, symbols[target]!, line + 1, confidence),
          ),
        );
        const [cold, warm] = [graphOf(store), graphOf(store)];
        await warm.load();
        for (const name of ['n0', 'n3']) {
          expect(await warm.callers(name, { depth: 3 })).toEqual(await cold.callers(name, { depth: 3 }));
          expect(await warm.callees(name, { depth: 3 })).toEqual(await cold.callees(name, { depth: 3 }));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('follows the index', async () => {
    await using store = await openIndexOf(SYMBOLS, EDGES);
    const graph = graphOf(store);
    expect((await graph.impact('open')).edges).toHaveLength(2);
    await store.replaceEdges([{ path: 'src/app.ts', edges: [], unresolved: [], digest: 'none' }]);
    expect((await graph.impact('open')).edges).toHaveLength(1);
    expect((await graph.callers('Store.read')).edges).toEqual([]);
  });
});
