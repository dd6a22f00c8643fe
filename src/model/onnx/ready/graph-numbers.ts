import type { ElementType } from './element-types.ts';
import type { OnnxModel } from './onnx-model.ts';

/**
 * What a graph computes with, by its content.
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

/** Operators that multiply in integers. */
const INTEGER_OPERATORS: readonly string[] = [
  'MatMulInteger',
  'ConvInteger',
  'QLinearMatMul',
  'QLinearConv',
  'com.microsoft.MatMulIntegerToFloat',
  'com.microsoft.DynamicQuantizeMatMul',
  'com.microsoft.QAttention',
  'com.microsoft.QGemm',
  'com.microsoft.QLinearMatMul',
];
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
  const bytes = matrixBytes(model);
  const of = (...types: readonly ElementType[]): number => types.reduce((sum, type) => sum + (bytes.get(type) ?? 0), 0);
  const [signed, unsigned, small] = [of('int8'), of('uint8'), of('int4', 'uint4')];
  const float = of('float32', 'float64');
  // Where activations are quantized beside the weights, ONNX Runtime fuses both into integer products.
  const integers = INTEGER_OPERATORS.some(has) || (has('QuantizeLinear') && has('DequantizeLinear'));
  if (integers && signed + unsigned > 0) return signed >= unsigned ? 'int8' : 'uint8';
  if (small > signed + unsigned + float) return 'int4-weights';
  // An embedding table alone may stay float32 and be larger than all layers together.
  if (signed + unsigned > 0 && (has('DequantizeLinear') || signed + unsigned > float)) return 'int8-weights';
  if (of('float16') > float) return 'float16';
  return of('bfloat16') > float ? 'bfloat16' : 'float32';
}

/** Operators of a graph that have to do with quantization, with how often they stand there. */
export function quantizationOperators({ operators }: OnnxModel): Readonly<Record<string, number>> {
  const names = [...INTEGER_OPERATORS, ...SMALL_BLOCK_OPERATORS, ...CONVERTING_OPERATORS];
  return Object.fromEntries(Object.entries(operators).filter(([name]) => names.includes(name)));
}

/** Bytes of the constants that are matrices: masks, ids and scales are vectors. */
function matrixBytes({ constants }: OnnxModel): ReadonlyMap<ElementType, number> {
  const bytes = new Map<ElementType, number>();
  for (const { type, dims, byteLength } of constants) {
    if (dims.filter((size) => size > 1).length >= 2) bytes.set(type, (bytes.get(type) ?? 0) + (byteLength ?? 0));
  }
  return bytes;
}
