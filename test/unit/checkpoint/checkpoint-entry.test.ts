import { describe, expect, it } from 'vitest';
import * as entry from '../../../src/checkpoint.ts';
import { fixturePath } from '../../fixtures/checkpoint/fixture-files.ts';

describe('codegraphai/checkpoint', () => {
  it('has these values', () => {
    expect(Object.keys(entry).sort()).toEqual([
      'BYTE_SOURCE_ERROR_CODES',
      'ByteSourceError',
      'CHECKPOINT_ERROR_CODES',
      'CHECKPOINT_FORMATS',
      'CheckpointError',
      'CodeGraphError',
      'DTYPES',
      'MemoryByteSource',
      'TENSOR_ERROR_CODES',
      'TensorError',
      'isShardIndexPath',
      'listGlobals',
      'openCheckpoint',
      'openCheckpointSource',
      'openFileByteSource',
      'readShardIndex',
      'shardPaths',
    ]);
  });

  it('reads a row of a quantized table, as its documentation shows', async () => {
    await using checkpoint = await entry.openCheckpoint(fixturePath('torch213/int8-emb8.bin'));
    const table = checkpoint.stateDict.tensors.get('embeddings.word_embeddings.weight');
    const row = await table?.readFloat32({ startRow: 42, rowCount: 1 });
    expect(row).toHaveLength(32);
    expect(row).toEqual((await table?.readFloat32())?.subarray(42 * 32, 43 * 32));
  });

  it('lists the globals of a file before it is opened, as its documentation shows', async () => {
    await using source = await entry.openFileByteSource(fixturePath('bad/evil-os-system.bin'));
    expect((await entry.listGlobals(source)).map(({ module, name }) => `${module}.${name}`)).toEqual(['posix.system']);
    await expect(entry.openCheckpoint(source.name)).rejects.toBeInstanceOf(entry.CheckpointError);
  });
});
