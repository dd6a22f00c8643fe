import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { DATA_FILE, MODEL_FILE } from '../../../../src/model/onnx/compiled-model.ts';
import { LinearNodes } from '../../../../src/model/onnx/linear-nodes.ts';
import { ModelWeights } from '../../../../src/model/onnx/model-weights.ts';
import { OnnxGraph } from '../../../../src/model/onnx/onnx-graph.ts';
import { quantizeWeight } from '../../../../src/model/onnx/quantize-weight.ts';
import { writeModel } from '../../../../src/model/onnx/write-model.ts';
import { roundHalfEven } from '../../../../src/tensor/float32-math.ts';
import { memoryTensor, randomNumbers, stateDictOf } from '../synthetic-model.ts';

const { fround } = Math;
const ROWS = 7;

interface Sizes {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly inputMinimum?: number | undefined;
}

/** Values as behind a GELU: mostly small, one token with an outlier of 60, one token at the minimum throughout. */
function geluLike(random: () => number, { inputSize, inputMinimum = -2 }: Sizes): Float32Array {
  return Float32Array.from({ length: ROWS * inputSize }, (_, index) => {
    const row = Math.floor(index / inputSize);
    if (row === 3) return inputMinimum;
    if (row === 1 && index % inputSize === 5) return 60;
    return Math.max(inputMinimum, random() * 2);
  });
}

interface Operands {
  readonly input: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
}

function randomOperands(sizes: Sizes, { withBias }: { withBias: boolean }): Operands {
  const random = randomNumbers(11);
  const { inputSize, outputSize } = sizes;
  const weight = Float32Array.from({ length: outputSize * inputSize }, () => random() * 0.1);
  const bias = withBias ? Float32Array.from({ length: outputSize }, random) : null;
  return { input: geluLike(random, sizes), weight, bias };
}

async function runRowwise(sizes: Sizes, { input, weight, bias }: Operands): Promise<Float32Array> {
  const { inputSize, outputSize } = sizes;
  const tensors = [
    memoryTensor('embeddings.word_embeddings.weight', [1, 1], new Float32Array(1)),
    memoryTensor('m.weight', [outputSize, inputSize], weight),
    ...(bias === null ? [] : [memoryTensor('m.bias', [outputSize], bias)]),
  ];
  const graph = new OnnxGraph('rowwise');
  const x = graph.input('x', 'float32', [1, 'rows', inputSize]);
  const linears = new LinearNodes(graph, new ModelWeights(stateDictOf(tensors)), {
    numerics: 'full',
    form: () => 'rowwise',
  });
  const output = linears.add(x, { module: 'm', ...sizes, sharesInput: false });
  graph.output(output, 'y', 'float32', [1, 'rows', outputSize]);
  const folder = await mkdtemp(join(tmpdir(), 'rowwise-'));
  try {
    await writeModel(folder, graph.serialize(DATA_FILE));
    const session = await InferenceSession.create(join(folder, MODEL_FILE), { intraOpNumThreads: 1 });
    const { y } = await session.run({ x: new OrtTensor('float32', input, [1, ROWS, inputSize]) });
    const result = Float32Array.from(y!.data as Float32Array);
    await session.release();
    return result;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One token quantized: integers that count from the zero point, and their scale. */
function quantizeRow(values: Float32Array, inputMinimum: number | undefined): { steps: number[]; scale: number } {
  if (inputMinimum === undefined) {
    const largest = values.reduce((left, right) => Math.max(left, Math.abs(right)), fround(1e-6));
    const scale = fround(largest / 127);
    return { steps: Array.from(values, (value) => roundHalfEven(fround(value / scale))), scale };
  }
  const shifted = values.map((value) => fround(value - fround(inputMinimum)));
  const scale = fround(Math.max(...shifted, fround(1e-6)) / 255);
  return { steps: Array.from(shifted, (value) => roundHalfEven(fround(value / scale))), scale };
}

/** The same in integers and float32 roundings, one operation at a time. */
function reference({ inputSize, outputSize, inputMinimum }: Sizes, { input, weight, bias }: Operands): Float32Array {
  const { elements, scales } = quantizeWeight(weight, outputSize);
  const result = new Float32Array(ROWS * outputSize);
  for (let row = 0; row < ROWS; row++) {
    const { steps, scale } = quantizeRow(input.subarray(row * inputSize, (row + 1) * inputSize), inputMinimum);
    for (let output = 0; output < outputSize; output++) {
      let [product, weightSum] = [0, 0];
      for (let column = 0; column < inputSize; column++) {
        product += steps[column]! * elements[output * inputSize + column]!;
        weightSum += elements[output * inputSize + column]!;
      }
      const shift = inputMinimum === undefined ? 0 : inputMinimum * weightSum * scales[output]!;
      const constant = fround((bias?.[output] ?? 0) + shift);
      result[row * outputSize + output] = fround(fround(fround(product * scales[output]!) * scale) + constant);
    }
  }
  return result;
}

const GELU: Sizes = { inputSize: 48, outputSize: 20, inputMinimum: -0.17 };
/** Sizes no kernel has a path of its own for. */
const ODD: Sizes = { inputSize: 37, outputSize: 13 };

describe('a row-wise Linear', () => {
  it.each([
    { name: 'behind a GELU', sizes: GELU, withBias: true },
    { name: 'behind a GELU, without bias', sizes: GELU, withBias: false },
    { name: 'with an input of any sign', sizes: ODD, withBias: true },
    { name: 'with an input of any sign, without bias', sizes: ODD, withBias: false },
  ])('equals the integer reference exactly ($name)', async ({ sizes, withBias }) => {
    const operands = randomOperands(sizes, { withBias });
    expect(await runRowwise(sizes, operands)).toEqual(reference(sizes, operands));
  });

  it.each([GELU, ODD])('is close to the float32 product in every token, also beside an outlier (%o)', async (sizes) => {
    const operands = randomOperands(sizes, { withBias: true });
    const output = await runRowwise(sizes, operands);
    const { inputSize, outputSize } = sizes;
    for (let row = 0; row < ROWS; row++) {
      // Half a step of each activation and each weight, over some 40 products.
      const tolerance = row === 1 ? 0.4 : 0.015;
      for (let index = 0; index < outputSize; index++) {
        let exact = operands.bias![index]!;
        for (let column = 0; column < inputSize; column++) {
          exact += operands.input[row * inputSize + column]! * operands.weight[index * inputSize + column]!;
        }
        expect(Math.abs(output[row * outputSize + index]! - exact)).toBeLessThan(tolerance);
      }
    }
  });

  it('gives the bias for a token of zeros', async () => {
    const operands = { ...randomOperands(ODD, { withBias: true }), input: new Float32Array(ROWS * ODD.inputSize) };
    const output = await runRowwise(ODD, operands);
    expect(output.subarray(0, ODD.outputSize)).toEqual(operands.bias);
  });
});
