import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS } from '../../../../src/model/activation.ts';
import type { Numerics } from '../../../../src/model/encoder.ts';
import type { ModelManifest } from '../../../../src/model/manifest.ts';
import type { LinearForm } from '../../../../src/model/onnx/linear-form.ts';
import { buildGraph } from '../../../../src/model/onnx/build-graph.ts';
import { externalWordTable } from '../../../../src/model/onnx/embedding-nodes.ts';
import { DATA_FILE, MODEL_FILE, WORD_ROWS_FILE } from '../../../../src/model/onnx/compiled-model.ts';
import { LINEAR_FORMS } from '../../../../src/model/onnx/linear-form.ts';
import type { LinearOptions } from '../../../../src/model/onnx/linear-nodes.ts';
import { ModelWeights } from '../../../../src/model/onnx/model-weights.ts';
import { RUNTIMES, loadRuntime, type RuntimeName } from '../../../../src/model/onnx/runtime.ts';
import { writeWordRows } from '../../../../src/model/onnx/word-rows.ts';
import { writeModel } from '../../../../src/model/onnx/write-model.ts';
import type { StateDict } from '../../../../src/checkpoint/state-dict.ts';
import { cosine, runNetwork } from '../../../golden/model/networks.ts';
import { referenceNetwork } from '../reference-network.ts';
import { SYNTHETIC_MANIFEST, memoryTensor, stateDictOf, syntheticTensors, weightsOf } from '../synthetic-model.ts';

const TEXTS = [[1], [3, 5], [0, 7, 7, 31, 2, 39, 12], Array.from({ length: 20 }, (_, index) => (index * 7) % 40)];

async function runAll(
  manifest: ModelManifest,
  stateDict: StateDict,
  options: { numerics?: Numerics; runtime?: RuntimeName; form?: LinearForm } = {},
): Promise<Float32Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bert-graph-'));
  try {
    const weights = new ModelWeights(stateDict);
    const graph = buildGraph(manifest, weights, {
      numerics: options.numerics ?? 'full',
      form: () => options.form ?? 'float32',
    });
    await writeModel(folder, graph.serialize(DATA_FILE));
    const words = externalWordTable(weights, manifest);
    if (words !== null) await writeWordRows(join(folder, WORD_ROWS_FILE), words);
    const runtime = await loadRuntime(options.runtime);
    const session = await runtime.createSession(join(folder, MODEL_FILE));
    const rows: Float32Array[] = [];
    for (const ids of TEXTS) rows.push(Float32Array.from(await session.run(Int32Array.from(ids))));
    await session.release();
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Math.max(...Array.from(left, (value, index) => Math.abs(value - right[index]!)));
}

