import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointFailure } from '../../../src/checkpoint/checkpoint-error.ts';
import { openCheckpoint } from '../../../src/checkpoint/open-checkpoint.ts';
import { isShardIndexPath } from '../../../src/checkpoint/shard-index-path.ts';
import { parseShardIndex, shardPaths, type ShardIndex } from '../../../src/checkpoint/shard-index.ts';
import { dict, text, torchZip, vector } from '../../fixtures/checkpoint/pickle-writer.ts';
import { writeSafetensors, type WrittenTensor } from '../../fixtures/checkpoint/safetensors-writer.ts';

let root = '';
let folderCount = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shards-'));
});
afterAll(() => rm(root, { recursive: true }));

function parse(document: unknown): ShardIndex {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  return parseShardIndex(bytes, new CheckpointFailure('model.index.json'));
}

/** Writes files into a folder of their own and gives the path of the index. */
async function write(weightMap: Readonly<Record<string, string>>, files: Readonly<Record<string, Uint8Array>>) {
  folderCount += 1;
  const folder = join(root, String(folderCount));
  await mkdir(folder);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const path = join(folder, 'model.safetensors.index.json');
  await writeFile(path, JSON.stringify({ metadata: { total_size: 16 }, weight_map: weightMap }));
  return path;
}

function float(...values: readonly number[]): WrittenTensor {
  return { dtype: 'F32', shape: [values.length], data: new Uint8Array(Float32Array.from(values).buffer) };
}

/** A map of tensors t0, t1, … to files. */
function names(count: number, file: (index: number) => string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, file(index)]));
}

