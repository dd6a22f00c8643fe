/** Element types of ONNX tensors (onnx.proto, `TensorProto.DataType`) with the bits of one element; 0 for strings. */
const ELEMENT_TYPES = {
  1: ['float32', 32],
  2: ['uint8', 8],
  3: ['int8', 8],
  4: ['uint16', 16],
  5: ['int16', 16],
  6: ['int32', 32],
  7: ['int64', 64],
  8: ['string', 0],
  9: ['bool', 8],
  10: ['float16', 16],
  11: ['float64', 64],
  12: ['uint32', 32],
  13: ['uint64', 64],
  14: ['complex64', 64],
  15: ['complex128', 128],
  16: ['bfloat16', 16],
  17: ['float8e4m3fn', 8],
  18: ['float8e4m3fnuz', 8],
  19: ['float8e5m2', 8],
  20: ['float8e5m2fnuz', 8],
  21: ['uint4', 4],
  22: ['int4', 4],
  23: ['float4e2m1', 4],
} as const;

/** Name of an ONNX element type, as the other layers name dtypes. */
export type ElementType = (typeof ELEMENT_TYPES)[keyof typeof ELEMENT_TYPES][0];

const BY_NUMBER: ReadonlyMap<number, readonly [ElementType, number]> = new Map(
  Object.entries(ELEMENT_TYPES).map(([number, type]) => [Number(number), type]),
);

/** The element type with a number, or null when there is none. */
export function elementType(number: number): ElementType | null {
  return BY_NUMBER.get(number)?.[0] ?? null;
}

/** Bytes of a tensor with `count` elements, the last byte filled up; null for strings. */
export function tensorBytes(type: ElementType, count: number): number | null {
  const bits = [...BY_NUMBER.values()].find(([name]) => name === type)?.[1] ?? 0;
  return bits === 0 ? null : Math.ceil((count * bits) / 8);
}
