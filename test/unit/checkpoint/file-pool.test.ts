import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilePool } from '../../../src/checkpoint/file-pool.ts';
import type { ByteSource } from '../../../src/kernel/byte-source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pool-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function addFiles(pool: FilePool, count: number): Promise<ByteSource[]> {
  const sources: ByteSource[] = [];
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, String(index));
    await writeFile(path, Uint8Array.of(index, index));
    sources.push(await pool.add(path));
  }
  return sources;
}

async function firstByte(source: ByteSource): Promise<number | undefined> {
  const bytes = new Uint8Array(1);
  await source.read(bytes, 0);
  return bytes[0];
}

describe('FilePool', () => {
  it('reads more files than it keeps open', async () => {
    await using pool = new FilePool(2);
    const sources = await addFiles(pool, 5);
    expect(pool.openCount).toBe(2);
    for (const [index, source] of sources.entries()) {
      expect(source.sizeBytes).toBe(2);
      expect(await firstByte(source)).toBe(index);
      expect(pool.openCount).toBeLessThanOrEqual(2);
    }
  });

  it('lets reads wait while all files are in use', async () => {
    await using pool = new FilePool(2);
    const sources = await addFiles(pool, 9);
    let most = 0;
    const reads = [...sources, ...sources.toReversed()].map(async (source) => {
      const byte = await firstByte(source);
      most = Math.max(most, pool.openCount);
      return byte;
    });
    const forth = sources.map((_, index) => index);
    expect(await Promise.all(reads)).toEqual([...forth, ...forth.toReversed()]);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('notices a file that was replaced', async () => {
    await using pool = new FilePool(1);
    const [first] = await addFiles(pool, 2);
    await writeFile(join(folder, '0'), new Uint8Array(3));
    await expect(first?.read(new Uint8Array(1), 0)).rejects.toMatchObject({
      code: 'SOURCE_OUT_OF_RANGE',
      message: `${join(folder, '0')} had 2 bytes and has 3 now`,
    });
  });

  it('says that a file is not there, each time', async () => {
    await using pool = new FilePool(1);
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(pool.add(join(folder, 'none'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
      expect(pool.openCount).toBe(0);
    }
  });

  it('reads nothing once it is closed, not even what was waiting', async () => {
    const pool = new FilePool(1);
    const [first, second] = await addFiles(pool, 2);
    const pending = [first, second].map(async (source) => source?.read(new Uint8Array(1), 0));
    const outcomes = Promise.allSettled(pending);
    await pool.close();
    await pool.close();
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'SOURCE_CLOSED' });
    }
    await expect(first?.read(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
    expect(pool.openCount).toBe(0);
  });
});
