import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../../../src/kernel/logger.ts';
import { RECORD_FILE } from '../../../../../src/model/cache-folder.ts';
import { readManifest } from '../../../../../src/model/manifest.ts';
import { compileModel, type CompileModelOptions } from '../../../../../src/model/onnx/compile-model.ts';
import { DATA_FILE, MODEL_FILE, type CompiledModel } from '../../../../../src/model/onnx/compiled-model.ts';
import { loadRuntime } from '../../../../../src/model/onnx/runtime.ts';
import { CALIBRATION_TEXTS } from '../../../../../src/model/onnx/calibration/calibration-texts.ts';
import { writeSafetensors, type WrittenTensor } from '../../../../fixtures/checkpoint/safetensors-writer.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from '../../model-folder.ts';
import { SYNTHETIC_MANIFEST, syntheticTensors } from '../../synthetic-model.ts';

type FloatType = 'F32' | 'BF16';

function floatBytes(values: Float32Array, type: FloatType): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  // bfloat16 is the upper half of float32.
  return type === 'F32' ? bytes : bytes.filter((_, index) => index % 4 >= 2);
}

/** A float BERT of two small layers behind the tokenizer of the embedded model. */
async function floatModel(path: string, type: FloatType = 'F32'): Promise<string> {
  const config = JSON.parse(await readFile(join(EMBEDDED_FOLDER, 'config.json'), 'utf8')) as Record<string, number>;
  const sizes = { hidden_size: 16, intermediate_size: 32, num_hidden_layers: 2, num_attention_heads: 2 };
  const manifest = {
    ...SYNTHETIC_MANIFEST,
    vocabularySize: config['vocab_size']!,
    maxPositions: config['max_position_embeddings']!,
    hiddenSize: 16,
    intermediateSize: 32,
  };
  const tensors: Record<string, WrittenTensor> = {};
  for (const tensor of syntheticTensors(manifest)) {
    tensors[tensor.name] = { dtype: type, shape: tensor.shape, data: floatBytes(await tensor.readFloat32(), type) };
  }
  const folder = await modelFolder(path, {
    'config.json': JSON.stringify({ ...config, ...sizes }),
    'pytorch_model.bin': null,
    '1_Pooling/config.json': '{"pooling_mode": "mean"}',
  });
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  return folder;
}

function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const add = (message: string): void => void lines.push(message);
  return { lines, debug: () => undefined, info: add, warn: add, error: add };
}

async function compile(
  folder: string,
  cacheFolder: string,
  options: Partial<CompileModelOptions> = {},
): Promise<CompiledModel> {
  return compileModel(await readManifest(folder), { numerics: 'full', cacheFolder, ...options });
}

async function vector({ modelPath }: CompiledModel): Promise<Float32Array> {
  const session = await (await loadRuntime()).createSession(modelPath);
  const result = Float32Array.from(await session.run(Int32Array.of(0, 1000, 2000, 3000, 2)));
  await session.release();
  return result;
}

function cosine(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0);
}

describe('a float model', () => {
  it('runs in int8 by default, and says what was measured, also when it is compiled already', async () => {
    await using temporary = await temporaryFolder();
    const cache = join(temporary.path, 'cache');
    const folder = await floatModel(join(temporary.path, 'model'));
    const logger = recordingLogger();
    const compiled = await compile(folder, cache, { logger });
    expect(compiled.calibration).toMatchObject({ texts: CALIBRATION_TEXTS.length });
    const { int8, rowwise, float32, agreement } = compiled.calibration!;
    expect(int8 + rowwise.length + float32.length).toBe(12);
    expect(int8).toBeGreaterThan(6);
    expect(agreement.minimum).toBeGreaterThan(0.997);
    expect(
      logger.lines.some((line) => /\d+ Linears int8, .* cosine to float32 on 24 texts [01]\.\d{4}/.test(line)),
    ).toBe(true);

    const again = await compile(folder, cache, { logger: recordingLogger() });
    expect(again).toMatchObject({ reused: true, calibration: compiled.calibration });

    const stored = await compile(folder, cache, { weightPrecision: 'float32' });
    expect(stored.calibration).toBeNull();
    expect(stored.fingerprint).not.toBe(compiled.fingerprint);
    const [quantized, exact] = [await vector(compiled), await vector(stored)];
    expect(quantized).not.toEqual(exact);
    expect(cosine(quantized, exact)).toBeGreaterThan(0.995);
  });

  it('becomes the same bytes in another cache, whatever it is called', async () => {
    await using temporary = await temporaryFolder();
    const folders = [await floatModel(join(temporary.path, 'one')), await floatModel(join(temporary.path, 'two'))];
    const [one, two] = await Promise.all(
      folders.map((folder, index) => compile(folder, join(temporary.path, `cache-${index}`))),
    );
    expect(two!.fingerprint).toBe(one!.fingerprint);
    for (const file of [MODEL_FILE, DATA_FILE]) {
      expect((await readFile(join(two!.folder, file))).equals(await readFile(join(one!.folder, file)))).toBe(true);
    }
  });

  it('is quantized from bfloat16 as well', async () => {
    await using temporary = await temporaryFolder();
    const folder = await floatModel(join(temporary.path, 'model'), 'BF16');
    const compiled = await compile(folder, join(temporary.path, 'cache'));
    expect(compiled.calibration!.int8).toBeGreaterThan(6);
  });

  it('has no scales a token with the numerics of PyTorch', async () => {
    await using temporary = await temporaryFolder();
    const folder = await floatModel(join(temporary.path, 'model'));
    const { calibration } = await compile(folder, join(temporary.path, 'cache'), { numerics: 'torch' });
    expect(calibration!.rowwise).toEqual([]);
  });

  it('does without the summary where the record of the cache has none that can be read', async () => {
    await using temporary = await temporaryFolder();
    const cache = join(temporary.path, 'cache');
    const folder = await floatModel(join(temporary.path, 'model'));
    const { folder: compiled } = await compile(folder, cache);
    const path = join(compiled, RECORD_FILE);
    const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    for (const calibration of [7, {}, { ...(record['calibration'] as object), rowwise: [1] }]) {
      await writeFile(path, JSON.stringify({ ...record, calibration }));
      expect(await compile(folder, cache)).toMatchObject({ reused: true, calibration: null });
    }
  });
});

describe('a quantized model', () => {
  it('is not measured', async () => {
    await using temporary = await temporaryFolder();
    const logger = recordingLogger();
    const compiled = await compile(EMBEDDED_FOLDER, temporary.path, { logger });
    expect(compiled.calibration).toBeNull();
    expect(logger.lines.join('\n')).not.toContain('measuring');
  });
});
