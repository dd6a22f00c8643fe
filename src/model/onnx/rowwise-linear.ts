import type { LinearLayer } from './linear-form.ts';
import type { OnnxGraph, ValueName } from './onnx-graph.ts';

/** Constant operands of a Linear that runs in int8 with one activation scale a token. */
export interface RowwiseOperands {
  /** int8 [inputSize, outputSize] */
  readonly matrix: ValueName;
  /** float32 [outputSize] */
  readonly scale: ValueName;
  /**
   * float32 [outputSize], or empty where there is none. With a known least input it is that of {@link shiftedBias}.
   */
  readonly bias: ValueName;
}

/** Keeps the division finite for a token whose input is the same throughout. */
const MIN_SPAN = 1e-6;
/** Steps of the quantized range when it starts at the least input. */
const LEVELS = 255;
/** Steps either side of the zero point when it does not. */
const HALF_LEVELS = 127;
const ZERO_POINT = 128;

/**
 * Adds `input * weightᵀ + bias` in int8 with one activation scale a token and one weight scale an output. A row of
 * 1,536 values after a GELU keeps its small values where one scale a tensor would lose them to another token's outlier.
 *
 * Where the least input `m` is known, the whole range of 8 bits is used: with `s = (max - m) / 255` a token,
 * `q = rint((x - m) / s)` and `x ≈ s q + m`, so
 *
 *     y = s (q · wᵀ) + (bias + m · Σ w)
 *
 * and the last term is a constant. Elsewhere the range is symmetric, `s = max|x| / 127`, `q = rint(x / s) + 128`: a zero
 * point a token would need a further product.
 *
 * @param input - float32 of shape [1, sequence, inputSize].
 * @returns float32 of shape [1, sequence, outputSize].
 */
export function addRowwiseLinear(
  graph: OnnxGraph,
  input: ValueName,
  { inputMinimum }: Pick<LinearLayer, 'inputMinimum'>,
  { matrix, scale: weightScale, bias }: RowwiseOperands,
): ValueName {
  const scalar = (value: number): ValueName => graph.constant('float32', [], [value]);
  const { quantized, scale, zeroPoint } =
    inputMinimum === undefined ? quantizeSymmetric(graph, input) : quantizeFrom(graph, input, inputMinimum);
  const product = graph.microsoft('MatMulIntegerToFloat', [quantized, matrix, scalar(1), weightScale, zeroPoint]);
  const scaled = graph.node('Mul', [product, scale]);
  return bias === '' ? scaled : graph.node('Add', [scaled, bias]);
}

/**
 * What the 255 steps of a row-wise Linear divide, a token.
 *
 * @param range - Largest and least input of each token, of one shape, which is that of the result.
 */
export function rowwiseSpan(
  graph: OnnxGraph,
  { high, low }: { readonly high: ValueName; readonly low: ValueName },
  { inputMinimum }: Pick<LinearLayer, 'inputMinimum'>,
): ValueName {
  const scalar = (value: number): ValueName => graph.constant('float32', [], [value]);
  if (inputMinimum !== undefined) return graph.node('Sub', [high, scalar(inputMinimum)]);
  return graph.node('Mul', [graph.node('Max', [high, graph.node('Neg', [low])]), scalar(LEVELS / HALF_LEVELS)]);
}

/** A quantized activation; `scale` is [1, sequence, 1]. */
interface QuantizedRows {
  readonly quantized: ValueName;
  readonly scale: ValueName;
  readonly zeroPoint: ValueName;
}

function quantizeFrom(graph: OnnxGraph, input: ValueName, minimum: number): QuantizedRows {
  const scalar = (value: number): ValueName => graph.constant('float32', [], [value]);
  const shifted = graph.node('Sub', [input, scalar(minimum)]);
  const span = graph.node('Max', [reduceRows(graph, 'ReduceMax', shifted), scalar(MIN_SPAN)]);
  const scale = graph.node('Div', [span, scalar(LEVELS)]);
  return { quantized: quantizeRows(graph, shifted, scale), scale, zeroPoint: '' };
}

function quantizeSymmetric(graph: OnnxGraph, input: ValueName): QuantizedRows {
  const scalar = (value: number): ValueName => graph.constant('float32', [], [value]);
  const least = graph.node('Neg', [reduceRows(graph, 'ReduceMin', input)]);
  const largest = graph.node('Max', [reduceRows(graph, 'ReduceMax', input), least, scalar(MIN_SPAN)]);
  const scale = graph.node('Div', [largest, scalar(HALF_LEVELS)]);
  const zeroPoint = graph.constant('uint8', [], [ZERO_POINT]);
  return { quantized: quantizeRows(graph, input, scale, zeroPoint), scale, zeroPoint };
}

function reduceRows(graph: OnnxGraph, operator: 'ReduceMax' | 'ReduceMin', input: ValueName): ValueName {
  return graph.node(operator, [input], { attributes: { axes: [-1], keepdims: 1 } });
}

/** QuantizeLinear with a scale a row: one pass over the input where Mul, Add and Cast are three. */
function quantizeRows(graph: OnnxGraph, input: ValueName, scale: ValueName, zeroPoint?: ValueName): ValueName {
  const scales = graph.node('Reshape', [scale, graph.constant('int64', [1], [-1])]);
  const zeroPoints = zeroPoint === undefined ? [] : [graph.node('Expand', [zeroPoint, graph.node('Shape', [scales])])];
  return graph.node('QuantizeLinear', [input, scales, ...zeroPoints], { attributes: { axis: 1 } });
}

/**
 * `bias + minimum · Σ w`: what a product over inputs counted from `minimum` lacks.
 *
 * @param elements - int8 [outputs, inputs] with one scale an output.
 */
export function shiftedBias(
  bias: Float32Array,
  minimum: number,
  { elements, scales }: { readonly elements: Int8Array; readonly scales: Float32Array },
): Float32Array {
  const inputs = elements.length / bias.length;
  return bias.map((value, row) => {
    let sum = 0;
    for (let column = 0; column < inputs; column++) sum += elements[row * inputs + column] ?? 0;
    return value + minimum * sum * (scales[row] ?? 0);
  });
}
