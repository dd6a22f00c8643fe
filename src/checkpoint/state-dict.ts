import type { Tensor } from '../tensor/tensor.ts';

/** Container formats a checkpoint can come in. */
export const CHECKPOINT_FORMATS = ['torch-zip', 'torch-legacy', 'safetensors'] as const;
export type CheckpointFormat = (typeof CHECKPOINT_FORMATS)[number];

/**
 * How PyTorch would run a dynamically quantized Linear.
 * `reduce-range`: activations 0..127 (module version 4, torch >= 1.6); `full`: 0..255 (older versions);
 * `none`: the weight only was rounded (float16 dynamic), activations stay float32.
 */
export type ActivationRange = 'reduce-range' | 'full' | 'none';

/** A Linear whose weight came out of `_packed_params`. Its tensors stand in the state dict as `X.weight`, `X.bias`. */
export interface DynamicLinear {
  /** Module path X, such as `encoder.layer.0.attention.self.query`. */
  readonly module: string;
  readonly activationRange: ActivationRange;
  readonly hasBias: boolean;
}

/**
 * Named tensors of a checkpoint, whatever container and layout they came in: packed Linears and embeddings of every
 * torch version appear under their plain names (`X.weight`, `X.bias`), with what packing said kept in
 * {@link dynamicLinears} and {@link quantizedEmbeddings}. Names keep their prefix (`bert.`, `model.`, ...).
 */
export interface StateDict {
  readonly format: CheckpointFormat;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly dynamicLinears: ReadonlyMap<string, DynamicLinear>;
  /** Module paths of `nn.quantized.Embedding`s; their table stands as `X.weight`. */
  readonly quantizedEmbeddings: ReadonlySet<string>;
  /** Entries that are no tensors and were left out, such as dtypes and None: name to a word for what it was. */
  readonly ignoredEntries: ReadonlyMap<string, string>;
}

/** An open checkpoint, of one file or of several shards: reads nothing but its index until tensors are asked for. */
export interface Checkpoint extends AsyncDisposable {
  /** As it was opened, or the name of the source. */
  readonly path: string;
  readonly format: CheckpointFormat;
  /** Of the whole file, or of all shards together. */
  readonly sizeBytes: number;
  readonly stateDict: StateDict;
  /** Globals the pickles name, in order of first use, `module.name`; empty for safetensors. Nothing was executed. */
  readonly globals: readonly string[];
  /** Closes its files; its tensors cannot be read any more. Idempotent. */
  close(): Promise<void>;
}
