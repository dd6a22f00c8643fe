import { describe, expect, it } from 'vitest';
import type { IndexProgress } from '../../../../src/indexing/progress.ts';
import { embedChunks } from '../../../../src/indexing/stages/embed-chunks.ts';
import { EmbeddedStore } from '../../../../src/store/embedded/embedded-store.ts';
import { MODEL_META } from '../../../../src/store/model-record.ts';
import { makeFile } from '../../../conformance/store/store-fixtures.ts';
import { FakeEncoder } from '../fake-encoder.ts';

/** Texts of two batches and a bit, and one that two chunks share. */
const TEXTS = 800;

async function filledStore(fingerprint: string): Promise<EmbeddedStore> {
  const store = await EmbeddedStore.open(':memory:');
  const specs = Array.from({ length: TEXTS }, (_, index) => ({ name: `f${index}`, text: `text number ${index}` }));
  await store.applyFiles({
    upsert: [makeFile('a.ts', specs), makeFile('b.ts', [{ name: 'twin', text: 'text number 0' }])],
    remove: [],
  });
  await store.setMeta({ [MODEL_META.fingerprint]: fingerprint });
  return store;
}

describe('embedChunks', () => {
  it('encodes each text once, a batch at a time', async () => {
    await using store = await filledStore('a');
    const encoder = new FakeEncoder('a');
    const result = await embedChunks(store, encoder, () => undefined, undefined);
    expect(result).toEqual({ embedded: TEXTS, tokens: TEXTS * 3, truncated: 0 });
    expect(encoder.calls.map((texts) => texts.length)).toEqual([384, 384, 32]);
    expect(new Set(encoder.calls.flat()).size).toBe(TEXTS);
    expect(await store.counts()).toMatchObject({ chunks: TEXTS + 1, embedded: TEXTS + 1, pending: 0 });
    expect(await embedChunks(store, encoder, () => undefined, undefined)).toMatchObject({ embedded: 0 });
  });

  it('counts up to the number of texts, over all batches', async () => {
    await using store = await filledStore('a');
    const seen: Extract<IndexProgress, { stage: 'embed' }>[] = [];
    await embedChunks(
      store,
      new FakeEncoder('a'),
      (progress) => {
        if (progress.stage === 'embed') seen.push(progress);
      },
      undefined,
    );
    expect(seen.map(({ textsDone }) => textsDone)).toEqual(Array.from({ length: TEXTS }, (_, index) => index + 1));
    expect(seen.every(({ textsTotal }) => textsTotal === TEXTS)).toBe(true);
    expect(seen.map(({ tokensDone }) => tokensDone)).toEqual(
      Array.from({ length: TEXTS }, (_, index) => 3 * (index + 1)),
    );
    expect(seen.at(-1)?.remainingMs).toBe(0);
  });

  it('keeps the batches before an abort', async () => {
    await using store = await filledStore('a');
    const abort = new AbortController();
    const reason = new DOMException('interrupted', 'AbortError');
    const encoder = new FakeEncoder('a', () => {
      if (encoder.calls.length === 2) abort.abort(reason);
    });
    await expect(embedChunks(store, encoder, () => undefined, abort.signal)).rejects.toBe(reason);
    expect(await store.counts()).toMatchObject({ pending: TEXTS - 384 });
  });

  it('stores nothing once another run has taken another model', async () => {
    await using store = await filledStore('a');
    const encoder = new FakeEncoder('a', () => store.setMeta({ [MODEL_META.fingerprint]: 'b' }));
    await expect(embedChunks(store, encoder, () => undefined, undefined)).rejects.toMatchObject({
      code: 'INDEXING_MODEL_CHANGED',
      details: { expected: 'a', found: 'b' },
    });
    expect(await store.counts()).toMatchObject({ embedded: 0 });
  });
});
