import { describe, expect, it } from 'vitest';
import { FastIndexer } from '../../../../src/indexing/fast-indexer.ts';
import type { ModelOpener } from '../../../../src/indexing/model-opener.ts';
import type { IndexReport } from '../../../../src/indexing/index-report.ts';
import type { IndexProgress } from '../../../../src/indexing/progress.ts';
import { silentLogger } from '../../../../src/kernel/logger.ts';
import type { WeightPrecision } from '../../../../src/model/weight-precision.ts';
import { VectorKnowledgeGraph, type SearchOutcome } from '../../../../src/search/vector-knowledge-graph.ts';
import { EmbeddedStore } from '../../../../src/store/embedded/embedded-store.ts';
import { MODEL_META, readModelRecord } from '../../../../src/store/model-record.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { FakeEncoder } from '../fake-encoder.ts';

/** More texts than two batches hold. */
const FUNCTIONS = 2_700;
const FILES = {
  'a.ts': Array.from(
    { length: FUNCTIONS },
    (_, index) =>
      `/** Does the work of part number ${index}, and nothing else. */\nexport function part${index}() { return ${index}; }\n`,
  ).join('\n'),
};

interface Run {
  readonly opener: ModelOpener;
  readonly model?: string;
  readonly weightPrecision?: WeightPrecision;
  readonly onProgress?: (progress: IndexProgress) => void;
  readonly warn?: (message: string) => void;
}

async function run(
  root: string,
  store: EmbeddedStore,
  { opener, model, weightPrecision, ...rest }: Run,
): Promise<IndexReport> {
  const indexer = new FastIndexer({
    knowledgeGraph: { root, store },
    embeddingModel: model,
    modelOpener: opener,
    weightPrecision,
    workers: 0,
    logger: { ...silentLogger, warn: (message) => rest.warn?.(message) },
  });
  return await indexer.index({ onProgress: rest.onProgress });
}

function ask(
  store: EmbeddedStore,
  encoder: FakeEncoder,
  mode: 'hybrid' | 'semantic' = 'hybrid',
): Promise<SearchOutcome> {
  return new VectorKnowledgeGraph({ store, openEncoder: async () => encoder }).search('work of part', mode);
}

describe('a run where nothing is to be encoded', () => {
  it('opens no model when the reference still means the one of the index', async () => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const opener = new FakeEncoder().opener({ identifies: true });
    const first = await run(folder.path, store, { opener });
    const second = await run(folder.path, store, { opener });
    expect(opener.opened).toEqual([null]);
    expect(second).toMatchObject({ embedded: 0, reused: first.chunks, model: first.model });
    folder.write('b.ts', 'export function b() {}\n');
    expect((await run(folder.path, store, { opener })).embedded).toBeGreaterThan(0);
    expect(opener.opened).toEqual([null, null]);
  });

  it('forgets what the model stood in for once it is the first choice itself, and keeps what else was said', async () => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const fallback = { severity: 'warning', code: 'MODEL_FALLBACK', message: 'org/better cannot be used' } as const;
    const other = { severity: 'warning', code: 'TOKENIZER_SETTINGS_IGNORED', message: 'one is ignored' } as const;
    const better = { id: 'org/better', folder: '/models/better', code: 'CHECKPOINT_TRUNCATED', message: 'it is cut' };
    const plain = new FakeEncoder().opener();
    const standIn: ModelOpener = {
      ...plain,
      open: async (...args) => ({
        ...(await plain.open(...args)),
        diagnostics: [fallback, other],
        passedOver: [better],
      }),
    };
    const first = await run(folder.path, store, { opener: standIn });
    expect(first).toMatchObject({ model: { fallbackFrom: [better] }, diagnostics: [fallback, other] });
    const opener = new FakeEncoder().opener({ identifies: true });
    const second = await run(folder.path, store, { opener });
    expect(opener.opened).toEqual([]);
    expect(second.model?.fallbackFrom).toEqual([]);
    expect(second.diagnostics).toEqual([other]);
    expect(await readModelRecord(store)).toMatchObject({ fallbackFrom: [], diagnostics: [other] });
  });

  it.each([true, false])('never names its model over vectors of another run (identified: %s)', async (identifies) => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const plain = new FakeEncoder('a').opener({ identifies });
    await run(folder.path, store, { opener: plain });
    const takeAway = async (): Promise<void> => await store.clearEmbeddings({ [MODEL_META.fingerprint]: 'b' });
    const opener: ModelOpener = {
      ...plain,
      open: async (...args) => (await takeAway(), plain.open(...args)),
      identify: async (...args) => (identifies && (await takeAway()), plain.identify(...args)),
    };
    await expect(run(folder.path, store, { opener })).rejects.toMatchObject({
      code: 'INDEXING_MODEL_CHANGED',
      details: { expected: 'a', found: 'b' },
    });
    expect(await store.getMeta(MODEL_META.fingerprint)).toBe('b');
  });

  it('opens another model that the reference has come to mean', async () => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const { chunks } = await run(folder.path, store, { opener: new FakeEncoder('a').opener({ identifies: true }) });
    const other = new FakeEncoder('b').opener({ identifies: true });
    expect(await run(folder.path, store, { opener: other })).toMatchObject({ embedded: chunks, reused: 0 });
    expect(other.opened).toEqual([null]);
  });
});

