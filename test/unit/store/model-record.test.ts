import { describe, expect, it } from 'vitest';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';
import { MODEL_META, modelMeta, readModelRecord, type ModelRecord } from '../../../src/store/model-record.ts';

const RECORD: ModelRecord = {
  id: 'org/model',
  fingerprint: 'f00d',
  dimensions: 384,
  maxTokens: 512,
  requested: './models/org/model',
  folder: '/models/org/model',
  source: 'folder',
  reason: 'it was named by its folder',
  format: 'checkpoint',
  weights: 'pytorch_model.bin',
  quantization: 'pytorch-dynamic-int8',
  precision: 'float32',
  fallbackFrom: [{ id: 'org/better', folder: '/better', code: 'CHECKPOINT_TRUNCATED', message: 'it is cut' }],
  diagnostics: [{ severity: 'warning', code: 'MODEL_FALLBACK', message: 'org/better cannot be used' }],
};

describe('readModelRecord', () => {
  it.each([
    ['a named model', RECORD],
    ['the default', { ...RECORD, requested: null, quantization: null, fallbackFrom: [], diagnostics: [] }],
  ])('gives back what was kept of %s', async (_name, record) => {
    await using store = await EmbeddedStore.open(':memory:');
    expect(await readModelRecord(store)).toBeNull();
    await store.setMeta(modelMeta(record));
    expect(await readModelRecord(store)).toEqual(record);
  });

  it('reads an index of an earlier version as what that version did', async () => {
    await using store = await EmbeddedStore.open(':memory:');
    await store.setMeta({ 'model.id': 'org/model', 'model.fingerprint': 'f00d', 'model.folder': '/models/org/model' });
    expect(await readModelRecord(store)).toMatchObject({
      id: 'org/model',
      folder: '/models/org/model',
      requested: null,
      precision: 'auto',
      format: 'unknown',
      fallbackFrom: [],
      diagnostics: [],
    });
  });

  it.each(['{', 'null', '[1, null, {}]', '[{ "id": 1 }]'])(
    'leaves out explanations that are none: %s',
    async (text) => {
      await using store = await EmbeddedStore.open(':memory:');
      await store.setMeta({ ...modelMeta(RECORD), [MODEL_META.fallbackFrom]: text, [MODEL_META.diagnostics]: text });
      expect(await readModelRecord(store)).toEqual({ ...RECORD, fallbackFrom: [], diagnostics: [] });
    },
  );
});
