import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findModelFiles } from '../../../../../src/model/model-files.ts';
import { compileModel } from '../../../../../src/model/onnx/compile-model.ts';
import { OnnxEncoder } from '../../../../../src/model/onnx/onnx-encoder.ts';
import { planReady } from '../../../../../src/model/onnx/ready/ready-plan.ts';
import { readOnnxModel } from '../../../../../src/model/onnx-file/read-onnx-model.ts';
import { loadRuntime, RUNTIMES } from '../../../../../src/model/onnx/runtime.ts';
import { writeModel } from '../../../../../src/model/onnx/write-model.ts';
import { readModel } from '../../../../../src/model/read-model.ts';
import { temporaryFolder } from '../../model-folder.ts';
import {
  embeddingTable,
  readyGraph,
  VOCABULARY,
  WIDTH,
  writeReadyGraph,
  type ReadyGraphOptions,
} from './ready-fixtures.ts';

const TOKENIZER = JSON.stringify({
  version: '1.0',
  added_tokens: [
    { id: 0, content: '<s>', special: true },
    { id: 2, content: '</s>', special: true },
  ],
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '<s>', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '</s>', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] },
      '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] },
    },
  },
  model: {
    type: 'Unigram',
    unk_id: 3,
    vocab: [
      ['<s>', 0],
      ['<pad>', 0],
      ['</s>', 0],
      ['<unk>', 0],
      ['▁', -2],
      ['a', -3],
      ['b', -3],
      ['▁ab', -1],
    ],
  },
});

/** The mean of rows of the word embeddings, normalized: what the graphs here compute. */
function expected(ids: readonly number[], { normalize = false }: { normalize?: boolean } = {}): number[] {
  const table = embeddingTable();
  const mean = Array.from({ length: WIDTH }, (_, column) => {
    const sum = ids.reduce((total, id) => total + (table[id * WIDTH + column] ?? 0), 0);
    return sum / ids.length;
  });
  const norm = normalize ? Math.hypot(...mean) : 1;
  return mean.map((value) => value / norm);
}

/** A safetensors file of float32 tensors. */
function floatTensors(
  tensors: Readonly<Record<string, readonly [shape: readonly number[], values: Float32Array]>>,
): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, [shape, values]]) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const bytes = Object.values(tensors).map(([, values]) => Buffer.from(values.buffer));
  return Buffer.concat([length, header, ...bytes]);
}

function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Math.max(...Array.from(left, (value, index) => Math.abs(value - (right[index] ?? NaN))));
}