describe('buildGraph', () => {
  it.each(RUNTIMES)('computes a float32 BERT as the reference does (%s)', async (runtime) => {
    const tensors = syntheticTensors();
    const rows = await runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors), { runtime });
    for (const [index, ids] of TEXTS.entries()) {
      expect(largestDifference(rows[index]!, await referenceNetwork(SYNTHETIC_MANIFEST, tensors, ids))).toBeLessThan(
        2e-6,
      );
    }
  });

  it('honours pooling, normalization and the position offset of the manifest', async () => {
    const manifest = {
      ...SYNTHETIC_MANIFEST,
      pooling: 'cls',
      normalize: false,
      maxPositions: 23,
      positionOffset: 3,
    } as const;
    const tensors = syntheticTensors(manifest);
    const rows = await runAll(manifest, stateDictOf(tensors));
    for (const [index, ids] of TEXTS.entries()) {
      expect(largestDifference(rows[index]!, await referenceNetwork(manifest, tensors, ids))).toBeLessThan(1e-5);
    }
  });

  it('leaves a row of zeros as it is where it cannot be normalized', async () => {
    const tensors = syntheticTensors().map((tensor) =>
      tensor.name.startsWith('encoder.layer.1.output.LayerNorm.')
        ? memoryTensor(tensor.name, tensor.shape, new Float32Array(24))
        : tensor,
    );
    const [row] = await runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors));
    expect(row).toEqual(new Float32Array(24));
  });

  it('stays close to float32 where FFN outputs run in int8 with one scale a token', async () => {
    const tensors = syntheticTensors();
    const rows = await runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors), { form: 'rowwise' });
    const plain = await runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors));
    expect(rows).not.toEqual(plain);
    for (const [index] of TEXTS.entries()) expect(largestDifference(rows[index]!, plain[index]!)).toBeLessThan(0.02);
    // PyTorch keeps such Linears float32, and so do its numerics.
    const torch = await runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors), { numerics: 'torch' });
    expect(torch).toEqual(plain);
  });

  it.each(ACTIVATIONS)('stays close to float32 in every form behind %s', async (activation) => {
    const manifest = { ...SYNTHETIC_MANIFEST, activation };
    const weights = weightsOf(manifest, syntheticTensors(manifest));
    const plain = await runNetwork(manifest, weights, { texts: TEXTS });
    for (const form of LINEAR_FORMS) {
      const rows = await runNetwork(manifest, weights, {
        texts: TEXTS,
        linears: { numerics: 'full', form: () => form },
      });
      expect(Math.min(...rows.map((row, index) => cosine(row, plain[index]!)))).toBeGreaterThan(0.9995);
    }
  });

  it('finds the tensors behind a prefix', async () => {
    const plain = syntheticTensors();
    const prefixed = plain.map((tensor) => ({ ...tensor, name: `model.bert.${tensor.name}` }));
    expect(await runAll(SYNTHETIC_MANIFEST, stateDictOf(prefixed))).toEqual(
      await runAll(SYNTHETIC_MANIFEST, stateDictOf(plain)),
    );
  });

  it('rescales uint8 rows as torch does: fma(q, scale, -(zeroPoint * scale))', async () => {
    const tensors = syntheticTensors().filter(({ name }) => name !== 'embeddings.word_embeddings.weight');
    const { vocabularySize: rows, hiddenSize: width } = SYNTHETIC_MANIFEST;
    const elements = Uint8Array.from({ length: rows * width }, (_, index) => (index * 73) % 256);
    const scales = Float64Array.from({ length: rows }, (_, row) => Math.fround(0.003 + row * 1.7e-5));
    const zeroPoints = Float64Array.from({ length: rows }, (_, row) => Math.fround(127.3 - row * 0.77));
    const name = 'embeddings.word_embeddings.weight';
    const table = memoryTensor(name, [rows, width], elements, {
      granularity: 'per-channel',
      axis: 0,
      scales,
      zeroPoints,
      zeroPointType: 'float',
    });
    const rescaled = Float32Array.from(elements, (q, index) => {
      const row = Math.floor(index / width);
      return q * scales[row]! + Math.fround(-Math.fround(zeroPoints[row]! * scales[row]!));
    });
    const asFloat = memoryTensor(name, [rows, width], rescaled);
    expect(await runAll(SYNTHETIC_MANIFEST, stateDictOf([...tensors, table]))).toEqual(
      await runAll(SYNTHETIC_MANIFEST, stateDictOf([...tensors, asFloat])),
    );
  });

  it('quantizes float Linears where asked for, close to float32', async () => {
    const tensors = syntheticTensors();
    const rows = await runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors), { form: 'int8' });
    for (const [index, ids] of TEXTS.entries()) {
      const difference = largestDifference(rows[index]!, await referenceNetwork(SYNTHETIC_MANIFEST, tensors, ids));
      expect(difference).toBeGreaterThan(1e-5);
      expect(difference).toBeLessThan(0.02);
    }
  });

  it.each([
    'encoder.layer.1.output.dense.weight',
    'encoder.layer.1.output.dense.bias',
    'embeddings.token_type_embeddings.weight',
  ])('names %s when it is missing', (tensor) => {
    const without = syntheticTensors().filter(({ name }) => name !== tensor);
    expect(() => buildGraph(SYNTHETIC_MANIFEST, new ModelWeights(stateDictOf(without)), { numerics: 'full' })).toThrow(
      expect.objectContaining({ code: 'MODEL_TENSOR_MISSING', details: { tensor } }),
    );
  });

  it('asks for the bias of a Dense module that has one', () => {
    const dense = { kind: 'dense', inputSize: 24, outputSize: 8, activation: 'tanh', residual: false } as const;
    const modules = [{ ...dense, bias: true, weightFile: '2_Dense/model.safetensors' }] as const;
    const manifest = { ...SYNTHETIC_MANIFEST, modules, dimensions: 8 };
    const folders = new Map([
      ['2_Dense', stateDictOf([memoryTensor('linear.weight', [8, 24], new Float32Array(192))])],
    ]);
    const weights = new ModelWeights(stateDictOf(syntheticTensors()), folders);
    expect(() => buildGraph(manifest, weights, { numerics: 'full' })).toThrow(
      expect.objectContaining({ code: 'MODEL_TENSOR_MISSING', details: { tensor: '2_Dense.linear.bias' } }),
    );
    const without = { ...manifest, modules: [{ ...modules[0], bias: false }] };
    expect(() => buildGraph(without, weights, { numerics: 'full' })).not.toThrow();
  });

  it('says of every Linear what it is for, and how low its input can go', () => {
    const seen: string[] = [];
    const form: LinearOptions['form'] = ({ role, inputMinimum }) => {
      seen.push(`${role} ${inputMinimum}`);
      return 'float32';
    };
    buildGraph({ ...SYNTHETIC_MANIFEST, layerCount: 1 }, new ModelWeights(stateDictOf(syntheticTensors())), {
      numerics: 'full',
      form,
    });
    const attention = ['query', 'key', 'value', 'attention-output'].map((role) => `${role} undefined`);
    expect(seen).toEqual([...attention, 'intermediate undefined', 'output -0.17']);
  });

  it('refuses to choose between two networks', () => {
    const twice = ['query', 'passage'].flatMap((side) =>
      syntheticTensors().map((tensor) => ({ ...tensor, name: `${side}.${tensor.name}` })),
    );
    expect(() => new ModelWeights(stateDictOf(twice))).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });

  it.each([
    'embeddings.word_embeddings.weight',
    'embeddings.position_embeddings.weight',
    'embeddings.LayerNorm.bias',
    'encoder.layer.0.attention.self.key.weight',
    'encoder.layer.1.output.dense.bias',
  ])('refuses NaN and infinities in %s', async (name) => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const tensors = await Promise.all(
        syntheticTensors().map(async (tensor) => {
          if (tensor.name !== name) return tensor;
          const elements = await tensor.readFloat32();
          elements[elements.length - 1] = value;
          return memoryTensor(name, tensor.shape, elements);
        }),
      );
      const refusal = { code: 'MODEL_WEIGHTS_INVALID', hint: expect.any(String), details: { tensor: name } };
      await expect(runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors))).rejects.toMatchObject(refusal);
      const quantized = runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors), { form: 'int8' });
      await expect(quantized).rejects.toMatchObject(refusal);
    }
  });

  it('gives no vector where finite weights overflow', async () => {
    const tensors = syntheticTensors().map((tensor) =>
      tensor.name.endsWith('LayerNorm.weight')
        ? memoryTensor(tensor.name, tensor.shape, new Float32Array(tensor.elementCount).fill(3e38))
        : tensor,
    );
    await expect(runAll(SYNTHETIC_MANIFEST, stateDictOf(tensors))).rejects.toMatchObject({
      code: 'MODEL_RUNTIME_FAILED',
      message: expect.stringContaining('not finite'),
    });
  });

  it('names tensors of another shape than the configuration says', () => {
    const tensors = syntheticTensors();
    const types = memoryTensor('embeddings.token_type_embeddings.weight', [2, 3], new Float32Array(6));
    const withTypes = [...tensors.filter(({ name }) => name !== types.name), types];
    expect(() =>
      buildGraph(SYNTHETIC_MANIFEST, new ModelWeights(stateDictOf(withTypes)), { numerics: 'full' }),
    ).toThrow(
      expect.objectContaining({
        code: 'MODEL_SHAPE_MISMATCH',
        details: { tensor: types.name, expected: [2, 24], actual: [2, 3] },
      }),
    );
    expect(() =>
      buildGraph({ ...SYNTHETIC_MANIFEST, hiddenSize: 12 }, new ModelWeights(stateDictOf(tensors)), {
        numerics: 'full',
      }),
    ).toThrow(expect.objectContaining({ code: 'MODEL_SHAPE_MISMATCH' }));
  });
});
