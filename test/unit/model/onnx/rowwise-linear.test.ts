import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { DATA_FILE, MODEL_FILE } from '../../../../src/model/onnx/compiled-model.ts';
import { quantizeWeight } from '../../../../src/model/onnx/linear-precision.ts';
import { OnnxGraph } from '../../../../src/model/onnx/onnx-graph.ts';
import { addRowwiseLinear } from '../../../../src/model/onnx/rowwise-linear.ts';
import { writeModel } from '../../../../src/model/onnx/write-model.ts';
import { memoryTensor, randomNumbers } from '../synthetic-model.ts';

const { fround } = Math;
const ROWS = 7;
const INPUT_SIZE = 48;
const OUTPUT_SIZE = 20;
const MINIMUM = -0.17;

/** Values as behind a GELU: mostly small, one token with an outlier of 60, one token at the minimum throughout. */
function geluLike(random: () => number): Float32Array {
  return Float32Array.from({ length: ROWS * INPUT_SIZE }, (_, index) => {
    const row = Math.floor(index / INPUT_SIZE);
    if (row === 3) return MINIMUM;
    if (row === 1 && index % INPUT_SIZE === 5) return 60;
    return Math.max(MINIMUM, random() * 2);
  });
}

async function runRowwise(input: Float32Array, weight: Float32Array, bias: Float32Array): Promise<Float32Array> {
  const graph = new OnnxGraph('rowwise');
  const x = graph.input('x', 'float32', [1, 'rows', INPUT_SIZE]);
  const output = addRowwiseLinear(graph, x, {
    module: 'm',
    inputSize: INPUT_SIZE,
    outputSize: OUTPUT_SIZE,
    minimum: MINIMUM,
    weight: memoryTensor('m.weight', [OUTPUT_SIZE, INPUT_SIZE], weight),
    bias: memoryTensor('m.bias', [OUTPUT_SIZE], bias),
  });
  graph.output(output, 'y', 'float32', [1, 'rows', OUTPUT_SIZE]);
  const folder = await mkdtemp(join(tmpdir(), 'rowwise-'));
  try {
    await writeModel(folder, graph.serialize(DATA_FILE));
    const session = await InferenceSession.create(join(folder, MODEL_FILE), { intraOpNumThreads: 1 });
    const { y } = await session.run({ x: new OrtTensor('float32', input, [1, ROWS, INPUT_SIZE]) });
    const result = Float32Array.from(y!.data as Float32Array);
    await session.release();
    return result;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same in integers and float32 roundings, one operation at a time. */
function reference(input: Float32Array, weight: Float32Array, bias: Float32Array): Float32Array {
  const { elements, scales } = quantizeWeight(weight, OUTPUT_SIZE);
  const result = new Float32Array(ROWS * OUTPUT_SIZE);
  for (let row = 0; row < ROWS; row++) {
    const values = input.subarray(row * INPUT_SIZE, (row + 1) * INPUT_SIZE);
    const span = Math.max(fround(Math.max(...values) - fround(MINIMUM)), fround(1e-6));
    const [scale, inverse] = [fround(span / 255), fround(255 / span)];
    const offset = fround(fround(inverse * fround(-MINIMUM)) + 0.5);
    const quantized = Array.from(values, (value) => Math.trunc(fround(fround(value * inverse) + offset)));
    for (let output = 0; output < OUTPUT_SIZE; output++) {
      let [product, weightSum] = [0, 0];
      for (let column = 0; column < INPUT_SIZE; column++) {
        product += quantized[column]! * elements[output * INPUT_SIZE + column]!;
        weightSum += elements[output * INPUT_SIZE + column]!;
      }
      const constant = fround(bias[output]! + MINIMUM * weightSum * scales[output]!);
      result[row * OUTPUT_SIZE + output] = fround(fround(fround(product * scales[output]!) * scale) + constant);
    }
  }
  return result;
}

describe('addRowwiseLinear', () => {
  const random = randomNumbers(11);
  const weight = Float32Array.from({ length: OUTPUT_SIZE * INPUT_SIZE }, () => random() * 0.1);
  const bias = Float32Array.from({ length: OUTPUT_SIZE }, random);
  const input = geluLike(random);

  it('equals the integer reference exactly', async () => {
    expect(await runRowwise(input, weight, bias)).toEqual(reference(input, weight, bias));
  });

  it('is close to the float32 product in every token, also beside an outlier', async () => {
    const output = await runRowwise(input, weight, bias);
    for (let row = 0; row < ROWS; row++) {
      // Half a step of each activation and each weight, over 48 products.
      const tolerance = row === 1 ? 0.2 : 0.01;
      for (let index = 0; index < OUTPUT_SIZE; index++) {
        let exact = bias[index]!;
        for (let column = 0; column < INPUT_SIZE; column++) {
          exact += input[row * INPUT_SIZE + column]! * weight[index * INPUT_SIZE + column]!;
        }
        expect(Math.abs(output[row * OUTPUT_SIZE + index]! - exact)).toBeLessThan(tolerance);
      }
    }
  });
});