describe('parseShardIndex', () => {
  it('gives the map, the files in order and the size', () => {
    const index = parse({
      metadata: { total_size: 24, other: { nested: [1] } },
      weight_map: { b: 'two.bin', a: 'one.bin', c: 'two.bin' },
    });
    expect([...index.weightMap]).toEqual([
      ['b', 'two.bin'],
      ['a', 'one.bin'],
      ['c', 'two.bin'],
    ]);
    expect(index.shards).toEqual(['one.bin', 'two.bin']);
    expect(index.totalSizeBytes).toBe(24);
  });

  it.each([[{}], [{ metadata: 3 }], [{ metadata: { total_size: 'much' } }], [{ metadata: { total_size: -1 } }]])(
    'takes a size that is not there for unknown: %j',
    (rest) => {
      expect(parse({ weight_map: { a: 'x' }, ...rest }).totalSizeBytes).toBeNull();
    },
  );

  it.each([
    '../model.bin',
    '/etc/passwd',
    'sub/model.bin',
    'sub\\model.bin',
    '..',
    '.',
    '',
    'C:model.bin',
    'model.bin\0',
    'model.bin:stream',
    'x'.repeat(256),
    3,
    null,
    ['a'],
  ])('refuses %j for a file name', (file) => {
    expect(() => parse({ weight_map: { a: 'good.bin', b: file } })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_MALFORMED', message: expect.stringContaining('no plain file name') }),
    );
  });

  it.each([
    ['[]', 'CHECKPOINT_MALFORMED', 'has no weight_map'],
    ['{}', 'CHECKPOINT_MALFORMED', 'has no weight_map'],
    ['{"weight_map":[]}', 'CHECKPOINT_MALFORMED', 'has no weight_map'],
    ['{"weight_map":{}}', 'CHECKPOINT_MALFORMED', 'is empty'],
    ['{"weight_map":{"a":', 'CHECKPOINT_MALFORMED', 'is not JSON'],
    ['', 'CHECKPOINT_MALFORMED', 'is not JSON'],
    ['version https://git-lfs.github.com/spec/v1\n', 'CHECKPOINT_LFS_POINTER', 'is a Git LFS pointer'],
    ['<!doctype html>', 'CHECKPOINT_NOT_A_CHECKPOINT', 'is an HTML or XML page'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'CHECKPOINT_MALFORMED', 'nested 101 levels deep'],
    [`{"a":[${'[],'.repeat(600_000)}0]}`, 'CHECKPOINT_LIMIT_EXCEEDED', 'values'],
  ])('refuses %.60s', (document, code, message) => {
    expect(() => parse(document)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it('bounds files and tensors', () => {
    expect(() => parse({ weight_map: names(1025, (index) => `${index}.bin`) })).toThrow('names 1025 files');
    expect(() => parse({ weight_map: names(100_001, () => 'x') })).toThrow('names 100001 tensors');
  });

  it('keeps names such as __proto__ as plain names', () => {
    expect([...parse('{"weight_map":{"__proto__":"a.bin"}}').weightMap]).toEqual([['__proto__', 'a.bin']]);
  });
});

describe('sharded checkpoints', () => {
  it('are known by the name of their index', () => {
    expect(isShardIndexPath('a/model.safetensors.index.json')).toBe(true);
    expect(isShardIndexPath('a/model.safetensors')).toBe(false);
    expect(isShardIndexPath('a/config.json')).toBe(false);
  });

  it('open as one, whose size is that of all shards', async () => {
    const one = writeSafetensors({ a: float(1, 2) });
    const two = writeSafetensors({ b: float(3), extra: float(4) });
    const path = await write(
      { b: '2.safetensors', a: '1.safetensors' },
      { '1.safetensors': one, '2.safetensors': two },
    );
    expect(await shardPaths(path)).toEqual(['1.safetensors', '2.safetensors'].map((name) => join(path, '..', name)));
    await using checkpoint = await openCheckpoint(path);
    expect(checkpoint).toMatchObject({ path, format: 'safetensors', globals: [], sizeBytes: one.length + two.length });
    const { tensors } = checkpoint.stateDict;
    expect([...tensors.keys()]).toEqual(['a', 'b', 'extra']);
    expect(await tensors.get('a')?.readFloat32()).toEqual(Float32Array.of(1, 2));
    expect(await tensors.get('extra')?.readFloat32()).toEqual(Float32Array.of(4));
    await checkpoint.close();
    await checkpoint.close();
    await expect(tensors.get('a')?.readElements()).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
  });

  it('work where all files are symbolic links to elsewhere, as in the hub’s cache', async () => {
    const path = await write({ a: 'model-1.safetensors' }, { blob: writeSafetensors({ a: float(5) }) });
    const snapshot = join(path, '..', 'snapshot');
    await mkdir(snapshot);
    await symlink('../blob', join(snapshot, 'model-1.safetensors'));
    await symlink('../model.safetensors.index.json', join(snapshot, 'model.safetensors.index.json'));
    await using checkpoint = await openCheckpoint(join(snapshot, 'model.safetensors.index.json'));
    expect(await checkpoint.stateDict.tensors.get('a')?.readFloat32()).toEqual(Float32Array.of(5));
  });

  it('take a tensor of two shards from the one the index names', async () => {
    const files = {
      '1.safetensors': writeSafetensors({ a: float(1), b: float(1) }),
      '2.safetensors': writeSafetensors({ b: float(2), a: float(2) }),
    };
    await using checkpoint = await openCheckpoint(await write({ a: '2.safetensors', b: '1.safetensors' }, files));
    expect(await checkpoint.stateDict.tensors.get('a')?.readFloat32()).toEqual(Float32Array.of(2));
    expect(await checkpoint.stateDict.tensors.get('b')?.readFloat32()).toEqual(Float32Array.of(1));
  });

  it('are refused when two shards have a tensor the index does not name', async () => {
    const shard = writeSafetensors({ extra: float(1), a: float(1) });
    const path = await write(
      { a: '1', b: '2' },
      { '1': shard, '2': writeSafetensors({ b: float(1), extra: float(2) }) },
    );
    await expect(openCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
      message: expect.stringContaining('two entries stand for tensor extra'),
    });
  });

  it('are refused without one of their shards', async () => {
    const path = await write({ a: '1', b: '2' }, { '1': writeSafetensors({ a: float(1) }) });
    await expect(openCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_SHARD_MISSING',
      message: `${path} names the shard 2, which cannot be read`,
      details: { path, shard: '2' },
    });
  });

  it('are refused when a shard lacks a tensor', async () => {
    const path = await write({ a: '1', b: '1' }, { '1': writeSafetensors({ a: float(1) }) });
    await expect(openCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
      message: expect.stringContaining('puts tensor b into 1, which does not have it'),
    });
  });

  it('are refused when a shard is damaged, which is named', async () => {
    const path = await write({ a: '1' }, { '1': writeSafetensors({ a: float(1) }).subarray(0, -1) });
    await expect(openCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_TRUNCATED',
      details: { path: join(path, '..', '1') },
    });
  });

  it('are refused when their shards are of two formats', async () => {
    const zip = torchZip(dict({ b: vector('FloatStorage', '0', 1) }), new Uint8Array(4));
    const path = await write({ a: '1', b: '2' }, { '1': writeSafetensors({ a: float(1) }), '2': zip });
    await expect(openCheckpoint(path)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
      message: expect.stringContaining('has the format torch-zip and those before it safetensors'),
    });
  });

  it('are refused when nothing in them is a tensor', async () => {
    const path = await write({ a: '1' }, { '1': torchZip(dict([[text('a'), 'N']])) });
    await expect(openCheckpoint(path)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_A_CHECKPOINT' });
  });

  it('do not name another index for a shard', async () => {
    const path = await write({ a: 'model.safetensors.index.json' }, {});
    await expect(openCheckpoint(path)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_A_CHECKPOINT' });
  });

  it('have each shard compared with its checksums', async () => {
    const zip = torchZip(dict({ b: vector('FloatStorage', '0', 1) }), Uint8Array.of(1, 2, 3, 4));
    const at = Buffer.from(zip).indexOf(Buffer.of(1, 2, 3, 4));
    zip.set([9], at);
    const path = await write({ b: '2' }, { '2': zip });
    await using lenient = await openCheckpoint(path);
    expect(lenient.stateDict.tensors.size).toBe(1);
    await expect(openCheckpoint(path, { verifyTensorCrc: true })).rejects.toMatchObject({
      code: 'CHECKPOINT_CHECKSUM_MISMATCH',
    });
  });

  it('stop when aborted', async () => {
    const path = await write({ a: '1' }, { '1': writeSafetensors({ a: float(1) }) });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openCheckpoint(path, { signal })).rejects.toThrow('enough');
  });
});
