import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeText, isBinary } from '../../../src/indexing/discovery/decode-text.ts';
import { discover } from '../../../src/indexing/discovery/discover.ts';
import { listFiles } from '../../../src/indexing/discovery/list-files.ts';
import { skipReasonOfPath, skipReasonOfText } from '../../../src/indexing/discovery/skip-rules.ts';
import { git, temporaryFolder } from '../../helpers/temporary-folder.ts';

const FILES = {
  '.gitignore': 'ignored/\n*.log\n!keep.log\n',
  'src/a.ts': 'export const a = 1;\n',
  'src/.gitignore': 'local.ts\n',
  'src/local.ts': 'export const secret = 1;\n',
  'src/deep/keep.log': 'kept\n',
  'src/deep/drop.log': 'dropped\n',
  'ignored/b.ts': 'export const b = 1;\n',
  'node_modules/pkg/index.js': 'module.exports = 1;\n',
};
const KEPT = ['.gitignore', 'src/.gitignore', 'src/a.ts', 'src/deep/keep.log'];

describe('listFiles', () => {
  it('lists what git lists: tracked and untracked, without the ignored', async () => {
    using folder = temporaryFolder({ ...FILES, '.gitignore': `${FILES['.gitignore']}node_modules/\n` });
    git(folder.path, 'init', '-q');
    git(folder.path, 'add', 'src/a.ts');
    const listing = await listFiles(folder.path);
    expect(listing.method).toBe('git');
    expect(listing.paths).toEqual(KEPT);
  });

  it('finds the same files by walking where there is no repository', async () => {
    using folder = temporaryFolder(FILES);
    const listing = await listFiles(folder.path);
    expect(listing).toMatchObject({ method: 'walk', reason: 'this is not a git repository' });
    expect(listing.paths).toEqual(KEPT);
  });

  it('walks a folder that the surrounding repository ignores', async () => {
    using folder = temporaryFolder(FILES);
    git(folder.path, 'init', '-q');
    const listing = await listFiles(join(folder.path, 'ignored'));
    expect(listing).toMatchObject({ method: 'walk', paths: ['b.ts'] });
  });

  it('starts no program that the repository names in its configuration', async () => {
    using folder = temporaryFolder({ 'a.ts': '' });
    git(folder.path, 'init', '-q');
    const mark = join(folder.path, 'started');
    folder.write('hook.sh', `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(join(folder.path, 'hook.sh'), 0o755);
    git(folder.path, 'config', 'core.fsmonitor', join(folder.path, 'hook.sh'));
    await listFiles(folder.path);
    expect(existsSync(mark)).toBe(false);
  });

  it('lists the files of submodules', async () => {
    using inner = temporaryFolder({ 'lib.ts': '' });
    git(inner.path, 'init', '-q');
    git(inner.path, 'add', '.');
    git(inner.path, 'commit', '-q', '-m', 'first');
    using folder = temporaryFolder({ 'a.ts': '' });
    git(folder.path, 'init', '-q');
    git(folder.path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'vendor/inner');
    expect((await listFiles(folder.path)).paths).toEqual(['.gitmodules', 'a.ts', 'vendor/inner/lib.ts']);
    const mark = join(folder.path, 'started');
    folder.write('hook.sh', `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(join(folder.path, 'hook.sh'), 0o755);
    git(join(folder.path, 'vendor', 'inner'), 'config', 'core.fsmonitor', join(folder.path, 'hook.sh'));
    await listFiles(folder.path);
    expect(existsSync(mark)).toBe(false);
    folder.write('vendor/inner/.git', 'broken');
    expect((await listFiles(folder.path)).paths).toContain('a.ts');
  });

  it('does not follow links in a circle', async () => {
    using folder = temporaryFolder({ 'a/b.ts': '' });
    symlinkSync('..', join(folder.path, 'a', 'loop'));
    expect((await listFiles(folder.path)).paths).toEqual(['a/b.ts', 'a/loop']);
  });

  it('says what is wrong with a root that is missing or no folder', async () => {
    using folder = temporaryFolder({ file: '' });
    await expect(listFiles(join(folder.path, 'missing'))).rejects.toMatchObject({ code: 'INDEXING_ROOT_NOT_FOUND' });
    await expect(listFiles(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'INDEXING_ROOT_NOT_A_FOLDER' });
  });
});

describe('discover', () => {
  it('gives a reason for every file it leaves out', async () => {
    using folder = temporaryFolder({
      'a.ts': 'export const a = 1;\n',
      'picture.png': Uint8Array.of(0x89, 0x50),
      'package-lock.json': '{}',
      'app.min.js': 'x',
      'big.py': 'x'.repeat((1 << 20) + 1),
      'mine.ts': '',
      '.codegraphignore': 'mine.ts\n',
    });
    symlinkSync('a.ts', join(folder.path, 'link.ts'));
    mkdirSync(join(folder.path, 'empty'));
    const { files, skipped, diagnostics } = await discover(folder.path);
    expect(files.map(({ path }) => path)).toEqual(['a.ts']);
    expect(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      '.codegraphignore': 'language',
      'app.min.js': 'minified',
      'big.py': 'too-large',
      'link.ts': 'symlink',
      'mine.ts': 'ignored',
      'package-lock.json': 'lock-file',
      'picture.png': 'language',
    });
    expect(diagnostics).toMatchObject([{ code: 'FILE_TOO_LARGE', path: 'big.py', severity: 'info' }]);
  });

  it('leaves out, without complaint, what git lists but is gone from the working tree', async () => {
    using folder = temporaryFolder({ 'a.ts': '', 'b.ts': '' });
    git(folder.path, 'init', '-q');
    git(folder.path, 'add', '.');
    git(folder.path, 'rm', '-q', '--cached', 'b.ts');
    rmSync(join(folder.path, 'a.ts'));
    const { files, skipped } = await discover(folder.path);
    expect(files.map(({ path }) => path)).toEqual(['b.ts']);
    expect(skipped).toEqual([]);
  });

  it('leaves out, without complaint, what lay in a folder that is a file now', async () => {
    using folder = temporaryFolder({ 'lib/a.ts': '' });
    git(folder.path, 'init', '-q');
    git(folder.path, 'add', '.');
    rmSync(join(folder.path, 'lib'), { recursive: true });
    folder.write('lib', '');
    expect(await discover(folder.path)).toMatchObject({ files: [], diagnostics: [] });
  });

  it('does not follow a link that has taken the place of a tracked folder', async () => {
    using outside = temporaryFolder({ 'deep/secret.ts': 'export const key = 1;\n' });
    using folder = temporaryFolder({ 'lib/deep/secret.ts': '', 'a.ts': '' });
    git(folder.path, 'init', '-q');
    git(folder.path, 'add', '.');
    rmSync(join(folder.path, 'lib'), { recursive: true });
    symlinkSync(outside.path, join(folder.path, 'lib'));
    const { files, skipped } = await discover(folder.path);
    expect(files.map(({ path }) => path)).toEqual(['a.ts']);
    expect(skipped).toContainEqual({ path: 'lib/deep/secret.ts', reason: 'symlink' });
  });

  it('does not index what an ignore file it cannot read may keep out', async () => {
    using folder = temporaryFolder({ 'a.ts': '', '.codegraphignore/file': '' });
    await expect(discover(folder.path)).rejects.toMatchObject({ code: 'INDEXING_IGNORE_FILE_UNREADABLE' });
  });
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('decodeText', () => {
  it.each([
    ['UTF-8', bytes(0xc3, 0xa7), 'ç', 'utf-8'],
    ['UTF-8 with a mark', bytes(0xef, 0xbb, 0xbf, 0x61), 'a', 'utf-8'],
    ['UTF-16 little endian', bytes(0xff, 0xfe, 0xe7, 0x00), 'ç', 'utf-16le'],
    ['UTF-16 big endian', bytes(0xfe, 0xff, 0x00, 0xe7), 'ç', 'utf-16be'],
    ['Windows-1252', bytes(0x66, 0x75, 0x6e, 0xe7, 0xe3, 0x6f), 'função', 'windows-1252'],
  ])('reads %s', (_name, input, text, encoding) => {
    expect(isBinary(input)).toBe(false);
    expect(decodeText(input)).toEqual({ text, encoding });
  });

  it('takes a NUL for binary, as git does', () => {
    expect(isBinary(bytes(0x61, 0x00, 0x62))).toBe(true);
  });
});

describe('skip rules', () => {
  it('knows generated files by a mark in a comment, not by code that speaks of it', () => {
    expect(skipReasonOfText('// Code generated by protoc. DO NOT EDIT.\npackage a', 'go')).toBe('generated');
    expect(skipReasonOfText("const MARK = 'DO NOT EDIT';\n", 'typescript')).toBeUndefined();
  });

  it('knows minified scripts by their lines', () => {
    expect(skipReasonOfText('var a=1;'.repeat(1_000), 'javascript')).toBe('minified');
    expect(skipReasonOfText('var a = 1;\n'.repeat(1_000), 'javascript')).toBeUndefined();
    expect(skipReasonOfPath('vendor/jquery.min.js')).toBe('minified');
  });
});
