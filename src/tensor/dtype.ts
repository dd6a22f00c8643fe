/** Element types, by torch's names. Quantized ones hold integers that mean `(q - zeroPoint) * scale`. */
export const DTYPES = [
  'float64',
  'float32',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'bool',
  'complex64',
  'complex128',
  'qint8',
  'quint8',
  'qint32',
  'quint4x2',
] as const;
export type Dtype = (typeof DTYPES)[number];
