import { describe, expect, it } from 'vitest';
import { CompactGraphBuilder } from '../../../src/graph/compact-graph-builder.ts';
import type { NodeId } from '../../../src/graph/symbol.ts';
import { dumpIndex, type DumpableStore } from '../../../src/store/dump-index.ts';
import type { IndexStore, SearchFilter } from '../../../src/store/index-store.ts';
import {
  atAngle,
  collect,
  concatenate,
  makeEdge,
  makeFile,
  makeFileEdges,
  makeUnresolved,
  sha256,
} from './store-fixtures.ts';

/** Makes empty stores; `reopen` closes one and opens the same index again, where the engine keeps it. */
export interface StoreMaker {
  open(): Promise<DumpableStore>;
  readonly reopen?: ((store: DumpableStore) => Promise<DumpableStore>) | undefined;
}

const ids = (...names: readonly string[]): NodeId[] => names as NodeId[];

async function dump(store: DumpableStore): Promise<string[]> {
  return await collect(dumpIndex(store));
}

async function found(store: IndexStore, hits: readonly { chunkId: number }[]): Promise<(string | undefined)[]> {
  const chunks = await store.getChunks(hits.map((hit) => hit.chunkId));
  return chunks.map((chunk) => chunk.symbol?.qualifiedName ?? chunk.path);
}

/** Three files in two languages; chunk texts `a`, `b`, `c`, `d` and, twice, `same`. */
async function fill(store: IndexStore): Promise<void> {
  await store.applyFiles({
    upsert: [
      makeFile('src/pool.ts', [
        { name: 'Pool', kind: 'class', lines: [1, 30], text: 'a', words: 'pool of connections shared' },
        {
          name: 'Pool.acquire',
          kind: 'method',
          lines: [5, 9],
          text: 'b',
          words: 'take one connection',
          parent: 'Pool',
        },
        {
          name: 'Pool.acquire.retry',
          kind: 'function',
          lines: [7, 8],
          text: 'c',
          words: 'again',
          parent: 'Pool.acquire',
        },
      ]),
      makeFile('src/db/run.py', [{ name: 'acquire', lines: [1, 4], text: 'd', words: 'connection for python' }], {
        language: 'python',
        outside: 'same',
      }),
      makeFile('lib/other.ts', [{ name: 'Other', kind: 'class', text: 'same', words: 'nothing of that' }]),
    ],
    remove: [],
  });
}

async function embed(store: IndexStore, angles: Readonly<Record<string, number>>): Promise<void> {
  const texts = Object.entries(angles);
  await store.putEmbeddings(
    texts.map(([text]) => sha256(text)),
    concatenate(texts.map(([, degrees]) => atAngle(degrees))),
    32,
  );
}

