import { describe, expect, it } from 'vitest';
import { symbolId } from '../../../../src/graph/symbol.ts';
import { packFacts } from '../../../../src/indexing/facts.ts';
import { INDEX_META } from '../../../../src/indexing/index-meta.ts';
import { readLayout } from '../../../../src/indexing/project-layout.ts';
import { resolveEdges } from '../../../../src/indexing/stages/resolve-edges.ts';
import { loadLanguage } from '../../../../src/parsing/language-registry.ts';
import { buildSymbols } from '../../../../src/resolution/build-symbols.ts';
import { EmbeddedStore } from '../../../../src/store/embedded/embedded-store.ts';

/** Stores a Python file as a run would, with a mark of its own. */
async function put(store: EmbeddedStore, path: string, source: string, mark: string): Promise<void> {
  const parsed = (await loadLanguage('python')).parse(path, source);
  const stamp = { path, language: 'python', contentHash: source, sizeBytes: source.length, mtimeMs: 1 };
  await store.applyFiles({
    upsert: [{ stamp, symbols: buildSymbols(parsed), chunks: [], facts: packFacts(parsed), diagnostics: [] }],
    remove: [],
    meta: { [INDEX_META.edgesStale]: mark },
  });
}

const SNAPSHOT = readLayout('/nowhere', ['a.py', 'b.py']);
const callsOf = async (store: EmbeddedStore): Promise<readonly string[]> =>
  (await store.edges([symbolId('a.py', 'run', 1)], { direction: 'outgoing', kinds: ['calls'] })).map(
    ({ target }) => target,
  );

describe('resolveEdges', () => {
  it('writes the edges with the facts about the run, and takes the mark off', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    one()\n\n\ndef one():\n    pass\n', 'x');
    const { edges } = await resolveEdges({ store, snapshot: SNAPSHOT, meta: { key: 'value' } });
    expect(edges).toBe((await store.counts()).edges);
    expect(await callsOf(store)).toEqual(['a.py#one']);
    expect(await store.getMeta('key')).toBe('value');
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('0');
  });

  it('resolves what changed, and what looked at it, and nothing else', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    const run = async (): Promise<number> => (await resolveEdges({ store, snapshot: SNAPSHOT, meta: {} })).resolved;
    await put(store, 'a.py', 'from b import one\n\n\ndef run():\n    one()\n', '1');
    await put(store, 'b.py', 'def one():\n    return 1\n\n\ndef two():\n    one()\n', '2');
    expect(await run()).toBe(2);
    expect(await callsOf(store)).toEqual(['b.py#one']);
    // Neither lines nor bodies nor names that nobody looked at are seen from outside.
    await put(store, 'b.py', '# moved\ndef one():\n    return 2\n\n\ndef three():\n    one()\n', '3');
    expect(await run()).toBe(1);
    await put(store, 'b.py', 'def other():\n    return 2\n', '4');
    expect(await run()).toBe(2);
    expect(await callsOf(store)).toEqual([]);
    await store.applyFiles({ upsert: [], remove: ['b.py'], meta: { [INDEX_META.edgesStale]: '5' } });
    await put(store, 'b.py', 'def one():\n    return 1\n', '6');
    expect(await run()).toBe(2);
    expect(await callsOf(store)).toEqual(['b.py#one']);
    expect(await store.previousFacts()).toEqual([]);
  });

  it('resolves everything after a run that stored some of the edges', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    pass\n', '1');
    await put(store, 'b.py', 'def one():\n    return 1\n', '2');
    await resolveEdges({ store, snapshot: SNAPSHOT, meta: {} });
    await store.replaceEdges([], { [INDEX_META.edgesPartial]: '1' });
    expect((await resolveEdges({ store, snapshot: SNAPSHOT, meta: {} })).resolved).toBe(2);
    expect(await store.getMeta(INDEX_META.edgesPartial)).toBe('0');
  });

  it('starts again when another run changes a file meanwhile', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    one()\n\n\ndef one():\n    pass\n', 'x');
    const edgeSets = store.edgeSets.bind(store);
    let meddled = false;
    store.edgeSets = async () => {
      if (!meddled) await put(store, 'a.py', 'def run():\n    two()\n\n\ndef two():\n    pass\n', 'y');
      meddled = true;
      return await edgeSets();
    };
    await resolveEdges({ store, snapshot: SNAPSHOT, meta: {} });
    expect(await callsOf(store)).toEqual(['a.py#two']);
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('0');
  });

  it('leaves the mark to the last run where others never rest', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    const edgeSets = store.edgeSets.bind(store);
    let writes = 0;
    store.edgeSets = async () => {
      await put(store, 'a.py', 'def run():\n    pass\n', `mark ${++writes}`);
      return await edgeSets();
    };
    await resolveEdges({ store, snapshot: SNAPSHOT, meta: {} });
    expect(writes).toBe(3);
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('mark 3');
  });

  it('stops when aborted, and leaves the mark', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    pass\n', 'x');
    const reason = new DOMException('interrupted', 'AbortError');
    await expect(resolveEdges({ store, snapshot: SNAPSHOT, meta: {}, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('x');
    expect((await store.counts()).edges).toBe(0);
  });
});
