import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSnippet } from '../../../src/search/read-snippet.ts';
import type { FileStamp } from '../../../src/store/index-store.ts';

let folder = '';
let root = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-snippet-'));
  root = join(folder, 'repository');
  await mkdir(join(root, 'src'), { recursive: true });
  await writeFile(join(root, 'src/a.ts'), 'one\ntwo\nthree\nfour\nfive\n');
  await writeFile(join(root, 'src/windows.ts'), '\uFEFFone\r\ntwo\r\nthree');
  await writeFile(join(root, 'src/long.js'), `${'x'.repeat(1_000_000)}\nsecond\n`);
  await writeFile(join(folder, 'secret.txt'), 'secret\n');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
  await symlink(join(root, 'src/a.ts'), join(root, 'inside.ts'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (path: string, startLine: number, endLine: number, options = {}): ReturnType<typeof readSnippet> =>
  readSnippet(root, { path, startLine, endLine }, options);

describe('readSnippet', () => {
  it('gives the lines asked for', async () => {
    expect(await read('src/a.ts', 2, 3)).toEqual({
      status: 'read',
      text: 'two\nthree',
      endLine: 3,
      truncated: false,
      stale: false,
    });
    expect(await read('src/a.ts', 5, 5)).toMatchObject({ text: 'five', endLine: 5 });
  });

  it('knows carriage returns and byte order marks', async () => {
    expect(await read('src/windows.ts', 1, 3)).toMatchObject({
      text: 'one\ntwo\nthree',
      endLine: 3,
      truncated: false,
      stale: false,
    });
  });

  it('keeps to its limits and says so', async () => {
    expect(await read('src/a.ts', 1, 5, { maxLines: 2 })).toEqual({
      status: 'read',
      text: 'one\ntwo',
      endLine: 2,
      truncated: true,
      stale: false,
    });
    const long = await read('src/long.js', 1, 2, { maxLength: 100 });
    expect(long).toMatchObject({ status: 'read', endLine: 1, truncated: true, stale: false });
    expect(long.text).toHaveLength(100);
    expect(await read('src/long.js', 2, 2)).toMatchObject({ text: 'second', truncated: false });
  });

  it('says that a file has changed', async () => {
    expect(await read('src/a.ts', 40, 50)).toEqual({ status: 'changed', text: null });
    expect(await read('src/a.ts', 4, 9)).toEqual({
      status: 'read',
      text: 'four\nfive',
      endLine: 5,
      truncated: false,
      stale: true,
    });
  });

  it('compares with what was indexed: size, time, and content where they leave a doubt', async () => {
    const path = join(root, 'src/stamped.ts');
    await writeFile(path, 'one\ntwo\n');
    const { size, mtimeMs } = await stat(path);
    const contentHash = createHash('sha256').update('one\ntwo\n').digest('hex');
    const stamp: FileStamp = { path: 'src/stamped.ts', language: 'typescript', contentHash, sizeBytes: size, mtimeMs };
    const isStale = async (): Promise<unknown> => {
      const snippet = await read('src/stamped.ts', 1, 1, { stamp });
      return snippet.status === 'read' && snippet.stale;
    };
    expect(await isStale()).toBe(false);
    await utimes(path, 1, 1);
    expect(await isStale()).toBe(false);
    await writeFile(path, 'one\nTWO\n');
    expect(await isStale()).toBe(true);
    await writeFile(path, 'one\n');
    expect(await isStale()).toBe(true);
  });

  it('says that a file has gone', async () => {
    expect(await read('src/gone.ts', 1, 2)).toEqual({ status: 'missing', text: null });
    expect(await read('src/a.ts/b.ts', 1, 2)).toEqual({ status: 'missing', text: null });
    expect(await readSnippet(join(folder, 'no-such-root'), { path: 'a.ts', startLine: 1, endLine: 1 })).toEqual({
      status: 'missing',
      text: null,
    });
  });

  it.each([
    '../secret.txt',
    'src/../../secret.txt',
    'link.txt',
    'up/secret.txt',
    '/etc/passwd',
    '',
    '.',
    '..',
    'a\0b',
    '../repository-not-there/x',
  ])('reads nothing outside the root through %j', async (path) => {
    expect(await read(path, 1, 1)).toEqual({ status: 'outside-root', text: null });
  });

  it('follows links that stay inside', async () => {
    expect(await read('inside.ts', 1, 1)).toMatchObject({ text: 'one' });
  });

  it('reads through a root that is itself a link', async () => {
    await symlink(root, join(folder, 'alias'));
    expect(await readSnippet(join(folder, 'alias'), { path: 'src/a.ts', startLine: 1, endLine: 1 })).toMatchObject({
      text: 'one',
    });
  });

  it.skipIf(process.platform === 'win32')('refuses folders, and does not wait for a pipe', async () => {
    expect(await read('src', 1, 1)).toEqual({ status: 'unreadable', text: null });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await read('pipe', 1, 1)).toEqual({ status: 'unreadable', text: null });
  });
});
