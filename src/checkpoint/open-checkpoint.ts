import type { AbortableOptions } from '../kernel/abort.ts';
import { openFileByteSource, type ByteSource } from '../kernel/byte-source.ts';
import { CheckpointReader, type CheckpointContent, type ReadFileOptions } from './checkpoint-reader.ts';
import { FilePool } from './file-pool.ts';
import { readShards, type ShardsContent } from './read-shards.ts';
import { isShardIndexPath } from './shard-index-path.ts';
import type { Checkpoint, CheckpointFormat, StateDict } from './state-dict.ts';

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

/** What is closed together with a checkpoint. */
interface Closable {
  close(): Promise<void>;
}

class OpenCheckpoint implements Checkpoint {
  readonly path: string;
  readonly format: CheckpointFormat;
  readonly sizeBytes: number;
  readonly stateDict: StateDict;
  readonly globals: readonly string[];
  readonly #files: Closable;

  constructor(path: string, files: Closable, { stateDict, globals, sizeBytes }: ShardsContent) {
    this.path = path;
    this.#files = files;
    this.sizeBytes = sizeBytes;
    this.format = stateDict.format;
    this.stateDict = stateDict;
    this.globals = globals;
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function resolveOptions({ verifyTensorCrc = false, signal }: OpenCheckpointOptions): ReadFileOptions {
  return { verifyTensorCrc, signal };
}

async function readOneFile(source: ByteSource, options: OpenCheckpointOptions): Promise<CheckpointContent> {
  const reader = new CheckpointReader(source.name, resolveOptions(options));
  return reader.finish(await reader.add(source));
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
    const content = await readOneFile(source, options);
    return new OpenCheckpoint(source.name, source, { ...content, sizeBytes: source.sizeBytes });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Opens all shards behind an index as one checkpoint. */
async function openShardedCheckpoint(indexPath: string, options: OpenCheckpointOptions): Promise<Checkpoint> {
  const pool = new FilePool();
  try {
    return new OpenCheckpoint(indexPath, pool, await readShards(indexPath, pool, resolveOptions(options)));
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/**
 * Opens a checkpoint file: a state dict of `torch.save` (quantized or not) or safetensors, told apart by the first
 * bytes. Reads its index only, and the scales of per-channel quantized tensors; nothing in the file is executed.
 *
 * The path of a `*.index.json` opens all shards it names as one checkpoint. Their files are opened when tensors are read,
 * at most {@link MAX_OPEN_FILES} at a time.
 *
 * @example
 * ```ts
 * await using checkpoint = await openCheckpoint('pytorch_model.bin');
 * for (const [name, tensor] of checkpoint.stateDict.tensors) console.log(name, tensor.dtype, tensor.shape);
 * const table = checkpoint.stateDict.tensors.get('embeddings.word_embeddings.weight');
 * const row = await table?.readFloat32({ startRow: 42, rowCount: 1 });
 * ```
 * @param path - Of a `pytorch_model.bin`, `model.safetensors` or alike, or of the `*.index.json` of a sharded one.
 * @returns The open checkpoint, which holds the file open until it is closed.
 * @throws {@link CheckpointError} with the code that says why the file is not read; see {@link CHECKPOINT_ERROR_CODES}.
 * @throws {@link ByteSourceError} `SOURCE_UNREADABLE` when the file cannot be opened or the system refuses to read it,
 * `SOURCE_OUT_OF_RANGE` when it is cut while it is read.
 * @throws the reason of `options.signal`, when that aborts.
 */
export async function openCheckpoint(path: string, options: OpenCheckpointOptions = {}): Promise<Checkpoint> {
  if (isShardIndexPath(path)) return openShardedCheckpoint(path, options);
  return openCheckpointSource(await openFileByteSource(path), options);
}
