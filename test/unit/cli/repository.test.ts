import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { modelReference, repositoryRoot } from '../../../src/cli/repository.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const place = (workingDirectory: string, ...words: string[]): Parameters<typeof repositoryRoot>[0] => ({
  args: parseArguments(words, []),
  workingDirectory,
});

describe('repositoryRoot', () => {
  it('is the nearest folder with an index', () => {
    using folder = temporaryFolder({ '.git/HEAD': '', 'inner/.codegraphai/index.db': '', 'inner/deep/a.ts': '' });
    expect(repositoryRoot(place(join(folder.path, 'inner', 'deep')))).toBe(join(folder.path, 'inner'));
  });

  it('is the repository where there is no index, and a work tree is one', () => {
    using folder = temporaryFolder({ '.git': 'gitdir: /elsewhere', 'deep/er/a.ts': '' });
    expect(repositoryRoot(place(join(folder.path, 'deep', 'er')))).toBe(folder.path);
  });

  it('is what --path names, from the current folder on', () => {
    using folder = temporaryFolder({ '.git/HEAD': '', 'other/a.ts': '' });
    expect(repositoryRoot(place(folder.path, '--path', 'other'))).toBe(join(folder.path, 'other'));
  });
});

describe('modelReference', () => {
  it('makes what exists absolute, and leaves hub ids alone', () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'models', 'mine'), { recursive: true });
    expect(modelReference(place(folder.path), './models/mine')).toBe(join(folder.path, 'models', 'mine'));
    expect(modelReference(place(folder.path), 'intfloat/multilingual-e5-small')).toBe('intfloat/multilingual-e5-small');
    expect(modelReference(place(folder.path), undefined)).toBeNull();
  });

  it('leaves to the model layer what can be no path', () => {
    for (const name of ['a'.repeat(5_000), 'a\0b']) expect(modelReference(place('.'), name)).toBe(name);
  });

  it('refuses an empty name', () => {
    expect(() => modelReference(place('.'), ' ')).toThrow(expect.objectContaining({ code: 'USAGE_BAD_VALUE' }));
  });
});
