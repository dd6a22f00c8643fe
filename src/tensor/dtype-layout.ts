import type { Dtype } from './dtype.ts';
import type { TensorElements } from './tensor.ts';

/** How the elements of a dtype lie in a storage. */
export interface DtypeLayout {
  /** Bytes of one unit of storage: an element, or two packed ones (`quint4x2`). */
  readonly unitBytes: number;
  /** Elements in one unit: 2 for `quint4x2`, else 1. */
  readonly elementsPerUnit: number;
  readonly isQuantized: boolean;
  /** Zeroed array for `elementCount` elements; complex numbers take two slots each, real part first. */
  readonly allocate: (elementCount: number) => TensorElements;
}

function layout(unitBytes: number, allocate: (elementCount: number) => TensorElements): DtypeLayout {
  return { unitBytes, elementsPerUnit: 1, isQuantized: false, allocate };
}

function quantized(plain: DtypeLayout, elementsPerUnit = 1): DtypeLayout {
  return { ...plain, elementsPerUnit, isQuantized: true };
}

const INT8 = layout(1, (n) => new Int8Array(n));
const UINT8 = layout(1, (n) => new Uint8Array(n));
const INT32 = layout(4, (n) => new Int32Array(n));

/** Layout of each dtype. */
export const DTYPE_LAYOUTS: Readonly<Record<Dtype, DtypeLayout>> = Object.freeze({
  float64: layout(8, (n) => new Float64Array(n)),
  float32: layout(4, (n) => new Float32Array(n)),
  float16: layout(2, (n) => new Uint16Array(n)),
  bfloat16: layout(2, (n) => new Uint16Array(n)),
  int64: layout(8, (n) => new BigInt64Array(n)),
  int32: INT32,
  int16: layout(2, (n) => new Int16Array(n)),
  int8: INT8,
  uint8: UINT8,
  bool: UINT8,
  complex64: layout(8, (n) => new Float32Array(2 * n)),
  complex128: layout(16, (n) => new Float64Array(2 * n)),
  qint8: quantized(INT8),
  quint8: quantized(UINT8),
  qint32: quantized(INT32),
  quint4x2: quantized(UINT8, 2),
});

/** Bytes a storage needs for `elementCount` elements of `dtype`. */
export function storageBytes(dtype: Dtype, elementCount: number): number {
  const { unitBytes, elementsPerUnit } = DTYPE_LAYOUTS[dtype];
  return Math.ceil(elementCount / elementsPerUnit) * unitBytes;
}
