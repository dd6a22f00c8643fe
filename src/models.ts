export {
  detectQuantization,
  isQuantizedModel,
  type QuantizationDetection,
  type QuantizationEvidence,
} from './model/detect.ts';
export { EmbeddingMatrix } from './model/embedding-matrix.ts';
export {
  NUMERICS,
  type EncodeOptions,
  type EncodeProgress,
  type Encoder,
  type ModelIdentity,
  type Numerics,
} from './model/encoder.ts';
export { inspectModel, type ModelInspection } from './model/inspect-model.ts';
export { ModelError, type ModelErrorCode } from './model/model-error.ts';
export { openEncoder, type OpenEncoderOptions, type OpenedEncoder } from './model/open-encoder.ts';
export {
  QuantizedModelLoader,
  type LoadModelOptions,
  type LoaderEncodeOptions,
} from './model/quantized-model-loader.ts';
export { EMBEDDED_MODEL, resolveModel, type ResolvedModel, type ResolveModelOptions } from './model/resolve-model.ts';
