import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { changedFiles } from '../../../src/indexing/discovery/changed-files.ts';
import { git, temporaryFolder, type TemporaryFolder } from '../../helpers/temporary-folder.ts';

const LINES = Array.from({ length: 30 }, (_, line) => `line ${line + 1}`);
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

function repository(files: Readonly<Record<string, string>>): TemporaryFolder {
  const folder = temporaryFolder(files);
  git(folder.path, 'init', '--quiet');
  git(folder.path, 'add', '.');
  git(folder.path, 'commit', '--quiet', '-m', 'first');
  return folder;
}

describe('changedFiles', () => {
  it('tells changed, removed and added lines', async () => {
    using folder = repository({ 'a.ts': text(LINES) });
    const changed = LINES.with(2, 'other').toSpliced(10, 2).toSpliced(20, 0, 'new', 'new too');
    folder.write('a.ts', text(changed));
    const { revision, files } = await changedFiles(folder.path, 'HEAD');
    expect(revision).toEqual({ name: 'HEAD', commit: git(folder.path, 'rev-parse', 'HEAD').trim() });
    expect(files).toEqual([
      {
        path: 'a.ts',
        status: 'modified',
        ranges: [
          { first: 3, last: 3 },
          { first: 11, last: 10 },
          { first: 21, last: 22 },
        ],
      },
    ]);
  });

  it('tells added, deleted, renamed and unknown files, whatever they are called', async () => {
    using folder = repository({ 'gone.ts': 'x\n', 'old name.ts': text(LINES), 'tab\t"quote".ts': text(LINES) });
    rmSync(join(folder.path, 'gone.ts'));
    git(folder.path, 'mv', 'old name.ts', 'novo ção.ts');
    folder.write('novo ção.ts', text(LINES.with(4, 'changed')));
    folder.write('tab\t"quote".ts', text(LINES.with(9, 'diff --git a/x b/x')));
    folder.write('staged.ts', 'export {};\n');
    git(folder.path, 'add', 'staged.ts', 'novo ção.ts');
    folder.write('unknown.ts', 'export {};\n');
    const { files } = await changedFiles(folder.path, 'HEAD');
    expect(files.toSorted((left, right) => (left.path < right.path ? -1 : 1))).toEqual([
      { path: 'gone.ts', status: 'deleted', ranges: null },
      { path: 'novo ção.ts', status: 'renamed', oldPath: 'old name.ts', ranges: [{ first: 5, last: 5 }] },
      { path: 'staged.ts', status: 'added', ranges: null },
      { path: 'tab\t"quote".ts', status: 'modified', ranges: [{ first: 10, last: 10 }] },
      { path: 'unknown.ts', status: 'added', ranges: null },
    ]);
  });

  it('keeps its place when a file becomes a link', async () => {
    using folder = repository({ 'a.ts': text(LINES), 'b.ts': text(LINES) });
    rmSync(join(folder.path, 'a.ts'));
    symlinkSync('b.ts', join(folder.path, 'a.ts'));
    folder.write('b.ts', text(LINES.with(6, 'changed')));
    const { files } = await changedFiles(folder.path, 'HEAD');
    expect(files.at(-1)).toEqual({ path: 'b.ts', status: 'modified', ranges: [{ first: 7, last: 7 }] });
  });

  it('speaks of the folder alone, with paths relative to it', async () => {
    using folder = repository({ 'outside.ts': 'x\n', 'inside/a.ts': 'x\n' });
    folder.write('outside.ts', 'y\n');
    folder.write('inside/a.ts', 'y\n');
    const { files } = await changedFiles(join(folder.path, 'inside'), 'HEAD');
    expect(files.map(({ path }) => path)).toEqual(['a.ts']);
  });

  it('runs no program that the repository names', async () => {
    using folder = repository({ 'a.ts': 'x\n', '.gitattributes': '*.ts diff=evil\n' });
    const marker = join(folder.path, 'ran');
    git(folder.path, 'config', 'diff.external', `touch ${marker};`);
    git(folder.path, 'config', 'diff.evil.textconv', `touch ${marker};`);
    git(folder.path, 'config', 'core.fsmonitor', `touch ${marker};`);
    folder.write('a.ts', 'y\n');
    const { files } = await changedFiles(folder.path, 'HEAD');
    expect(files.map(({ path }) => path)).toEqual(['a.ts']);
    expect(existsSync(marker)).toBe(false);
  });

  it.each([
    ['no-such', 'INDEXING_REVISION_UNKNOWN'],
    ['--output=stolen', 'INDEXING_REVISION_UNKNOWN'],
    ['', 'INDEXING_REVISION_UNKNOWN'],
  ])('refuses the revision %j', async (revision, code) => {
    using folder = repository({ 'a.ts': 'x\n' });
    await expect(changedFiles(folder.path, revision)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  it('says where git knows nothing', async () => {
    using folder = temporaryFolder({ 'a.ts': 'x\n' });
    await expect(changedFiles(folder.path, 'HEAD')).rejects.toMatchObject({ code: 'INDEXING_NOT_IN_GIT' });
    mkdirSync(join(folder.path, 'empty'));
    git(join(folder.path, 'empty'), 'init', '--quiet');
    await expect(changedFiles(join(folder.path, 'empty'), 'HEAD')).rejects.toMatchObject({
      code: 'INDEXING_REVISION_UNKNOWN',
      hint: expect.stringContaining('Commit once'),
    });
  });

  it('says where a clone does not have the history', async () => {
    using folder = repository({ 'a.ts': 'x\n' });
    folder.write('a.ts', 'y\n');
    git(folder.path, 'commit', '--quiet', '--all', '-m', 'second');
    using clone = temporaryFolder({});
    git(clone.path, 'clone', '--quiet', '--depth', '1', pathToFileURL(folder.path).href, 'shallow');
    const shallow = join(clone.path, 'shallow');
    await expect(changedFiles(shallow, 'HEAD~1')).rejects.toMatchObject({
      code: 'INDEXING_REVISION_UNKNOWN',
      hint: expect.stringContaining('git fetch --unshallow'),
    });
    expect((await changedFiles(shallow, 'HEAD')).files).toEqual([]);
  });

  it('ends with the reason of its signal', async () => {
    using folder = repository({ 'a.ts': 'x\n' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(changedFiles(folder.path, 'HEAD', { signal })).rejects.toThrow('enough');
  });
});