/** The contract of {@link IndexStore}: every adapter runs it. */
export function describeIndexStore(adapter: string, maker: StoreMaker): void {
  describe(`${adapter}: files and facts`, () => {
    it('is empty when new', async () => {
      await using store = await maker.open();
      expect(await store.counts()).toEqual({ files: 0, symbols: 0, edges: 0, chunks: 0, embedded: 0, pending: 0 });
      expect(await store.fileStamps()).toEqual([]);
      expect(await store.pendingEmbeddings(10)).toEqual([]);
      expect(await store.searchVectors(atAngle(0), 5)).toEqual([]);
      expect(await store.searchKeywords({ terms: ['x'] }, 5)).toEqual([]);
      expect(await store.termFrequencies(['x'])).toEqual(new Map([['x', 0]]));
      expect(await store.getMeta('x')).toBeUndefined();
    });

    it('gives back what was applied', async () => {
      await using store = await maker.open();
      const file = {
        ...makeFile('a b/ü.ts', [
          { name: 'Pool', kind: 'class' },
          { name: 'Pool.x', parent: 'Pool' },
        ]),
        diagnostics: [
          { severity: 'warning', code: 'PARSING_SYNTAX_ERROR', message: 'm', path: 'a b/ü.ts', line: 3 },
        ] as const,
      };
      await store.applyFiles({ upsert: [file], remove: [], meta: { key: 'value' } });
      expect(await store.fileStamps()).toEqual([file.stamp]);
      expect(await store.getSymbols(file.symbols.map((symbol) => symbol.id))).toEqual(file.symbols);
      expect(await store.diagnostics()).toEqual(file.diagnostics);
      expect(await store.getMeta('key')).toBe('value');
      const facts = await collect(store.allFacts());
      expect(facts.map(({ path, facts: bytes }) => [path, new TextDecoder().decode(bytes)])).toEqual([
        ['a b/ü.ts', 'a b/ü.ts@1'],
      ]);
      expect(await store.counts()).toEqual({ files: 1, symbols: 2, edges: 0, chunks: 2, embedded: 0, pending: 2 });
    });

    it('replaces a file whole', async () => {
      await using store = await maker.open();
      await fill(store);
      await store.applyFiles({ upsert: [makeFile('src/pool.ts', [{ name: 'Lake' }], { version: '2' })], remove: [] });
      const symbols = await store.findSymbols({ path: 'src/pool.ts' });
      expect(symbols.map((symbol) => symbol.name)).toEqual(['Lake']);
      expect(await store.searchKeywords({ terms: ['shared'] }, 5)).toEqual([]);
      expect(await store.counts()).toMatchObject({ files: 3, symbols: 3, chunks: 4 });
    });

    it('removes files and ignores those it never had', async () => {
      await using store = await maker.open();
      await fill(store);
      await store.applyFiles({ upsert: [], remove: ['src/pool.ts', 'never.ts'] });
      expect((await store.fileStamps()).map((stamp) => stamp.path)).toEqual(['lib/other.ts', 'src/db/run.py']);
      expect(await store.counts()).toMatchObject({ files: 2, symbols: 2, chunks: 3 });
    });

    it('takes the new time of a file with its old content, and of no other', async () => {
      await using store = await maker.open();
      await fill(store);
      const stamps = await store.fileStamps();
      const [first, second] = stamps;
      if (first === undefined || second === undefined) throw new TypeError('the fixture has two files');
      await store.touchFiles([
        { ...first, mtimeMs: 5 },
        { ...second, mtimeMs: 5, contentHash: sha256('another') },
        { path: 'gone.ts', mtimeMs: 5, contentHash: first.contentHash },
      ]);
      expect(await store.fileStamps()).toEqual([{ ...first, mtimeMs: 5 }, ...stamps.slice(1)]);
    });

    it('is the same after a change was applied twice', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { a: 0, b: 10, same: 90 });
      const before = await dump(store);
      await fill(store);
      expect(await dump(store)).toEqual(before);
    });

    it('is the same whatever its history', async () => {
      await using direct = await maker.open();
      await using detour = await maker.open();
      await fill(direct);
      await detour.applyFiles({
        upsert: [makeFile('src/pool.ts', [{ name: 'Old' }]), makeFile('gone.ts', [])],
        remove: [],
      });
      await detour.replaceEdges([makeFileEdges('gone.ts', [makeEdge('calls', 'gone.ts#x', 'src/pool.ts#Old')])]);
      await detour.putEmbeddings([sha256('text of src/pool.ts Old')], atAngle(3), 32);
      await fill(detour);
      await detour.applyFiles({ upsert: [], remove: ['gone.ts'] });
      const vectors = { same: 90, d: 30, c: 20, b: 10, a: 0 };
      await embed(direct, vectors);
      await embed(detour, vectors);
      await detour.optimize();
      const lines = await dump(direct);
      expect(await dump(detour)).toEqual(lines);
      expect(lines.filter((line) => line.startsWith('["chunk"'))).toHaveLength(6);
      await embed(detour, { a: 1 });
      expect(await dump(detour)).not.toEqual(lines);
    });

    it('does nothing of a change that fails', async () => {
      await using store = await maker.open();
      await fill(store);
      const before = await dump(store);
      const twice = makeFile('new.ts', [{ name: 'x' }, { name: 'x' }]);
      const good = makeFile('good.ts', [{ name: 'y' }]);
      await expect(
        store.applyFiles({ upsert: [good, twice], remove: ['src/pool.ts'], meta: { a: 'b' } }),
      ).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
      expect(await dump(store)).toEqual(before);
      await store.applyFiles({ upsert: [good], remove: [] });
      expect(await store.counts()).toMatchObject({ files: 4 });
    });

    it('pages through the facts of many files in path order', async () => {
      await using store = await maker.open();
      const paths = Array.from({ length: 200 }, (_, index) => `f${String(index).padStart(3, '0')}.ts`);
      await store.applyFiles({ upsert: paths.toReversed().map((path) => makeFile(path, [])), remove: [] });
      const facts = await collect(store.allFacts());
      expect(facts.map((file) => file.path)).toEqual(paths);
    });
  });

  describe(`${adapter}: edges`, () => {
    const call = makeEdge('calls', 'lib/other.ts#Other', 'src/pool.ts#Pool.acquire', 7);
    const outside = makeEdge('imports', 'lib/other.ts#Other', 'external:pg', 1);
    const missing = makeUnresolved('lib/other.ts#Other', 'pool.release', 9);

    async function connect(store: IndexStore): Promise<void> {
      await fill(store);
      await store.replaceEdges([makeFileEdges('lib/other.ts', [call, outside], [missing])], { edges: 'yes' });
    }

    it('finds edges from both ends, of the kinds asked for', async () => {
      await using store = await maker.open();
      await connect(store);
      expect(await store.edges(ids('lib/other.ts#Other'), { direction: 'outgoing' })).toEqual([outside, call]);
      expect(await store.edges(ids('src/pool.ts#Pool.acquire'), { direction: 'incoming' })).toEqual([call]);
      expect(await store.edges(ids('external:pg', 'none'), { direction: 'incoming' })).toEqual([outside]);
      expect(await store.edges(ids('lib/other.ts#Other'), { direction: 'outgoing', kinds: ['calls'] })).toEqual([call]);
      expect(await store.edges([], { direction: 'outgoing' })).toEqual([]);
      expect(await store.getMeta('edges')).toBe('yes');
    });

    it('keeps edges into a file that is replaced or removed', async () => {
      await using store = await maker.open();
      await connect(store);
      await store.applyFiles({ upsert: [makeFile('src/pool.ts', [{ name: 'Pool.acquire' }])], remove: [] });
      expect(await store.edges(ids('src/pool.ts#Pool.acquire'), { direction: 'incoming' })).toEqual([call]);
      await store.applyFiles({ upsert: [], remove: ['src/pool.ts'] });
      await store.optimize();
      expect(await store.edges(ids('src/pool.ts#Pool.acquire'), { direction: 'incoming' })).toEqual([call]);
      expect(await store.getSymbols(ids('src/pool.ts#Pool.acquire'))).toEqual([]);
    });

    it('drops edges out of a file that is replaced or removed', async () => {
      for (const change of [
        { upsert: [makeFile('lib/other.ts', [{ name: 'Other' }])], remove: [] },
        { upsert: [], remove: ['lib/other.ts'] },
      ]) {
        await using store = await maker.open();
        await connect(store);
        await store.applyFiles(change);
        expect(await store.edges(ids('lib/other.ts#Other'), { direction: 'outgoing' })).toEqual([]);
        expect(await store.unresolved({})).toEqual([]);
        expect(await store.edgeDigests()).toEqual(new Map());
        expect((await store.counts()).edges).toBe(0);
      }
    });

    it('replaces the edges of the files named and of no other', async () => {
      await using store = await maker.open();
      await connect(store);
      const other = makeEdge('calls', 'src/db/run.py#acquire', 'lib/other.ts#Other', 2);
      const empty = makeFileEdges('lib/other.ts', []);
      const python = makeFileEdges('src/db/run.py', [other, other]);
      await store.replaceEdges([empty, python]);
      expect(await store.edges(ids('lib/other.ts#Other'), { direction: 'outgoing' })).toEqual([]);
      expect(await store.edges(ids('lib/other.ts#Other'), { direction: 'incoming' })).toEqual([other, other]);
      const digests = new Map([
        ['lib/other.ts', empty.digest],
        ['src/db/run.py', python.digest],
      ]);
      expect(await store.edgeDigests()).toEqual(digests);
    });

    it('keeps what edges were made from', async () => {
      await using store = await maker.open();
      await connect(store);
      const dependencies = Uint8Array.of(1, 2, 3);
      const python = makeFileEdges('src/db/run.py', []);
      await store.replaceEdges([{ ...python, dependencies }]);
      expect((await store.edgeSets()).find(({ path }) => path === python.path)).toEqual({
        path: python.path,
        digest: python.digest,
        dependencies: new Uint8Array(dependencies),
      });
      expect((await store.edgeSets()).map(({ path }) => path)).toEqual([...(await store.edgeDigests()).keys()]);
    });

    it('keeps the facts a file had when edges were made, until they are made again', async () => {
      await using store = await maker.open();
      const put = async (byte: number): Promise<void> =>
        store.applyFiles({
          upsert: [{ ...makeFile('a.ts', [{ name: 'A' }]), facts: Uint8Array.of(byte) }],
          remove: [],
        });
      await put(1);
      await put(2);
      expect(await store.previousFacts()).toEqual([]); // No edges were made from either.
      await store.replaceEdges([makeFileEdges('a.ts', [])], {}, true);
      await put(3);
      await put(4);
      expect(await store.previousFacts()).toEqual([{ path: 'a.ts', facts: Uint8Array.of(2) }]);
      expect(await store.facts(['a.ts', 'missing.ts'])).toEqual([{ path: 'a.ts', facts: Uint8Array.of(4) }]);
      await store.replaceEdges([makeFileEdges('a.ts', [])]);
      expect(await store.previousFacts()).toHaveLength(1);
      await store.replaceEdges([], {}, true);
      expect(await store.previousFacts()).toEqual([]);
      await store.applyFiles({ upsert: [], remove: ['a.ts'] });
      expect(await store.previousFacts()).toEqual([{ path: 'a.ts', facts: Uint8Array.of(4) }]);
    });

    it('keeps a site in another file than the edge', async () => {
      await using store = await maker.open();
      const odd = { ...call, site: { path: 'elsewhere.ts', line: 3, column: 4 } };
      await store.replaceEdges([makeFileEdges('lib/other.ts', [odd])]);
      expect(await store.edges([odd.source], { direction: 'outgoing' })).toEqual([odd]);
    });

    it('reads the whole graph as it reads its edges one by one', async () => {
      await using store = await maker.open();
      await connect(store);
      const odd = {
        ...makeEdge('calls', 'src/db/run.py#acquire', 'gone.ts#f', 3),
        confidence: 1 / 3,
        site: { ...call.site, path: 'odd "\n.py' },
      };
      const base = { ...makeUnresolved('src/db/run.py#acquire', 'external.Base'), kind: 'extends' as const };
      await store.replaceEdges([makeFileEdges('src/db/run.py', [odd], [base])]);
      const builder = new CompactGraphBuilder();
      const revision = await store.readGraph(builder);
      const graph = builder.build();
      const edges = [...Array(graph.edgeCount).keys()].map((edge) => graph.edgeOf(edge));
      expect(edges).toEqual([outside, call, odd]);
      const acquire = graph.numberOf(ids('src/pool.ts#Pool.acquire')[0]!)!;
      expect([graph.kindOf(acquire), graph.nameOf(acquire), graph.pathOf(acquire), graph.languageOf(acquire)]).toEqual([
        'method',
        'acquire',
        'src/pool.ts',
        'typescript',
      ]);
      expect(graph.idOf(graph.parentOf(acquire))).toBe('src/pool.ts#Pool');
      expect(graph.unresolvedByName('release')).toEqual({ ambiguous: 1 });
      expect(graph.nodes.foreignBases[graph.numberOf(odd.source)!]).toBe(1);

      const unread = new CompactGraphBuilder();
      expect(await store.readGraph(unread, revision)).toBe(revision);
      expect(unread.build().nodeCount).toBe(0);
      await store.replaceEdges([]);
      expect(await store.readGraph(unread, revision)).toBeGreaterThan(revision);
      expect(unread.build().edgeCount).toBe(3);
    });

    it('finds unresolved references by source and by name', async () => {
      await using store = await maker.open();
      await connect(store);
      expect(await store.unresolved({ sources: ids('lib/other.ts#Other') })).toEqual([missing]);
      expect(await store.unresolved({ sources: ids('src/pool.ts#Pool') })).toEqual([]);
      for (const name of ['release', 'pool.release'])
        expect(await store.unresolved({ names: [name] })).toEqual([missing]);
      for (const name of ['lease', 'x.release', '', 'pool'])
        expect(await store.unresolved({ names: [name] })).toEqual([]);
    });
  });

  describe(`${adapter}: symbols`, () => {
    const cases: readonly [Parameters<IndexStore['findSymbols']>[0], readonly string[]][] = [
      [{ name: 'acquire' }, ['src/db/run.py#acquire', 'src/pool.ts#Pool.acquire']],
      [{ name: 'Pool.acquire' }, ['src/pool.ts#Pool.acquire']],
      [{ name: 'acquire.retry' }, ['src/pool.ts#Pool.acquire.retry']],
      [{ name: 'src.Pool.acquire' }, []],
      [{ name: 'quire' }, []],
      [{ name: 'pool' }, []],
      [{ name: 'POOL.Acquire', ignoreCase: true }, ['src/pool.ts#Pool.acquire']],
      [{ name: 'ACQUIRE', ignoreCase: true, limit: 1 }, ['src/db/run.py#acquire']],
      [{ name: 'acquire', path: 'src/pool.ts' }, ['src/pool.ts#Pool.acquire']],
      [{ name: 'acquire', path: 'SRC/pool.ts', ignoreCase: true }, []],
      [{ path: 'src/pool.ts', line: 7 }, ['src/pool.ts#Pool.acquire.retry']],
      [{ path: 'src/pool.ts', line: 9 }, ['src/pool.ts#Pool.acquire']],
      [{ path: 'src/pool.ts', line: 10 }, ['src/pool.ts#Pool']],
      [{ path: 'src/pool.ts', line: 31 }, []],
      [{ path: 'none.ts' }, []],
      [{ limit: 2 }, ['lib/other.ts#Other', 'src/db/run.py#acquire']],
    ];
    it.each(cases)('finds %j', async (query, expected) => {
      await using store = await maker.open();
      await fill(store);
      expect((await store.findSymbols(query)).map((symbol) => symbol.id)).toEqual(expected);
    });

    it('folds the case of every script', async () => {
      await using store = await maker.open();
      await store.applyFiles({ upsert: [makeFile('a.ts', [{ name: 'ЗаказСервис.Отменить' }])], remove: [] });
      expect(await store.findSymbols({ name: 'заказсервис.отменить', ignoreCase: true })).toHaveLength(1);
      expect(await store.findSymbols({ name: 'отменить' })).toHaveLength(0);
    });

    it('keeps the order of the ids and leaves out those that are none', async () => {
      await using store = await maker.open();
      await fill(store);
      const wanted = ids('src/pool.ts#Pool.acquire', 'none', 'file:src/pool.ts', 'lib/other.ts#Other');
      const symbols = await store.getSymbols(wanted);
      expect(symbols.map((symbol) => symbol.id)).toEqual(['src/pool.ts#Pool.acquire', 'lib/other.ts#Other']);
      expect(symbols[0]?.parentId).toBe('src/pool.ts#Pool');
    });
  });

  describe(`${adapter}: vectors`, () => {
    it('lists each text without a vector once, in a stable order', async () => {
      await using store = await maker.open();
      await fill(store);
      const pending = await store.pendingEmbeddings(100);
      expect(pending.map((entry) => entry.text)).toEqual(['a', 'b', 'c', 'd', 'same']);
      expect(pending[0]?.contentHash).toBe(sha256('a'));
      expect(await store.pendingEmbeddings(2)).toEqual(pending.slice(0, 2));
      await embed(store, { a: 0, same: 5 });
      expect(await store.pendingEmbeddings(100)).toEqual(pending.slice(1, 4));
      expect(await store.counts()).toMatchObject({ chunks: 6, embedded: 3 });
    });

    it('ranks by cosine and shows every chunk of a shared text', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { a: 0, b: 60, c: 90, d: 180, same: 30 });
      const hits = await store.searchVectors(atAngle(0), 10);
      const expected = ['Pool', 'src/db/run.py', 'Other', 'Pool.acquire', 'Pool.acquire.retry', 'acquire'];
      expect(await found(store, hits)).toEqual(expected);
      const cosines = [1, Math.sqrt(3) / 2, Math.sqrt(3) / 2, 0.5, 0, -1];
      for (const [index, hit] of hits.entries()) expect(Math.abs(hit.score - cosines[index]!)).toBeLessThan(0.005);
      expect(await store.searchVectors(atAngle(0), 3)).toEqual(hits.slice(0, 3));
      expect(await store.searchVectors(atAngle(0), 0)).toEqual([]);
    });

    const filters: readonly [SearchFilter, readonly string[]][] = [
      [{ kinds: ['class'] }, ['Pool', 'Other']],
      [{ kinds: ['class', 'method'], pathGlob: 'src/**' }, ['Pool', 'Pool.acquire']],
      [{ languages: ['python'] }, ['src/db/run.py', 'acquire']],
      [{ languages: ['python', 'sql'], kinds: ['function'] }, ['acquire']],
      [{ pathGlob: 'lib/*.ts' }, ['Other']],
      [{ pathGlob: '*.py' }, ['src/db/run.py', 'acquire']],
      [{ pathGlob: 'nowhere/**' }, []],
      [{ kinds: [] }, []],
      [{}, ['Pool', 'src/db/run.py', 'Other', 'Pool.acquire', 'Pool.acquire.retry', 'acquire']],
    ];
    it.each(filters)('restricts a search to %j', async (filter, expected) => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { a: 0, b: 60, c: 90, d: 180, same: 30 });
      expect(await found(store, await store.searchVectors(atAngle(0), 10, filter))).toEqual(expected);
      const best = expected.slice(0, 1);
      expect(await found(store, await store.searchVectors(atAngle(0), 1, filter))).toEqual(best);
    });

    it('restricts by what the index holds now', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { a: 0, b: 60, same: 30 });
      const filter = { kinds: ['class'] } as const;
      expect(await found(store, await store.searchVectors(atAngle(0), 9, filter))).toEqual(['Pool', 'Other']);
      await store.applyFiles({ upsert: [makeFile('new.ts', [{ name: 'New', kind: 'class', text: 'b' }])], remove: [] });
      expect(await found(store, await store.searchVectors(atAngle(0), 9, filter))).toEqual(['Pool', 'Other', 'New']);
      expect(await found(store, await store.searchKeywords({ terms: ['new'] }, 9, filter))).toEqual(['New']);
    });

    it('breaks ties by chunk id, however many there are', async () => {
      await using store = await maker.open();
      const names = Array.from({ length: 300 }, (_, index) => `f${index}`);
      await store.applyFiles({
        upsert: names.map((each) => makeFile(`${each}.ts`, [{ name: each, text: each }])),
        remove: [],
      });
      // Slots run against the order of the chunks.
      await embed(store, Object.fromEntries(names.toReversed().map((each) => [each, 45])));
      const hits = await store.searchVectors(atAngle(45), 5);
      expect(await found(store, hits)).toEqual(['f0', 'f1', 'f2', 'f3', 'f4']);
    });

    it('sees changes between two searches', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { a: 0, b: 10 });
      expect(await found(store, await store.searchVectors(atAngle(0), 9))).toEqual(['Pool', 'Pool.acquire']);
      await embed(store, { d: 1, a: 40 });
      expect(await found(store, await store.searchVectors(atAngle(0), 9))).toEqual(['acquire', 'Pool.acquire', 'Pool']);
      await store.applyFiles({ upsert: [], remove: ['src/pool.ts'] });
      expect(await found(store, await store.searchVectors(atAngle(0), 9))).toEqual(['acquire']);
      // What is gone takes no place among the best.
      expect(await found(store, await store.searchVectors(atAngle(40), 1))).toEqual(['acquire']);
      await embed(store, { same: 2 });
      expect(await found(store, await store.searchVectors(atAngle(0), 9))).toEqual([
        'acquire',
        'src/db/run.py',
        'Other',
      ]);
    });

    it('keeps the vector of a text that moves to another file in one change', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { d: 20 });
      const moved = makeFile('moved.py', [{ name: 'acquire', text: 'd' }], { language: 'python' });
      await store.applyFiles({ upsert: [moved], remove: ['src/db/run.py'] });
      const hits = await store.searchVectors(atAngle(20), 9);
      expect((await store.getChunks(hits.map((hit) => hit.chunkId))).map((chunk) => chunk.path)).toEqual(['moved.py']);
      await store.applyFiles({ upsert: [], remove: ['moved.py'] });
      await store.applyFiles({ upsert: [moved], remove: [] });
      expect(await store.searchVectors(atAngle(20), 9)).toEqual([]);
    });

    it('leaves out vectors of texts that are gone', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { gone: 0, a: 1 });
      expect(await store.counts()).toMatchObject({ embedded: 1 });
    });

    it('forgets every vector, and takes others of another length then', async () => {
      await using store = await maker.open();
      await fill(store);
      await embed(store, { a: 0, b: 10 });
      expect(await store.searchVectors(atAngle(0), 9)).toHaveLength(2);
      await expect(store.putEmbeddings([sha256('c')], atAngle(0, 48), 48)).rejects.toMatchObject({
        code: 'STORE_DIMENSIONS_MISMATCH',
      });
      await expect(store.searchVectors(atAngle(0, 48), 5)).rejects.toMatchObject({ code: 'STORE_DIMENSIONS_MISMATCH' });
      await store.clearEmbeddings();
      expect(await store.counts()).toMatchObject({ embedded: 0 });
      expect(await store.pendingEmbeddings(100)).toHaveLength(5);
      expect(await store.searchVectors(atAngle(0), 9)).toEqual([]);
      await store.putEmbeddings([sha256('c')], atAngle(7, 50), 50);
      expect(await found(store, await store.searchVectors(atAngle(0, 50), 9))).toEqual(['Pool.acquire.retry']);
    });

    it('takes vectors only where the facts are those they were made for', async () => {
      await using store = await maker.open();
      await fill(store);
      await store.setMeta({ model: 'a' });
      const put = (model: string, text = 'a'): Promise<boolean> =>
        store.putEmbeddings([sha256(text)], atAngle(0), 32, { model });
      expect(await put('b')).toBe(false);
      expect(await store.counts()).toMatchObject({ embedded: 0 });
      expect(await put('a')).toBe(true);
      await store.clearEmbeddings({ model: 'b' });
      expect(await store.getMeta('model')).toBe('b');
      expect([await put('a'), await put('b', 'b')]).toEqual([false, true]);
      expect(await store.counts()).toMatchObject({ embedded: 1 });
      expect(await store.putEmbeddings([], new Float32Array(0), 32, { model: 'a' })).toBe(false);
      expect(await store.setMeta({ model: 'c' }, { model: 'a' })).toBe(false);
      expect(await store.getMeta('model')).toBe('b');
      expect(await store.setMeta({ model: 'c' }, { model: 'b' })).toBe(true);
      expect(await store.getMeta('model')).toBe('c');
    });

    it('forgets more vectors than one segment holds', async () => {
      await using store = await maker.open();
      const names = Array.from({ length: 1100 }, (_, index) => `f${index}`);
      await store.applyFiles({
        upsert: [
          makeFile(
            'a.ts',
            names.map((each) => ({ name: each, text: each })),
          ),
        ],
        remove: [],
      });
      await embed(store, Object.fromEntries(names.map((each) => [each, 0])));
      expect(await store.searchVectors(atAngle(0), 2000)).toHaveLength(1100);
      await store.clearEmbeddings();
      await embed(store, { f7: 120, f8: 90 });
      expect(await found(store, await store.searchVectors(atAngle(0), 1))).toEqual(['f8']);
      expect(await store.counts()).toMatchObject({ embedded: 2 });
    });

    it('refuses vectors that are none', async () => {
      await using store = await maker.open();
      await fill(store);
      await expect(store.putEmbeddings([sha256('a')], new Float32Array([1, Number.NaN]), 2)).rejects.toThrow(
        RangeError,
      );
      await expect(store.putEmbeddings([sha256('a')], new Float32Array(3), 2)).rejects.toThrow(RangeError);
      await expect(store.putEmbeddings([sha256('a')], new Float32Array(4097), 4097)).rejects.toThrow(RangeError);
      expect(await store.counts()).toMatchObject({ embedded: 0 });
    });
  });

  describe(`${adapter}: keywords`, () => {
    it('ranks names over bodies and finds by any case and accent', async () => {
      await using store = await maker.open();
      await store.applyFiles({
        upsert: [
          makeFile('a.ts', [{ name: 'other', words: 'cancelar pedido útil' }]),
          makeFile('b.ts', [{ name: 'cancelar', words: 'nada' }]),
        ],
        remove: [],
      });
      const hits = await store.searchKeywords({ terms: ['cancelar'] }, 5);
      expect(await found(store, hits)).toEqual(['cancelar', 'other']);
      expect(hits.every((hit) => hit.score > 0)).toBe(true);
      expect(await found(store, await store.searchKeywords({ terms: ['UTIL'] }, 5))).toEqual(['other']);
    });

    it('fills up with chunks that hold some of the terms, and skips unknown ones', async () => {
      await using store = await maker.open();
      await fill(store);
      const query = { terms: ['connection', 'python', 'nonsense'] };
      expect(await found(store, await store.searchKeywords(query, 5))).toEqual(['acquire', 'Pool.acquire']);
      expect(await found(store, await store.searchKeywords(query, 1))).toEqual(['acquire']);
      expect(await store.searchKeywords({ terms: ['nonsense'] }, 5)).toEqual([]);
      expect(await store.searchKeywords({ terms: [] }, 5)).toEqual([]);
    });

    it('scores as a fresh index does, however often files were replaced', async () => {
      await using fresh = await maker.open();
      await using used = await maker.open();
      const files = Array.from({ length: 40 }, (_, index) =>
        makeFile(`f${index}.ts`, [{ name: `n${index}`, words: index % 4 === 0 ? 'pool connection' : 'order' }]),
      );
      await fresh.applyFiles({ upsert: files, remove: [] });
      for (let round = 0; round < 5; round++) await used.applyFiles({ upsert: files, remove: [] });
      const query = { terms: ['pool'] };
      expect(await used.searchKeywords(query, 5)).toMatchObject(
        (await fresh.searchKeywords(query, 5)).map(({ score }) => ({ score })),
      );
      expect(await used.termFrequencies(['pool'])).toEqual(await fresh.termFrequencies(['pool']));
    });

    it('fills up with common terms where they are few', async () => {
      await using store = await maker.open();
      const files = Array.from({ length: 60 }, (_, index) =>
        makeFile(`f${index}.ts`, [
          { name: `n${index}`, words: index < 50 ? 'get common' : index === 55 ? 'rare' : 'x' },
        ]),
      );
      await store.applyFiles({ upsert: files, remove: [] });
      const hits = await found(store, await store.searchKeywords({ terms: ['common', 'rare'] }, 20));
      expect(hits).toHaveLength(20);
      expect(hits[0]).toBe('n55');
    });

    it('leaves common terms out of the filling up where they would cost the time of the query', async () => {
      await using store = await maker.open();
      const symbols = Array.from({ length: 6_000 }, (_, index) => ({
        name: `n${index}`,
        words: index === 5_555 ? 'rare' : 'get common',
      }));
      await store.applyFiles({ upsert: [makeFile('big.ts', symbols)], remove: [] });
      expect(await found(store, await store.searchKeywords({ terms: ['common', 'rare'] }, 20))).toEqual(['n5555']);
      expect(await store.searchKeywords({ terms: ['common', 'get'] }, 20)).toHaveLength(20);
    });

    it('applies filters before it cuts', async () => {
      await using store = await maker.open();
      await fill(store);
      const terms = ['connection'];
      expect(await found(store, await store.searchKeywords({ terms }, 1, { languages: ['python'] }))).toEqual([
        'acquire',
      ]);
      expect(await found(store, await store.searchKeywords({ terms }, 1, { kinds: ['method'] }))).toEqual([
        'Pool.acquire',
      ]);
      expect(await store.searchKeywords({ terms }, 1, { pathGlob: 'x' })).toEqual([]);
    });

    it('breaks ties by chunk id', async () => {
      await using store = await maker.open();
      const files = Array.from({ length: 40 }, (_, index) =>
        makeFile(`f${index}.ts`, [{ name: 'same', text: `${index}` }]),
      );
      await store.applyFiles({ upsert: files, remove: [] });
      const hits = await store.searchKeywords({ terms: ['same'] }, 4);
      const chunks = await store.getChunks(hits.map((hit) => hit.chunkId));
      expect(chunks.map((chunk) => chunk.path)).toEqual(['f0.ts', 'f1.ts', 'f2.ts', 'f3.ts']);
    });

    it.each([
      '"',
      '""',
      '" OR "',
      'NEAR(a b)',
      'name:pool',
      '{name path}:pool',
      'pool*',
      '^pool',
      '-pool',
      'a AND b',
      '*',
      '(',
      '\0',
      'pool\0',
      "'; DROP TABLE chunk; --",
      '++',
      '',
      ' ',
      '\u{1F600}',
      '\uD800',
      'AND',
      'OR',
      'NOT',
    ])('has no syntax: %j', async (term) => {
      await using store = await maker.open();
      await fill(store);
      await store.searchKeywords({ terms: [term] }, 5);
      const hits = await store.searchKeywords({ terms: [term, 'shared'] }, 5);
      expect(await found(store, hits)).toContain('Pool');
      expect((await store.termFrequencies([term])).get(term)).toBeLessThanOrEqual(1);
    });

    it('knows the share of chunks a term is in', async () => {
      await using store = await maker.open();
      await fill(store);
      const frequencies = await store.termFrequencies(['connection', 'Python', 'none', 'src pool']);
      expect([...frequencies].map(([term, share]) => [term, Math.round(share * 6)])).toEqual([
        ['connection', 2],
        ['Python', 1],
        ['none', 0],
        ['src pool', 3],
      ]);
      await store.applyFiles({ upsert: [], remove: ['src/pool.ts'] });
      expect((await store.termFrequencies(['connection'])).get('connection')).toBeCloseTo(1 / 3);
    });
  });

  describe(`${adapter}: chunks`, () => {
    it('keeps the order of the ids, and never gives an id to another chunk', async () => {
      await using store = await maker.open();
      await fill(store);
      const [hit] = await store.searchKeywords({ terms: ['nothing'] }, 1);
      const [chunk] = await store.getChunks([hit!.chunkId]);
      expect(chunk).toMatchObject({ path: 'lib/other.ts', language: 'typescript', startLine: 1, endLine: 3 });
      expect(chunk?.symbol?.id).toBe('lib/other.ts#Other');
      await store.applyFiles({ upsert: [makeFile('lib/other.ts', [{ name: 'Another' }])], remove: [] });
      expect(await store.getChunks([hit!.chunkId, 999_999])).toEqual([]);
    });
  });

  describe(`${adapter}: lifetime`, () => {
    it('says so when it is used after it was closed', async () => {
      const store = await maker.open();
      await store.close();
      await store.close();
      const closed = { code: 'STORE_CLOSED' };
      await expect(store.counts()).rejects.toMatchObject(closed);
      await expect(store.setMeta({ a: 'b' })).rejects.toMatchObject(closed);
      await expect(store.searchVectors(atAngle(0), 1)).rejects.toMatchObject(closed);
      await expect(collect(store.allFacts())).rejects.toMatchObject(closed);
    });

    it.skipIf(maker.reopen === undefined)('is the same when it is opened again', async () => {
      const first = await maker.open();
      await fill(first);
      await first.replaceEdges([makeFileEdges('lib/other.ts', [makeEdge('calls', 'lib/other.ts#Other', 'dir:src')])]);
      await embed(first, { a: 0, same: 10 });
      const before = await dump(first);
      const hits = await first.searchVectors(atAngle(3), 9);
      await using second = await maker.reopen!(first);
      expect(await dump(second)).toEqual(before);
      expect(await second.searchVectors(atAngle(3), 9)).toEqual(hits);
    });
  });
}
