export { CHECKPOINT_ERROR_CODES, CheckpointError, type CheckpointErrorCode } from './checkpoint/checkpoint-error.ts';
export { listGlobals } from './checkpoint/list-globals.ts';
export { openCheckpoint, openCheckpointSource, type OpenCheckpointOptions } from './checkpoint/open-checkpoint.ts';
export type { NamedGlobal } from './checkpoint/pickle/scan-globals.ts';
export { isShardIndexPath } from './checkpoint/shard-index-path.ts';
export { readShardIndex, shardPaths, type ShardIndex } from './checkpoint/shard-index.ts';
export {
  CHECKPOINT_FORMATS,
  type ActivationRange,
  type Checkpoint,
  type CheckpointFormat,
  type DynamicLinear,
  type StateDict,
} from './checkpoint/state-dict.ts';
export type { AbortableOptions } from './kernel/abort.ts';
export {
  BYTE_SOURCE_ERROR_CODES,
  ByteSourceError,
  MemoryByteSource,
  openFileByteSource,
  type ByteSource,
  type ByteSourceErrorCode,
} from './kernel/byte-source.ts';
export { CodeGraphError, type CodeGraphErrorOptions } from './kernel/errors.ts';
export { DTYPES, type Dtype } from './tensor/dtype.ts';
export { TENSOR_ERROR_CODES, TensorError, type TensorErrorCode } from './tensor/tensor-error.ts';
export type { ReadTensorOptions, Tensor, TensorElements, TensorQuantization } from './tensor/tensor.ts';
