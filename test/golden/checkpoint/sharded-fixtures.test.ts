import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open-checkpoint.ts';
import { readShardIndex, shardPaths } from '../../../src/checkpoint/shard-index.ts';
import { fixturePath, sha256 } from '../../fixtures/checkpoint/fixture-files.ts';

interface GoldenTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

// The file is part of the tests.
const GOLDENS = JSON.parse(readFileSync(fixturePath('sharded/goldens.json'), 'utf8')) as Readonly<
  Record<string, GoldenTensor>
>;

describe.each([
  ['safetensors/model.safetensors.index.json', 'safetensors', 'model-00001-of-00004.safetensors'],
  ['torch/pytorch_model.bin.index.json', 'torch-zip', 'pytorch_model-00001-of-00004.bin'],
])('the sharded checkpoint %s that transformers wrote', (index, format, firstShard) => {
  const path = fixturePath(`sharded/${index}`);

  it('is read bit for bit', async () => {
    await using checkpoint = await openCheckpoint(path, { verifyTensorCrc: true });
    expect(checkpoint.format).toBe(format);
    const { tensors } = checkpoint.stateDict;
    expect([...tensors.keys()].sort()).toEqual(Object.keys(GOLDENS).sort());
    for (const [name, golden] of Object.entries(GOLDENS)) {
      const tensor = tensors.get(name);
      expect({ name, dtype: tensor?.dtype, shape: tensor?.shape }).toEqual({
        name,
        dtype: golden.dtype,
        shape: golden.shape,
      });
      expect(sha256((await tensor?.readElements()) ?? new Uint8Array()), name).toBe(golden.sha256);
    }
  });

  it('has the files and the size its index says', async () => {
    const paths = await shardPaths(path);
    expect(paths).toHaveLength(4);
    expect(paths.map((shard) => basename(shard))).toEqual(
      paths.map((_, number) => firstShard.replace('00001', `0000${number + 1}`)),
    );
    await using checkpoint = await openCheckpoint(path);
    let bytes = 0;
    for (const tensor of checkpoint.stateDict.tensors.values()) bytes += (await tensor.readElements()).byteLength;
    expect((await readShardIndex(path)).totalSizeBytes).toBe(bytes);
  });
});
