import { endianness } from 'node:os';
import type { AbortableOptions } from '../kernel/abort.ts';
import { openFileByteSource, type ByteSource } from '../kernel/byte-source.ts';
import { CheckpointFailure } from './checkpoint-error.ts';
import { detectFormat, SNIFF_BYTES } from './detect-format.ts';
import { readSafetensors } from './safetensors/safetensors.ts';
import type { Checkpoint, CheckpointFormat, StateDict } from './state-dict.ts';
import type { TorchContent } from './torch/torch-content.ts';
import { readTorchLegacy } from './torch/torch-legacy.ts';
import { readTorchZip } from './torch/torch-zip.ts';

/** How to open a checkpoint. */
export interface OpenCheckpointOptions extends AbortableOptions {
  /**
   * Read all tensors once and compare them with the checksums of the zip archive, as torch itself never does. Files
   * without checksums (safetensors, legacy torch, `set_crc32_options(False)`) pass.
   *
   * @defaultValue false
   */
  readonly verifyTensorCrc?: boolean | undefined;
}

class OpenCheckpoint implements Checkpoint {
  readonly path: string;
  readonly format: CheckpointFormat;
  readonly sizeBytes: number;
  readonly stateDict: StateDict;
  readonly globals: readonly string[];
  readonly #source: ByteSource;

  constructor(source: ByteSource, { stateDict, globals }: TorchContent) {
    this.#source = source;
    this.path = source.name;
    this.sizeBytes = source.sizeBytes;
    this.format = stateDict.format;
    this.stateDict = stateDict;
    this.globals = globals;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function readContent(source: ByteSource, options: OpenCheckpointOptions): Promise<TorchContent> {
  const failure = new CheckpointFailure(source.name);
  const { signal, verifyTensorCrc = false } = options;
  signal?.throwIfAborted();
  if (endianness() !== 'LE') {
    throw failure.unsupported(
      'host',
      'cannot be read here: this machine is big-endian',
      'Use a little-endian machine.',
    );
  }
  const start = new Uint8Array(Math.min(SNIFF_BYTES, source.sizeBytes));
  await source.read(start, 0);
  const format = detectFormat(start, failure);
  if (format === 'safetensors') return { stateDict: await readSafetensors(source, failure), globals: [] };
  if (format === 'torch-zip') return readTorchZip(source, failure, { verifyTensorCrc, signal });
  return readTorchLegacy(source, failure, { signal });
}

/**
 * Opens a checkpoint over bytes from anywhere. The checkpoint owns the source: closing one closes the other.
 *
 * @example
 * ```ts
 * const source = new MemoryByteSource(await response.bytes(), 'model.safetensors');
 * await using checkpoint = await openCheckpointSource(source);
 * ```
 * @throws as {@link openCheckpoint}; the source is closed then.
 */
export async function openCheckpointSource(
  source: ByteSource,
  options: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  try {
    return new OpenCheckpoint(source, await readContent(source, options));
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Opens a checkpoint file: a state dict of `torch.save` (quantized or not) or safetensors, told apart by the first
 * bytes. Reads its index only, and the scales of per-channel quantized tensors; nothing in the file is executed.
 *
 * @example
 * ```ts
 * await using checkpoint = await openCheckpoint('pytorch_model.bin');
 * for (const [name, tensor] of checkpoint.stateDict.tensors) console.log(name, tensor.dtype, tensor.shape);
 * const table = checkpoint.stateDict.tensors.get('embeddings.word_embeddings.weight');
 * const row = await table?.readFloat32({ startRow: 42, rowCount: 1 });
 * ```
 * @param path - Of a `pytorch_model.bin`, `model.safetensors` or alike.
 * @returns The open checkpoint, which holds the file open until it is closed.
 * @throws {@link CheckpointError} with the code that says why the file is not read; see {@link CHECKPOINT_ERROR_CODES}.
 * @throws {@link ByteSourceError} `SOURCE_UNREADABLE` when the file cannot be opened or the system refuses to read it,
 * `SOURCE_OUT_OF_RANGE` when it is cut while it is read.
 * @throws the reason of `options.signal`, when that aborts.
 */
export async function openCheckpoint(path: string, options: OpenCheckpointOptions = {}): Promise<Checkpoint> {
  return openCheckpointSource(await openFileByteSource(path), options);
}