/** A model folder with a ready graph, whose network nobody knows. */
async function readyFolder(folder: string, graphs: Readonly<Record<string, ReadyGraphOptions>>): Promise<string> {
  await mkdir(join(folder, '1_Pooling'), { recursive: true });
  const config = {
    model_type: 'nobody-knows',
    auto_map: { AutoModel: 'own.Model' },
    vocab_size: VOCABULARY,
    hidden_size: WIDTH,
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tokenizer.json'), TOKENIZER);
  const modules = ['Transformer', 'Pooling', 'Normalize'].map((kind, idx) => ({
    idx,
    path: idx === 1 ? '1_Pooling' : '',
    type: `sentence_transformers.models.${kind}`,
  }));
  await writeFile(join(folder, 'modules.json'), JSON.stringify(modules));
  await writeFile(
    join(folder, '1_Pooling', 'config.json'),
    JSON.stringify({ word_embedding_dimension: WIDTH, pooling_mode_mean_tokens: true }),
  );
  for (const [name, options] of Object.entries(graphs)) await writeReadyGraph(join(folder, name), options);
  return folder;
}

describe('a ready graph', () => {
  it.each(RUNTIMES)('runs as it is (%s)', async (name) => {
    await using folder = await temporaryFolder();
    await readyFolder(folder.path, { 'onnx/model.onnx': {} });
    const { manifest, files } = await readModel({ folder: folder.path });
    const plan = planReady(await readOnnxModel(files.weights), manifest);
    const session = await (await loadRuntime(name)).createSession(files.weights, { ready: plan });
    for (const ids of [[1], [5, 6, 7], Array.from({ length: 39 }, (_, index) => index)]) {
      const row = await session.run(Int32Array.from(ids));
      expect(largestDifference(row, expected(ids, { normalize: true }))).toBeLessThan(1e-6);
    }
    await expect(session.run(Int32Array.of(VOCABULARY))).rejects.toMatchObject({ code: 'MODEL_RUNTIME_FAILED' });
    await session.release();
  });

  it.each([
    ['int32 inputs', { idType: 'int32' }, false],
    ['a fixed length', { batch: 1, length: 8 }, false],
    ['an output of its own name', { output: 'anything' }, false],
    ['the sentence embedding as output', { output: 'sentence_embedding' }, true],
    ['the pooler output alone', { output: 'pooler_output' }, true],
  ] as const)('may have %s', async (_, options, summed) => {
    await using folder = await temporaryFolder();
    await readyFolder(folder.path, { 'model.onnx': options });
    const { manifest, files } = await readModel({ folder: folder.path });
    const plan = { ...planReady(await readOnnxModel(files.weights), manifest), normalize: false };
    const session = await (await loadRuntime()).createSession(files.weights, { ready: plan });
    const row = await session.run(Int32Array.of(4, 9, 30));
    const mean = expected([4, 9, 30]);
    expect(largestDifference(row, summed ? mean.map((value) => value * 3) : mean)).toBeLessThan(1e-6);
    if ('length' in options) {
      await expect(session.run(new Int32Array(9))).rejects.toMatchObject({
        code: 'MODEL_RUNTIME_FAILED',
        message: expect.stringContaining('9 tokens, and the graph takes 8'),
      });
      expect(manifest.maxTokens).toBe(8);
    }
    await session.release();
  });

  it.each(RUNTIMES)('finds its weights beside it, through links as well (%s)', async (name) => {
    await using folder = await temporaryFolder();
    await readyFolder(folder.path, {});
    const blobs = join(folder.path, 'blobs');
    await mkdir(blobs);
    await writeModel(blobs, readyGraph({ vocabulary: 400 }).serialize('model.onnx.data'));
    await mkdir(join(folder.path, 'onnx'));
    for (const file of ['model.onnx', 'model.onnx.data']) {
      await rename(join(blobs, file), join(blobs, `${file}.blob`));
      await symlink(join('..', 'blobs', `${file}.blob`), join(folder.path, 'onnx', file));
    }
    const { manifest, files } = await readModel({ folder: folder.path });
    expect(files.weightFiles).toEqual(['model.onnx', 'model.onnx.data'].map((file) => join(folder.path, 'onnx', file)));
    const plan = planReady(await readOnnxModel(files.weights), manifest);
    const session = await (await loadRuntime(name)).createSession(files.weights, { ready: plan });
    expect(await session.run(Int32Array.of(1, 2))).toHaveLength(WIDTH);
    await session.release();
  });

  it.each([
    ['an input nobody fills', { extraInput: 'pixel_values' }, 'has the input "pixel_values"'],
    ['logits', { output: 'logits' }, 'gives logits and no embeddings'],
    ['room for no text', { batch: 1, length: 2 }, 'takes exactly 2 tokens'],
    ['room for more than memory holds', { batch: 1, length: 2 ** 30 }, 'takes exactly 1073741824 tokens'],
    ['a fixed batch', { batch: 8 }, 'takes input_ids of shape [8, sequence]'],
    ['a custom operator', { operator: { name: 'Foo', domain: 'com.microsoft' as const } }, null],
  ])('is refused with %s', async (_, options, message) => {
    await using folder = await temporaryFolder();
    await readyFolder(folder.path, { 'model.onnx': options });
    if (message === null) {
      // A domain that is known, an operator that is not: the runtime refuses it by name.
      const { manifest, files } = await readModel({ folder: folder.path });
      const ready = planReady(await readOnnxModel(files.weights), manifest);
      await expect((await loadRuntime()).createSession(files.weights, { ready })).rejects.toMatchObject({
        code: 'MODEL_RUNTIME_FAILED',
      });
      return;
    }
    await expect(readModel({ folder: folder.path })).rejects.toMatchObject({
      code: 'ONNX_UNSUPPORTED',
      message: expect.stringContaining(message),
    });
  });

  it('is refused when its configuration belongs to a model of another width', async () => {
    await using folder = await temporaryFolder();
    await readyFolder(folder.path, { 'model.onnx': { output: 'sentence_embedding' } });
    const { manifest, files } = await readModel({ folder: folder.path });
    const model = await readOnnxModel(files.weights);
    expect(() => planReady(model, { ...manifest, dimensions: WIDTH + 1 })).toThrow(
      expect.objectContaining({
        code: 'MODEL_SHAPE_MISMATCH',
        details: { tensor: 'sentence_embedding', expected: WIDTH + 1, actual: WIDTH },
      }),
    );
  });

  it('is encoded with as any other model, and only the tokenizer is kept', async () => {
    await using folder = await temporaryFolder();
    await readyFolder(join(folder.path, 'model'), {
      'onnx/model.onnx': {},
      'onnx/model_broken.onnx': { output: 'logits' },
    });
    const { manifest, files } = await readModel({ folder: join(folder.path, 'model') });
    const options = { numerics: 'full', cacheFolder: join(folder.path, 'cache'), files } as const;
    const compiled = await compileModel(manifest, options);
    expect(compiled).toMatchObject({
      kind: 'ready',
      modelPath: join(folder.path, 'model', 'onnx', 'model.onnx'),
      reused: false,
    });
    expect(compiled.diagnostics.map(({ code }) => code)).toEqual(['MODEL_WEIGHTS_SKIPPED']);
    expect(await compileModel(manifest, options)).toMatchObject({
      kind: 'ready',
      reused: true,
      fingerprint: compiled.fingerprint,
    });
    await using encoder = await OnnxEncoder.open(compiled, manifest, { workers: 1 });
    const matrix = await encoder.encode(['ab']);
    // <s> ▁ab </s>
    expect(largestDifference(matrix.row(0), expected([0, 7, 2], { normalize: true }))).toBeLessThan(1e-6);
  });

  it.each(RUNTIMES)('may have a Dense module behind the pooling (%s)', async (runtime) => {
    await using folder = await temporaryFolder();
    const model = await readyFolder(join(folder.path, 'model'), { 'model.onnx': {} });
    const kinds = ['Transformer', 'Pooling', 'Dense', 'Normalize'];
    const modules = kinds.map((kind, idx) => ({
      idx,
      path: ['', '1_Pooling', '2_Dense', '3_Normalize'][idx],
      type: `sentence_transformers.models.${kind}`,
    }));
    await writeFile(join(model, 'modules.json'), JSON.stringify(modules));
    await mkdir(join(model, '2_Dense'));
    const dense = {
      in_features: WIDTH,
      out_features: 2,
      bias: true,
      activation_function: 'torch.nn.modules.activation.Tanh',
    };
    await writeFile(join(model, '2_Dense', 'config.json'), JSON.stringify(dense));
    const weight = Float32Array.from({ length: 2 * WIDTH }, (_, index) => Math.cos(index));
    const bias = Float32Array.of(0.25, -0.5);
    await writeFile(
      join(model, '2_Dense', 'model.safetensors'),
      floatTensors({ 'linear.weight': [[2, WIDTH], weight], 'linear.bias': [[2], bias] }),
    );
    const { manifest, files } = await readModel({ folder: model });
    const options = { numerics: 'full', cacheFolder: join(folder.path, 'cache'), files } as const;
    const compiled = await compileModel(manifest, options);
    expect(await compileModel(manifest, options)).toMatchObject({ kind: 'ready', reused: true });
    await using encoder = await OnnxEncoder.open(compiled, manifest, { workers: 1, runtime });
    const matrix = await encoder.encode(['ab']);
    const mean = expected([0, 7, 2]);
    const [first = 0, second = 0] = [0, 1].map((row) =>
      Math.tanh(mean.reduce((sum, value, column) => sum + value * (weight[row * WIDTH + column] ?? 0), bias[row] ?? 0)),
    );
    const norm = Math.hypot(first, second);
    expect(encoder.identity.dimensions).toBe(2);
    expect(largestDifference(matrix.row(0), [first / norm, second / norm])).toBeLessThan(1e-6);
  });

  it('has another fingerprint with other weights', async () => {
    await using folder = await temporaryFolder();
    const model = await readyFolder(join(folder.path, 'model'), { 'model.onnx': {} });
    const fingerprint = async (): Promise<string> => {
      const { manifest, files } = await readModel({ folder: model });
      return (await compileModel(manifest, { numerics: 'full', cacheFolder: join(folder.path, 'cache'), files }))
        .fingerprint;
    };
    const first = await fingerprint();
    await cp(model, join(folder.path, 'copy'), { recursive: true });
    await writeReadyGraph(join(model, 'model.onnx'), { padding: 1 });
    expect(await fingerprint()).not.toBe(first);
    await writeFile(join(model, 'model.onnx'), await readFile(join(folder.path, 'copy', 'model.onnx')));
    expect(await fingerprint()).toBe(first);
  });

  it('serves a checkpoint whose network is not compiled, and a file that is named', async () => {
    await using folder = await temporaryFolder();
    await readyFolder(folder.path, { 'onnx/model.onnx': {}, 'onnx/model_quantized.onnx': { numbers: 'int8' } });
    await writeFile(join(folder.path, 'model.safetensors'), floatTensors({ weight: [[1], Float32Array.of(1)] }));
    expect(await findModelFiles(folder.path)).toMatchObject({ format: 'checkpoint' });
    const { manifest, files } = await readModel({ folder: folder.path });
    expect(manifest).toMatchObject({ architecture: 'onnx', vocabularySize: VOCABULARY, hiddenSize: WIDTH });
    expect(files.diagnostics[0]?.message).toContain('nobody-knows');
    const weights = join(folder.path, 'onnx', 'model_quantized.onnx');
    expect((await readModel({ folder: folder.path, weights })).files).toMatchObject({ format: 'onnx', weights });
    const checkpoint = join(folder.path, 'model.safetensors');
    await expect(readModel({ folder: folder.path, weights: checkpoint })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
    });
  });
});
