import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { MODEL_FILE, TOKENIZER_FILE } from '../../../src/model/onnx/compiled-model.ts';
import { openEncoder } from '../../../src/model/open-encoder.ts';
import { QuantizedModelLoader } from '../../../src/model/quantized-model-loader.ts';
import { EMBEDDED_MODEL, PREFERRED_MODEL } from '../../../src/model/resolve-model.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 412186242\n`;

describe('openEncoder', () => {
  it('passes over a model that cannot be loaded, and says why', async () => {
    await using root = await temporaryFolder();
    await modelFolder(join(root.path, 'models', PREFERRED_MODEL), { 'pytorch_model.bin': POINTER });
    const broken = await modelFolder(join(root.path, 'broken'), { 'pytorch_model.bin': 'PK\u0003\u0004'.repeat(1000) });
    const options = { root: root.path, cacheDir: join(root.path, 'cache'), environment: { HF_HOME: root.path } };
    const opened = await openEncoder(broken, options);
    await using encoder = opened.encoder;
    expect(opened.model.id).toBe(EMBEDDED_MODEL);
    expect(encoder.identity.id).toBe(EMBEDDED_MODEL);
    expect(opened.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['MODEL_FALLBACK', 'warning'],
      ['MODEL_FALLBACK', 'warning'],
    ]);
    expect(opened.diagnostics[0]?.message).toContain('CHECKPOINT_');
    expect(opened.diagnostics[1]?.message).toContain('Git LFS pointer');
    await expect(openEncoder(broken, { ...options, strict: true })).rejects.toMatchObject({ name: 'CheckpointError' });
    await expect(openEncoder(null, { ...options, strict: true })).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
  });

  it.each([MODEL_FILE, TOKENIZER_FILE])(
    'compiles again when %s in the cache is damaged within its size',
    async (name) => {
      await using cache = await temporaryFolder();
      const warnings: string[] = [];
      const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
      const vector = async (): Promise<Float32Array> => {
        const { encoder, model } = await openEncoder(EMBEDDED_MODEL, { cacheDir: cache.path, strict: true, logger });
        await using open = encoder;
        expect(model.id).toBe(EMBEDDED_MODEL);
        return (await open.encode(['open a file'])).row(0);
      };
      const before = await vector();
      const [fingerprint] = await readdir(join(cache.path, 'compiled'));
      const path = join(cache.path, 'compiled', fingerprint!, name);
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(255, 0, bytes.length >> 1));
      expect(await vector()).toEqual(before);
      expect(warnings).toEqual([expect.stringContaining('is made again')]);
      expect(await vector()).toEqual(before);
      expect(warnings).toHaveLength(1);
      expect(await readdir(join(cache.path, 'compiled'))).toEqual([fingerprint]);
    },
  );

  it('refuses numerics and precisions that are none, as callers without types may give them', async () => {
    for (const options of [{ numerics: 'half' }, { weightPrecision: 'int4' }]) {
      const [[name, value] = []] = Object.entries(options);
      await expect(openEncoder(EMBEDDED_FOLDER, Object(options))).rejects.toThrow(
        new RegExp(`^${name} is ${value} instead of `),
      );
    }
  });

  it('does not blame the model for the machine', async () => {
    const options = { cacheDir: join(EMBEDDED_FOLDER, 'config.json', 'cache') };
    await expect(openEncoder(EMBEDDED_MODEL, options)).rejects.toMatchObject({ code: 'MODEL_CACHE_UNWRITABLE' });
  });
});

describe('QuantizedModelLoader', () => {
  it('has the calls of sentence-transformers', async () => {
    await using cache = await temporaryFolder();
    await using model = await QuantizedModelLoader.load(EMBEDDED_FOLDER, { device: 'cpu', cacheDir: cache.path });
    expect(model.getEmbeddingDimension()).toBe(384);
    expect(model.getSentenceEmbeddingDimension()).toBe(384);
    expect(model.getMaxSeqLength()).toBe(512);
    expect(model.diagnostics).toEqual([]);
    const one = await model.encode('open a file', { batchSize: 32, showProgressBar: false });
    expect([one.rows, one.dimensions]).toEqual([1, 384]);
    const short = await model.encodeQuery(['open a file', 'close it'], { truncateDim: 64, normalizeEmbeddings: true });
    expect([short.rows, short.dimensions]).toEqual([2, 64]);
    for (const row of short) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    const whole = (await model.encode('query: open a file')).row(0);
    expect(short.row(0)[0]! / short.row(0)[1]!).toBeCloseTo(whole[0]! / whole[1]!, 4);
    for (const truncateDim of [0, 1.5, 385]) {
      const encoding = model.encode('x', { truncateDim, onProgress: () => expect.unreachable() });
      await expect(encoding).rejects.toThrow(RangeError);
    }
  });
});
