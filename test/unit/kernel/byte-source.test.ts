import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryByteSource, openFileByteSource, type ByteSource } from '../../../src/kernel/byte-source.ts';

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'byte-source-'));
  await writeFile(join(folder, 'bytes'), BYTES);
});

afterAll(() => rm(folder, { recursive: true }));

const ADAPTERS: ReadonlyArray<readonly [name: string, open: () => Promise<ByteSource>]> = [
  ['MemoryByteSource', async () => new MemoryByteSource(BYTES, 'bytes')],
  ['openFileByteSource', () => openFileByteSource(join(folder, 'bytes'))],
];

describe.each(ADAPTERS)('%s', (_, open) => {
  it('fills the target from any position, at the same time too', async () => {
    await using source = await open();
    expect(source.sizeBytes).toBe(100);
    expect(source.name.endsWith('bytes')).toBe(true);
    const parts = await Promise.all(
      [0, 40, 90].map(async (position) => {
        const target = new Uint8Array(10);
        await source.read(target, position);
        return [...target];
      }),
    );
    expect(parts).toEqual([0, 40, 90].map((start) => Array.from({ length: 10 }, (__, index) => start + index)));
    await source.read(new Uint8Array(0), 100);
  });

  it.each([-1, 95, 101, 0.5, Number.NaN, 2 ** 53])('refuses ten bytes from %s on', async (position) => {
    await using source = await open();
    await expect(source.read(new Uint8Array(10), position)).rejects.toMatchObject({
      code: 'SOURCE_OUT_OF_RANGE',
      details: { length: 10, sizeBytes: 100 },
    });
  });

  it('cannot be read after it was closed, twice if need be', async () => {
    const source = await open();
    await source.close();
    await source.close();
    await expect(source.read(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
  });
});

describe('openFileByteSource', () => {
  it.each(['missing', ''])('cannot open %j', async (name) => {
    await expect(openFileByteSource(join(folder, name))).rejects.toMatchObject({
      name: 'ByteSourceError',
      code: 'SOURCE_UNREADABLE',
    });
  });

  it.skipIf(process.platform === 'win32')('does not wait at a named pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(openFileByteSource(pipe)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });

  it('notices a file that is cut while it is open', async () => {
    const path = join(folder, 'cut');
    await writeFile(path, BYTES);
    await using source = await openFileByteSource(path);
    await truncate(path, 50);
    await expect(source.read(new Uint8Array(20), 40)).rejects.toMatchObject({
      code: 'SOURCE_OUT_OF_RANGE',
      message: expect.stringContaining('ended at byte 50'),
    });
  });
});
