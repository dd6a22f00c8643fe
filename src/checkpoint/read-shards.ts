import { dirname, join } from 'node:path';
import { ByteSourceError, type ByteSource } from '../kernel/byte-source.ts';
import { CheckpointError, CheckpointFailure } from './checkpoint-error.ts';
import { CheckpointReader, type CheckpointContent, type ReadFileOptions } from './checkpoint-reader.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { FilePool } from './file-pool.ts';
import { readShardIndex, type ShardIndex } from './shard-index.ts';

async function openShard(indexPath: string, shard: string, pool: FilePool): Promise<ByteSource> {
  const path = join(dirname(indexPath), shard);
  try {
    return await pool.add(path);
  } catch (cause) {
    if (!(cause instanceof ByteSourceError) || cause.code !== 'SOURCE_UNREADABLE') throw cause;
    throw new CheckpointError(`${indexPath} names the shard ${shard}, which cannot be read`, {
      code: 'CHECKPOINT_SHARD_MISSING',
      hint: `Download ${shard} into the folder of its index.`,
      details: { path: indexPath, shard },
      cause,
    });
  }
}

/** Every tensor the map puts into a shard must be there; what else is in it is read as well, as transformers does. */
function assertHasEntries(
  file: CheckpointFile,
  shard: string,
  { weightMap }: ShardIndex,
  failure: CheckpointFailure,
): void {
  for (const [tensor, home] of weightMap) {
    if (home === shard && !file.hasEntry(tensor))
      throw failure.malformed(`the shard index puts tensor ${tensor} into ${shard}, which does not have it`);
  }
}

/** What the shards of a checkpoint hold together. */
export interface ShardsContent extends CheckpointContent {
  /** Of all shards. */
  readonly sizeBytes: number;
}

/**
 * Reads the index of each shard of a checkpoint, one shard at a time.
 *
 * @param pool - Opens the shards, and keeps them for the tensors.
 * @throws {@link CheckpointError} `CHECKPOINT_SHARD_MISSING` when one is not there, `CHECKPOINT_MALFORMED` when one does
 * not hold what the index says, and whatever reading one of them alone throws.
 */
export async function readShards(indexPath: string, pool: FilePool, options: ReadFileOptions): Promise<ShardsContent> {
  const failure = new CheckpointFailure(indexPath);
  options.signal?.throwIfAborted();
  const index = await readShardIndex(indexPath);
  const reader = new CheckpointReader(indexPath, options);
  let sizeBytes = 0;
  let last: CheckpointFile | undefined;
  for (const shard of index.shards) {
    const source = await openShard(indexPath, shard, pool);
    // A tensor in two shards is taken from the one the map names.
    last = await reader.add(source, (entry) => (index.weightMap.get(entry) ?? shard) === shard);
    assertHasEntries(last, shard, index, failure);
    sizeBytes += source.sizeBytes;
  }
  if (last === undefined) throw failure.malformed('the shard index names no files');
  return { ...(await reader.finish(last)), sizeBytes };
}
