import { describe, expect, it } from 'vitest';
import { symbolId } from '../../../../src/graph/symbol.ts';
import { packFacts } from '../../../../src/indexing/facts.ts';
import { INDEX_META } from '../../../../src/indexing/index-meta.ts';
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

const PATHS = ['a.py', 'b.py'];
const callsOf = async (store: EmbeddedStore): Promise<readonly string[]> =>
  (await store.edges([symbolId('a.py', 'run', 1)], { direction: 'outgoing', kinds: ['calls'] })).map(
    ({ target }) => target,
  );

describe('resolveEdges', () => {
  it('writes the edges with the facts about the run, and takes the mark off', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    one()\n\n\ndef one():\n    pass\n', 'x');
    const count = await resolveEdges(store, '/nowhere', PATHS, { key: 'value' }, undefined);
    expect(count).toBe((await store.counts()).edges);
    expect(await callsOf(store)).toEqual(['a.py#one']);
    expect(await store.getMeta('key')).toBe('value');
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('0');
  });

  it('starts again when another run changes a file meanwhile', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    one()\n\n\ndef one():\n    pass\n', 'x');
    const edgeDigests = store.edgeDigests.bind(store);
    let meddled = false;
    store.edgeDigests = async () => {
      if (!meddled) await put(store, 'a.py', 'def run():\n    two()\n\n\ndef two():\n    pass\n', 'y');
      meddled = true;
      return await edgeDigests();
    };
    await resolveEdges(store, '/nowhere', PATHS, {}, undefined);
    expect(await callsOf(store)).toEqual(['a.py#two']);
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('0');
  });

  it('leaves the mark to the last run where others never rest', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    const edgeDigests = store.edgeDigests.bind(store);
    let writes = 0;
    store.edgeDigests = async () => {
      await put(store, 'a.py', 'def run():\n    pass\n', `mark ${++writes}`);
      return await edgeDigests();
    };
    await resolveEdges(store, '/nowhere', PATHS, {}, undefined);
    expect(writes).toBe(3);
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('mark 3');
  });

  it('stops when aborted, and leaves the mark', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await put(store, 'a.py', 'def run():\n    pass\n', 'x');
    const reason = new DOMException('interrupted', 'AbortError');
    await expect(resolveEdges(store, '/nowhere', PATHS, {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await store.getMeta(INDEX_META.edgesStale)).toBe('x');
    expect((await store.counts()).edges).toBe(0);
  });
});