describe('the report of a run', () => {
  it('says which model was chosen and why, and the index keeps it', async () => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const encoder = new FakeEncoder();
    const fallback = { severity: 'warning', code: 'MODEL_FALLBACK', message: 'org/better cannot be used' } as const;
    const passedOver = [
      { id: 'org/better', folder: '/models/better', code: 'CHECKPOINT_TRUNCATED', message: 'it is cut' },
    ];
    const plain = encoder.opener();
    const opener: ModelOpener = {
      ...plain,
      open: async (...args) => ({ ...(await plain.open(...args)), diagnostics: [fallback], passedOver }),
    };
    const chosen: IndexProgress[] = [];
    const report = await run(folder.path, store, {
      opener,
      weightPrecision: 'float32',
      onProgress: (progress) => {
        if (progress.stage === 'model') chosen.push(progress);
      },
    });
    expect(report.model).toEqual({
      id: 'test/a',
      fingerprint: 'a',
      dimensions: 8,
      maxTokens: 16,
      requested: null,
      folder: '/models/test/a',
      source: 'folder',
      reason: 'it is of a test',
      format: 'checkpoint',
      weights: 'pytorch_model.bin',
      quantization: null,
      precision: 'float32',
      fallbackFrom: passedOver,
    });
    expect(report.diagnostics).toEqual([fallback]);
    expect(chosen).toEqual([
      { stage: 'model', state: 'chosen', id: 'test/a', source: 'folder', reason: 'it is of a test' },
    ]);
    expect(await readModelRecord(store)).toEqual({ ...report.model, diagnostics: [fallback] });
  });
});

describe('a change of the model', () => {
  it('encodes every text again, parses nothing, says so, and goes on where it was killed', async () => {
    using folder = temporaryFolder(FILES);
    await using store = await EmbeddedStore.open(':memory:');
    const old = new FakeEncoder('a');
    const { chunks } = await run(folder.path, store, { opener: old.opener(), model: 'test/a' });
    expect((await ask(store, old)).mode).toBe('hybrid');

    // Killed before the first batch: no vector is left, and words still answer.
    const warnings: string[] = [];
    const dying = new FakeEncoder('b', () => {
      throw new Error('killed');
    });
    const first = run(folder.path, store, {
      opener: dying.opener(),
      model: 'test/b',
      warn: (text) => warnings.push(text),
    });
    await expect(first).rejects.toThrow('killed');
    expect(warnings).toEqual([expect.stringContaining('made with test/a and is now made with test/b')]);
    const words = await ask(store, new FakeEncoder('b'));
    expect(words).toMatchObject({ mode: 'keyword', diagnostics: [{ code: 'SEARCH_KEYWORDS_ONLY' }] });
    expect(words.diagnostics[0]?.message).toContain('has a vector of test/b yet');
    expect(words.diagnostics[0]?.hint).toContain('codegraphai index --model test/b');
    await expect(ask(store, old, 'semantic')).rejects.toMatchObject({ code: 'SEARCH_NO_VECTORS' });

    // Killed in the middle: what is there is of the new model, and the old one is refused.
    const tiring = new FakeEncoder('b', () => {
      if (tiring.calls.length === 2) throw new Error('killed');
    });
    await expect(run(folder.path, store, { opener: tiring.opener(), model: 'test/b' })).rejects.toThrow('killed');
    const half = await ask(store, new FakeEncoder('b'));
    expect(half).toMatchObject({ mode: 'hybrid', diagnostics: [{ code: 'SEARCH_VECTORS_INCOMPLETE' }] });
    for (const mode of ['hybrid', 'semantic'] as const) {
      await expect(ask(store, old, mode)).rejects.toMatchObject({
        code: 'SEARCH_MODEL_MISMATCH',
        message: expect.stringContaining('embedded with test/b'),
        hint: expect.stringContaining('codegraphai index --model test/a'),
      });
    }

    const { embedded: done } = await store.counts();
    const last = new FakeEncoder('b');
    const report = await run(folder.path, store, { opener: last.opener(), model: 'test/b' });
    expect(done).toBeGreaterThan(0);
    expect(report).toMatchObject({ files: { parsed: 0, unchanged: 1 }, reused: done, chunks });
    expect(last.calls.flat()).toHaveLength(report.embedded);
    expect(await store.counts()).toMatchObject({ embedded: chunks, pending: 0 });
    expect((await ask(store, last)).diagnostics).toEqual([]);
  });

  it('is not told of an index that has no vector yet', async () => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const dying = new FakeEncoder('a', () => {
      throw new Error('killed');
    });
    await expect(run(folder.path, store, { opener: dying.opener() })).rejects.toThrow('killed');
    expect(await store.getMeta(MODEL_META.fingerprint)).toBe('a');
    const warnings: string[] = [];
    const { diagnostics } = await run(folder.path, store, {
      opener: new FakeEncoder('b').opener(),
      warn: (text) => warnings.push(text),
    });
    expect(diagnostics).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('is told in the report when it went through', async () => {
    using folder = temporaryFolder({ 'a.ts': 'export function a() {}\n' });
    await using store = await EmbeddedStore.open(':memory:');
    const { chunks } = await run(folder.path, store, { opener: new FakeEncoder('a').opener(), model: 'test/a' });
    const report = await run(folder.path, store, { opener: new FakeEncoder('b').opener(), model: 'test/b' });
    expect(report).toMatchObject({
      files: { parsed: 0 },
      embedded: chunks,
      reused: 0,
      diagnostics: [{ code: 'MODEL_CHANGED', hint: expect.stringContaining('--model test/a') }],
    });
  });
});
