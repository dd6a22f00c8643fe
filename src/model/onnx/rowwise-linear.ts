import type { Tensor } from '../../tensor/tensor.ts';
import { littleEndianBytes, readFiniteFloat32, transpose } from './initializer-bytes.ts';
import { quantizeWeight } from './linear-precision.ts';
import { ONNX_TYPES, type OnnxGraph, type ValueName } from './onnx-graph.ts';

/** A float32 Linear that is to run in int8 with one activation scale a token. */
export interface RowwiseLinear {
  readonly module: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** Least value the input can have: 0 of the quantized range stands for it. */
  readonly minimum: number;
  /** float32 [outputSize, inputSize] */
  readonly weight: Tensor;
  /** float32 [outputSize] */
  readonly bias: Tensor;
}

const LEVELS = 255;
/** Keeps the division finite for a token whose input is its minimum throughout. */
const MIN_SPAN = 1e-6;

/**
 * Adds `input * weightᵀ + bias` in int8 with one activation scale a token and one weight scale an output. With
 * `s = (max - minimum) / 255` a token, `q = floor((x - minimum) / s + 1/2)` and `x ≈ s q + minimum`, so
 *
 *     y = s (q · wᵀ) + (bias + minimum · Σ w)
 *
 * The quantized product needs no zero point, and the last term is a constant. A row of 1,536 values after a GELU keeps
 * its small values where one scale a tensor would lose them to another token's outlier (cosine to float32 over 240 texts
 * with all layers int8: .9993 at the worst with one scale a token in the FFN layers, .9927 with one a tensor everywhere). Half the time of the float32 product.
 *
 * @returns float32 of shape [1, sequence, outputSize].
 */
export function addRowwiseLinear(graph: OnnxGraph, input: ValueName, layer: RowwiseLinear): ValueName {
  const { module, inputSize, outputSize, minimum } = layer;
  const scalar = (value: number): ValueName => graph.constant('float32', [], [value]);
  const quantized = quantizeOnce(layer);

  const largest = graph.node('ReduceMax', [input], { attributes: { axes: [-1], keepdims: 1 } });
  const span = graph.node('Max', [graph.node('Sub', [largest, scalar(minimum)]), scalar(MIN_SPAN)]); // [1, sequence, 1]
  const scale = graph.node('Div', [span, scalar(LEVELS)]);
  const inverse = graph.node('Div', [scalar(LEVELS), span]);
  const offset = graph.node('Add', [graph.node('Mul', [inverse, scalar(-minimum)]), scalar(0.5)]);
  const shifted = graph.node('Add', [graph.node('Mul', [input, inverse]), offset]);
  const activation = graph.node('Cast', [shifted], { attributes: { to: ONNX_TYPES.uint8 } }); // Cuts, so it is floor.

  const matrix = graph.initializer(`${module}.weight`, 'int8', [inputSize, outputSize], async function* () {
    yield littleEndianBytes(transpose((await quantized()).elements, outputSize, inputSize));
  });
  const weightScale = graph.initializer(`${module}.weight_scale`, 'float32', [outputSize], async function* () {
    yield littleEndianBytes((await quantized()).scales);
  });
  const bias = graph.initializer(`${module}.rowwise_bias`, 'float32', [outputSize], async function* () {
    yield littleEndianBytes(await biasWithMinimum(layer, await quantized()));
  });
  const product = graph.microsoft('MatMulIntegerToFloat', [activation, matrix, scalar(1), weightScale]);
  return graph.node('Add', [graph.node('Mul', [product, scale]), bias]);
}

type QuantizedWeight = ReturnType<typeof quantizeWeight>;

/** The weight is read when the data file is written, and quantized once for the three initializers made of it. */
function quantizeOnce({ weight, outputSize }: RowwiseLinear): () => Promise<QuantizedWeight> {
  let quantized: Promise<QuantizedWeight> | null = null;
  return () => {
    quantized ??= readFiniteFloat32(weight).then((values) => quantizeWeight(values, outputSize));
    return quantized;
  };
}

async function biasWithMinimum(layer: RowwiseLinear, { elements, scales }: QuantizedWeight): Promise<Float32Array> {
  const { inputSize, minimum } = layer;
  const bias = await readFiniteFloat32(layer.bias);
  return bias.map((value, row) => {
    let sum = 0;
    for (let column = 0; column < inputSize; column++) sum += elements[row * inputSize + column] ?? 0;
    return value + minimum * sum * (scales[row] ?? 0);
  });
}
