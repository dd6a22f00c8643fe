import type { ElementType } from './element-types.ts';
import { INTEGER_OPERATORS } from './integer-operators.ts';
import type { OnnxConstant, OnnxModel } from './onnx-model.ts';

/**
 * What a graph computes with, by its content; best first where int8 weights are multiplied exactly at full speed.
 *
 * - `int8`, `uint8`: weights of that type multiplied with 8-bit activations in integers.
 * - `int8-weights`, `int4-weights`: stored small, computed in float.
 * - the others: float weights.
 */
export const GRAPH_NUMBERS = [
  'int8',
  'uint8',
  'float32',
  'int8-weights',
  'int4-weights',
  'bfloat16',
  'float16',
] as const;
export type GraphNumbers = (typeof GRAPH_NUMBERS)[number];

/** Operators whose weights have less than 8 bits. */
const SMALL_BLOCK_OPERATORS: readonly string[] = [
  'com.microsoft.MatMulNBits',
  'com.microsoft.MatMulBnb4',
  'com.microsoft.MatMulFpQ4',
];
/** Operators that only quantize or dequantize. */
const CONVERTING_OPERATORS: readonly string[] = ['DynamicQuantizeLinear', 'QuantizeLinear', 'DequantizeLinear'];

/** What a graph computes with. */
export function graphNumbers(model: OnnxModel): GraphNumbers {
  const has = (name: string): boolean => Object.hasOwn(model.operators, name);
  if (SMALL_BLOCK_OPERATORS.some(has)) return 'int4-weights';
  const factors = new Set(model.integerFactors);
  // Not the whole graph: tables of embeddings are often uint8 where the layers are int8.
  const multiplied = matrixBytes(model.constants.filter(({ name }) => factors.has(name)));
  const product = multiplied('int8', 'uint8');
  if (product > 0) return multiplied('int8') * 2 >= product ? 'int8' : 'uint8';
  const bytes = matrixBytes(model.constants);
  const [eight, four, float] = [bytes('int8', 'uint8'), bytes('int4', 'uint4'), bytes('float32', 'float64')];
  // Where activations are quantized beside the weights, ONNX Runtime fuses both into integer products.
  if (has('QuantizeLinear') && has('DequantizeLinear') && eight > 0) {
    return bytes('int8') * 2 >= eight ? 'int8' : 'uint8';
  }
  if (four > eight + float) return 'int4-weights';
  // An embedding table alone may stay float32 and be larger than all layers together.
  if (eight > 0 && (has('DequantizeLinear') || eight > float)) return 'int8-weights';
  if (bytes('float16') > float) return 'float16';
  return bytes('bfloat16') > float ? 'bfloat16' : 'float32';
}

/** Operators of a graph that have to do with quantization, with how often they stand there. */
export function quantizationOperators({ operators }: OnnxModel): Readonly<Record<string, number>> {
  const names: readonly string[] = [...INTEGER_OPERATORS, ...SMALL_BLOCK_OPERATORS, ...CONVERTING_OPERATORS];
  return Object.fromEntries(Object.entries(operators).filter(([name]) => names.includes(name)));
}

/** Counts the bytes of constants that are matrices, by type: masks, ids and scales are vectors. */
function matrixBytes(constants: readonly OnnxConstant[]): (...types: readonly ElementType[]) => number {
  const bytes = new Map<ElementType, number>();
  for (const { type, dims, byteLength } of constants) {
    if (dims.filter((size) => size > 1).length >= 2) bytes.set(type, (bytes.get(type) ?? 0) + (byteLength ?? 0));
  }
  return (...types) => types.reduce((sum, type) => sum + (bytes.get(type) ?? 0), 0);
}
