import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link ModelError} and what its `details` hold.
 *
 * - `MODEL_NOT_FOUND`: nothing by that name is on this machine. `reference`, `searched` (folders looked at).
 * - `MODEL_FILE_MISSING`: the folder lacks a file it needs. `folder`, `file`.
 * - `MODEL_CONFIG_INVALID`: a configuration file is no JSON object or a field has an impossible value. `path`, `field`.
 * - `MODEL_UNSUPPORTED`: the model is well formed but needs something this version does not compute. `feature`.
 * - `MODEL_TENSOR_MISSING`: the checkpoint lacks a weight. `tensor`.
 * - `MODEL_SHAPE_MISMATCH`: a weight has another shape or dtype than the configuration says. `tensor`, `expected`, `actual`.
 * - `MODEL_RUNTIME_MISSING`: no ONNX runtime can be loaded. `reasons`.
 * - `MODEL_RUNTIME_FAILED`: the runtime refused the compiled graph or failed while running it. `modelPath`.
 * - `MODEL_DEVICE_UNAVAILABLE`: the runtime or the machine lacks the device that was asked for. `device`, `available`.
 * - `MODEL_FILES_CHANGED`: weights or tokenizer changed while they were compiled. `folder`.
 * - `MODEL_WEIGHTS_INVALID`: a weight holds NaN or an infinity. `tensor`.
 * - `MODEL_INT8_INEXACT`: int8 was asked for and vectors in int8 are not close enough to float32. `median`, `minimum` (cosines).
 * - `MODEL_CACHE_UNWRITABLE`: the cache folder cannot be written. `folder`.
 * - `MODEL_WORKER_FAILED`: an encode worker died; the texts it held were not encoded. `exitCode`.
 * - `MODEL_LOAD_FAILED`: every candidate failed to load. `attempts`.
 * - `MODEL_NOT_REMOVABLE`: what should be removed is not in the Hugging Face cache. `reference`, `folder`.
 * - `ENCODER_CLOSED`: the encoder was used after `close()`. No details.
 */
export const MODEL_ERROR_CODES = [
  'MODEL_NOT_FOUND',
  'MODEL_FILE_MISSING',
  'MODEL_CONFIG_INVALID',
  'MODEL_UNSUPPORTED',
  'MODEL_TENSOR_MISSING',
  'MODEL_SHAPE_MISMATCH',
  'MODEL_RUNTIME_MISSING',
  'MODEL_RUNTIME_FAILED',
  'MODEL_DEVICE_UNAVAILABLE',
  'MODEL_FILES_CHANGED',
  'MODEL_WEIGHTS_INVALID',
  'MODEL_INT8_INEXACT',
  'MODEL_CACHE_UNWRITABLE',
  'MODEL_WORKER_FAILED',
  'MODEL_LOAD_FAILED',
  'MODEL_NOT_REMOVABLE',
  'ENCODER_CLOSED',
] as const;
export type ModelErrorCode = (typeof MODEL_ERROR_CODES)[number];

/** Everything that goes wrong between a model's name and its vectors. */
export class ModelError extends CodeGraphError<ModelErrorCode> {
  override readonly name: string = 'ModelError';
}
