export { CheckpointError, type CheckpointErrorCode } from './checkpoint/checkpoint-error.ts';
export { openCheckpoint, openCheckpointSource, type OpenCheckpointOptions } from './checkpoint/open-checkpoint.ts';
export type { Checkpoint, CheckpointFormat, DynamicLinear, StateDict } from './checkpoint/state-dict.ts';
export { MemoryByteSource, openFileByteSource, type ByteSource } from './kernel/byte-source.ts';
export { DTYPES, type Dtype } from './tensor/dtype.ts';
export type { ReadTensorOptions, Tensor, TensorElements, TensorQuantization } from './tensor/tensor.ts';
