import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Numerics } from '../../../../src/model/encoder.ts';
import { ActivationQuantizer } from '../../../../src/model/onnx/activation-quantizer.ts';
import { DATA_FILE, MODEL_FILE } from '../../../../src/model/onnx/compiled-model.ts';
import { LinearNodes } from '../../../../src/model/onnx/linear-nodes.ts';
import { ModelWeights } from '../../../../src/model/onnx/model-weights.ts';
import { OnnxGraph } from '../../../../src/model/onnx/onnx-graph.ts';
import { writeModel } from '../../../../src/model/onnx/write-model.ts';
import { openCheckpoint } from '../../../../src/checkpoint/open-checkpoint.ts';
import type { ActivationRange } from '../../../../src/checkpoint/state-dict.ts';
import type { TensorQuantization } from '../../../../src/tensor/tensor.ts';
import {
  chooseActivationParameters,
  dynamicLinear,
  quantizeActivations,
  type QuantizedLinear,
} from '../../../../src/tensor/dynamic-linear.ts';
import { dynamicQuantizeLinearParameters, linearOf8Bits } from '../../../golden/model/integer-linear.ts';
import { memoryTensor, randomNumbers, stateDictOf } from '../synthetic-model.ts';

const { fround } = Math;

interface Observed {
  readonly output: Float32Array;
  readonly quantized: Uint8Array;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Runs one Linear of a checkpoint as a graph of its own, over float32 of shape [1, rows, inputSize]. */
async function runLinear(
  weights: ModelWeights,
  layer: { module: string; inputSize: number; outputSize: number; sharesInput: boolean },
  { input, numerics }: { input: Float32Array; numerics: Numerics },
): Promise<Observed> {
  const graph = new OnnxGraph('linear');
  const x = graph.input('x', 'float32', [1, 'rows', layer.inputSize]);
  graph.output(new LinearNodes(graph, weights, { numerics }).add(x, layer), 'y', 'float32', [
    1,
    'rows',
    layer.outputSize,
  ]);
  const activation = new ActivationQuantizer(graph).quantize(x, numerics === 'torch' ? 7 : 8);
  graph.output(activation.quantized, 'quantized', 'uint8', [1, 'rows', layer.inputSize]);
  graph.output(activation.scale, 'scale', 'float32', []);
  graph.output(activation.zeroPoint, 'zero_point', 'uint8', []);
  const folder = await mkdtemp(join(tmpdir(), 'linear-'));
  try {
    await writeModel(folder, graph.serialize(DATA_FILE));
    const session = await InferenceSession.create(join(folder, MODEL_FILE), { intraOpNumThreads: 1 });
    const dims = [1, input.length / layer.inputSize, layer.inputSize];
    const results = await session.run({ x: new OrtTensor('float32', input, dims) });
    const data = (name: string): ArrayLike<number> => results[name]!.data as Float32Array;
    const observed = {
      output: Float32Array.from(data('y')),
      quantized: Uint8Array.from(data('quantized')),
      scale: data('scale')[0]!,
      zeroPoint: data('zero_point')[0]!,
    };
    await session.release();
    return observed;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function activations(length: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  // Bell-shaped with outliers, as the activations of a transformer are.
  return Float32Array.from({ length }, () => (random() + random() + random()) * (random() > 0.998 ? 8 : 1));
}

function differences(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).filter((value, index) => value !== right[index]).length;
}

const ROWS = 12;
const LAYERS = [
  { module: 'encoder.layer.0.attention.self.query', inputSize: 384, outputSize: 384, sharesInput: true },
  { module: 'encoder.layer.3.intermediate.dense', inputSize: 384, outputSize: 1536, sharesInput: false },
  { module: 'encoder.layer.6.output.dense', inputSize: 1536, outputSize: 384, sharesInput: false },
] as const;

describe('an int8 Linear of the embedded model, run alone', () => {
  const path = new URL('../../../../models/codegraphai/multilingual-e5-small-int8/pytorch_model.bin', import.meta.url)
    .pathname;

  it.each(LAYERS)('equals the integer reference: $module', async (layer) => {
    await using checkpoint = await openCheckpoint(path);
    const weights = new ModelWeights(checkpoint.stateDict);
    const weight = weights.tensor(`${layer.module}.weight`, [layer.outputSize, layer.inputSize]);
    const { scales, zeroPoints } = weight.quantization as Extract<TensorQuantization, { granularity: 'per-channel' }>;
    const linear = {
      weight: (await weight.readElements()) as Int8Array,
      outFeatures: layer.outputSize,
      inFeatures: layer.inputSize,
      scales,
      zeroPoints,
      bias: await weights.tensor(`${layer.module}.bias`, [layer.outputSize]).readFloat32(),
    };
    const input = activations(ROWS * layer.inputSize, layer.inputSize);

    const full = await runLinear(weights, layer, { input, numerics: 'full' });
    const fullParameters = dynamicQuantizeLinearParameters(input);
    expect({ scale: full.scale, zeroPoint: full.zeroPoint }).toEqual(fullParameters);
    const fullLinear = { ...linear, activationRange: 'full' } as const;
    expect(differences(full.output, linearOf8Bits(input, fullLinear))).toBe(0);

    const torch = await runLinear(weights, layer, { input, numerics: 'torch' });
    const torchLinear = { ...linear, activationRange: 'reduce-range' } as const;
    const parameters = chooseActivationParameters(Math.min(...input), Math.max(...input), 'reduce-range');
    const torchParameters = { scale: fround(parameters.scale), zeroPoint: parameters.zeroPoint };
    expect({ scale: torch.scale, zeroPoint: torch.zeroPoint }).toEqual(torchParameters);
    expect(differences(torch.quantized, quantizeActivations(input, parameters))).toBe(0);
    expect(differences(torch.output, dynamicLinear(input, ROWS, torchLinear))).toBe(0);
  });
});

describe('LinearNodes', () => {
  const layer = { module: 'dense', inputSize: 16, outputSize: 5, sharesInput: false };
  const elements = Int8Array.from({ length: 80 }, (_, index) => ((index * 89) % 256) - 128);

  function weightsWith(quantization: TensorQuantization, activationRange: ActivationRange): ModelWeights {
    return new ModelWeights(
      stateDictOf(
        [
          memoryTensor('embeddings.word_embeddings.weight', [1, 1], Float32Array.of(0)),
          memoryTensor('dense.weight', [5, 16], elements, quantization),
        ],
        [{ module: 'dense', activationRange, hasBias: false }],
      ),
    );
  }

  const schemes: readonly TensorQuantization[] = [
    { granularity: 'per-tensor', scale: 0.0123, zeroPoint: 0 },
    { granularity: 'per-tensor', scale: 0.0123, zeroPoint: -20 },
    {
      granularity: 'per-channel',
      axis: 0,
      scales: Float64Array.of(0.01, 0.02, 0.5, 1e-4, 0.3),
      zeroPoints: Float64Array.of(0, 7, -128, 127, 1),
      zeroPointType: 'int',
    },
  ];

  it.each(schemes)('computes $granularity weights with zero points and without bias', async (quantization) => {
    const input = activations(48, 5);
    const perTensor = quantization.granularity === 'per-tensor';
    const linear: QuantizedLinear = {
      weight: elements,
      outFeatures: 5,
      inFeatures: 16,
      scales: perTensor ? Float64Array.of(quantization.scale) : quantization.scales,
      zeroPoints: perTensor ? Float64Array.of(quantization.zeroPoint) : quantization.zeroPoints,
      bias: null,
      activationRange: 'reduce-range',
    };
    const weights = weightsWith(quantization, 'reduce-range');
    const torch = await runLinear(weights, layer, { input, numerics: 'torch' });
    expect(torch.output).toEqual(dynamicLinear(input, 3, linear));
    const full = await runLinear(weights, layer, { input, numerics: 'full' });
    expect(full.output).toEqual(linearOf8Bits(input, linear));
  });

  it('keeps layers of old torch versions at 8 bits in torch numerics', async () => {
    const input = activations(48, 6);
    const weights = weightsWith(schemes[0]!, 'full');
    const torch = await runLinear(weights, layer, { input, numerics: 'torch' });
    const full = await runLinear(weights, layer, { input, numerics: 'full' });
    expect(torch.output).toEqual(full.output);
  });

  it.each([
    ['zero throughout', (): number => 0],
    ['positive', (index: number): number => 0.1 + index * 0.37],
    ['negative', (index: number): number => -0.1 - index * 0.37],
    ['of a range too small for its scale', (index: number): number => Math.sin(index) * 1e-5],
    ['positive and tiny', (index: number): number => index * 1e-7],
    ['negative and tiny', (index: number): number => index * -1e-7],
    ['denormal', (index: number): number => Math.sin(index) * 1e-43],
  ])('chooses the scale as fbgemm does for activations that are %s', async (_name, value) => {
    const input = Float32Array.from({ length: 48 }, (_, index) => value(index));
    const observed = await runLinear(weightsWith(schemes[0]!, 'reduce-range'), layer, { input, numerics: 'torch' });
    const expected = chooseActivationParameters(Math.min(...input), Math.max(...input), 'reduce-range');
    expect({ scale: observed.scale, zeroPoint: observed.zeroPoint }).toEqual({
      scale: fround(expected.scale),
      zeroPoint: expected.zeroPoint,
    });
    expect(observed.quantized).toEqual(quantizeActivations(input, expected));
  });
});
