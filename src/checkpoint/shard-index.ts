import { dirname, join } from 'node:path';
import { openFileByteSource } from '../kernel/byte-source.ts';
import { measureJson } from '../kernel/text/measure-json.ts';
import { CheckpointFailure, type CheckpointError } from './checkpoint-error.ts';
import { otherKindError, SNIFF_BYTES } from './detect-format.ts';

/** Largest index file (CWE-789): 160 bytes for each of 100,000 tensors. */
export const MAX_SHARD_INDEX_BYTES: number = 16 * 1024 * 1024;
/** Most shards (CWE-770): the largest published checkpoints have some hundred. */
export const MAX_SHARDS = 1024;
/** Most tensors an index may name (CWE-770). */
export const MAX_SHARDED_TENSORS = 100_000;

/** Longest file name that any usual file system takes. */
const MAX_FILE_NAME_LENGTH = 255;
/** `weight_map` lies one level deep; `metadata` may hold more, which is not looked at. */
const MAX_JSON_DEPTH = 16;
const MAX_JSON_VALUES = 1_000_000;

/** What a `*.index.json` says: which file of the same folder has which tensor. */
export interface ShardIndex {
  /** Tensor name to file name. */
  readonly weightMap: ReadonlyMap<string, string>;
  /** File names, each once, sorted as transformers loads them. */
  readonly shards: readonly string[];
  /**
   * Bytes of all tensors as `metadata.total_size` has it; null when it is not there. Not relied on: some writers count
   * tied weights twice.
   */
  readonly totalSizeBytes: number | null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A plain name, of a file in the folder of the index: nothing that climbs out (CWE-22), nothing Windows reads as a
 * drive or stream. Whether the file is a symbolic link is not asked: in the cache of the Hugging Face hub all are.
 */
function isPlainFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.length > MAX_FILE_NAME_LENGTH) return false;
  return !/[/\\:\p{Cc}]/u.test(name);
}

function parseJson(bytes: Uint8Array, failure: CheckpointFailure): unknown {
  const other = (): CheckpointError =>
    bytes.byteLength === 0 || bytes.find((byte) => byte > 0x20) === 0x7b
      ? failure.malformed('the shard index is not JSON')
      : otherKindError(bytes.subarray(0, SNIFF_BYTES), failure);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // TextDecoder's own message says nothing about the file.
    throw other();
  }
  const { depth, valueCount } = measureJson(text);
  if (depth > MAX_JSON_DEPTH) throw failure.malformed(`the shard index is nested ${depth} levels deep`);
  if (valueCount > MAX_JSON_VALUES)
    throw failure.limitExceeded(`the shard index has ${valueCount} values`, MAX_JSON_VALUES);
  try {
    return JSON.parse(text);
  } catch {
    // The messages of JSON.parse quote the input, which may be anything.
    throw other();
  }
}

/**
 * Parses a `model.safetensors.index.json` or `pytorch_model.bin.index.json`, as transformers writes them.
 *
 * @param bytes - The whole file.
 * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED` without a `weight_map`, or when it names anything but plain
 * files of the same folder; `CHECKPOINT_LIMIT_EXCEEDED`; `CHECKPOINT_LFS_POINTER` or `CHECKPOINT_NOT_A_CHECKPOINT` for
 * other files under that name.
 */
export function parseShardIndex(bytes: Uint8Array, failure: CheckpointFailure): ShardIndex {
  const document = parseJson(bytes, failure);
  const map = isRecord(document) ? document['weight_map'] : undefined;
  if (!isRecord(document) || !isRecord(map)) throw failure.malformed('the shard index has no weight_map');
  const entries = Object.entries(map);
  if (entries.length === 0) throw failure.malformed('the weight_map of the shard index is empty');
  if (entries.length > MAX_SHARDED_TENSORS) {
    throw failure.limitExceeded(`the shard index names ${entries.length} tensors`, MAX_SHARDED_TENSORS);
  }
  const weightMap = new Map<string, string>();
  for (const [tensor, file] of entries) {
    if (typeof file !== 'string' || !isPlainFileName(file)) {
      throw failure.malformed(
        `the shard index puts tensor ${tensor} into ${JSON.stringify(file)}, which is no plain file name`,
      );
    }
    weightMap.set(tensor, file);
  }
  const shards = [...new Set(weightMap.values())].sort();
  if (shards.length > MAX_SHARDS) {
    throw failure.limitExceeded(`the shard index names ${shards.length} files`, MAX_SHARDS);
  }
  const metadata = document['metadata'];
  const total = isRecord(metadata) ? metadata['total_size'] : undefined;
  const totalSizeBytes = typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null;
  return { weightMap, shards, totalSizeBytes };
}

/**
 * Reads and parses an index file.
 *
 * @throws as {@link parseShardIndex}, and {@link ByteSourceError} when the file cannot be read.
 */
export async function readShardIndex(indexPath: string): Promise<ShardIndex> {
  const failure = new CheckpointFailure(indexPath);
  await using source = await openFileByteSource(indexPath);
  if (source.sizeBytes > MAX_SHARD_INDEX_BYTES) {
    throw failure.limitExceeded(`the shard index has ${source.sizeBytes} bytes`, MAX_SHARD_INDEX_BYTES);
  }
  const bytes = new Uint8Array(source.sizeBytes);
  await source.read(bytes, 0);
  return parseShardIndex(bytes, failure);
}

/**
 * Lists the files behind an index, in the order they are read; whether they exist is not asked.
 *
 * @example
 * ```ts
 * for (const path of await shardPaths('model.safetensors.index.json')) console.log(path);
 * ```
 * @param indexPath - Of a `*.index.json`.
 * @returns Paths in the folder of the index.
 * @throws as {@link readShardIndex}.
 */
export async function shardPaths(indexPath: string): Promise<readonly string[]> {
  const { shards } = await readShardIndex(indexPath);
  return shards.map((shard) => join(dirname(indexPath), shard));
}
