import type { ByteSource } from '../kernel/byte-source.ts';
import { StoredTensor, type StoredTensorDescription } from '../tensor/stored-tensor.ts';
import { TensorError } from '../tensor/tensor-error.ts';
import { CheckpointError, type CheckpointErrorCode, type CheckpointFailure } from './checkpoint-error.ts';

const TENSOR_CODES: Readonly<Record<TensorError['code'], CheckpointErrorCode>> = {
  TENSOR_INVALID_GEOMETRY: 'CHECKPOINT_MALFORMED',
  TENSOR_LIMIT_EXCEEDED: 'CHECKPOINT_LIMIT_EXCEEDED',
  TENSOR_INVALID_QUANTIZATION: 'CHECKPOINT_INVALID_QUANTIZATION',
  TENSOR_NO_CONVERSION: 'CHECKPOINT_UNSUPPORTED',
};

const INVALID_QUANTIZATION_HINT =
  'Quantize and save again while the quantized module is still alive: torch writes garbage scales once it was freed.';

/** Wraps what is wrong with one tensor, at the border of the tensor layer. */
function tensorFailure(path: string, tensor: string, error: TensorError): CheckpointError {
  return new CheckpointError(`${path}: tensor ${tensor}: ${error.message}`, {
    code: TENSOR_CODES[error.code],
    hint:
      error.code === 'TENSOR_INVALID_QUANTIZATION'
        ? INVALID_QUANTIZATION_HINT
        : 'Get the file again from its publisher.',
    details: { path, tensor, ...error.details },
    cause: error,
  });
}

/**
 * Makes a tensor of a checkpoint; nothing of it is read.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED`, `CHECKPOINT_LIMIT_EXCEEDED`,
 * `CHECKPOINT_INVALID_QUANTIZATION` when the description makes no sense.
 */
export function describeTensor(
  source: ByteSource,
  description: StoredTensorDescription,
  failure: CheckpointFailure,
): StoredTensor {
  try {
    return new StoredTensor(source, description);
  } catch (error) {
    if (error instanceof TensorError) throw tensorFailure(failure.path, description.name, error);
    throw error;
  }
}
