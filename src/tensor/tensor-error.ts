import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link TensorError}. `details` holds the values the message names.
 *
 * - `TENSOR_INVALID_GEOMETRY`: shape, strides and offset do not describe elements inside the storage.
 * - `TENSOR_LIMIT_EXCEEDED`: a rank or a dense size above the named limit.
 * - `TENSOR_INVALID_QUANTIZATION`: a scale that is not finite and positive, a wrong number of scales, a wrong axis.
 * - `TENSOR_NO_CONVERSION`: the dtype has no float32 form (complex numbers).
 */
export const TENSOR_ERROR_CODES = [
  'TENSOR_INVALID_GEOMETRY',
  'TENSOR_LIMIT_EXCEEDED',
  'TENSOR_INVALID_QUANTIZATION',
  'TENSOR_NO_CONVERSION',
] as const;
export type TensorErrorCode = (typeof TENSOR_ERROR_CODES)[number];

/** A tensor whose description makes no sense. Readers of checkpoints wrap it and say which file it came from. */
export class TensorError extends CodeGraphError<TensorErrorCode> {
  override readonly name: string = 'TensorError';
}
