export {
  detectQuantization,
  EVIDENCE_KINDS,
  isQuantizedModel,
  type EvidenceKind,
  type QuantizationDetection,
  type QuantizationEvidence,
} from './model/detect.ts';
export { EmbeddingMatrix } from './model/embedding-matrix.ts';
export { EmbeddingRows, type RowValues } from './model/embeddings/embedding-rows.ts';
export {
  EMBEDDING_PRECISIONS,
  QuantizedEmbeddings,
  type EmbeddingPrecision,
  type EmbeddingsByPrecision,
  type EmbeddingsOf,
} from './model/embeddings/quantized-embeddings.ts';
export {
  embeddingRanges,
  quantizeEmbeddings,
  type EmbeddingRanges,
  type QuantizeEmbeddingsOptions,
} from './model/embeddings/quantize-embeddings.ts';
export {
  similarity,
  SimilarityMatrix,
  similarityPairwise,
  type SimilarityInput,
} from './model/embeddings/similarity.ts';
export {
  LONG_TEXTS,
  NUMERICS,
  type EncodeOptions,
  type EncodeProgress,
  type Encoder,
  type LongTexts,
  type ModelIdentity,
  type Numerics,
} from './model/encoder.ts';
export type { CompiledForm } from './model/compiled-cache.ts';
export type { DownloadProgress } from './model/hub/download-progress.ts';
export { HubError, type HubErrorCode } from './model/hub/hub-error.ts';
export { pullModel, type PulledModel, type PullModelOptions } from './model/hub/pull-model.ts';
export {
  inspectModel,
  type InspectedTokenizer,
  type ModelInspection,
  type ModelOutlook,
} from './model/inspect-model.ts';
export type {
  AnyEmbeddings,
  Float32Options,
  LoaderEncodeOptions,
  LoadModelOptions,
  PrecisionOptions,
  TokenizedInput,
} from './model/loader-options.ts';
export { listModels, type ListedModel, type ListModelsOptions, type ModelList } from './model/list-models.ts';
export { SIMILARITIES, type Prompts, type Similarity } from './model/manifest.ts';
export { ModelError, type ModelErrorCode } from './model/model-error.ts';
export type { Device } from './model/onnx/execution-device.ts';
export {
  identifyModel,
  openEncoder,
  type IdentifiedModel,
  type OpenEncoderOptions,
  type OpenedEncoder,
  type PassedOverModel,
} from './model/open-encoder.ts';
export { QuantizedModelLoader } from './model/quantized-model-loader.ts';
export { removeModel, type RemovedModel } from './model/remove-model.ts';
export {
  DOWNLOAD_POLICIES,
  EMBEDDED_MODEL,
  resolveModel,
  type DownloadPolicy,
  type ResolvedModel,
  type ResolveModelOptions,
} from './model/resolve-model.ts';
export { WEIGHT_PRECISIONS, type WeightPrecision } from './model/weight-precision.ts';
