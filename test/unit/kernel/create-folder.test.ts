import { existsSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder, createFolderSync } from '../../../src/kernel/create-folder.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const ways: readonly (readonly [string, (path: string) => Promise<void>])[] = [
  ['createFolder', createFolder],
  // Async, so that what it throws is a rejection as with the other.
  ['createFolderSync', async (path) => createFolderSync(path)],
];

describe.each(ways)('%s', (_name, create) => {
  it('makes the folders above it too, and is content with what is there', async () => {
    using home = temporaryFolder();
    const path = join(home.path, 'a', 'b', 'c');
    await create(path);
    await create(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('makes the same folder many times at once', async () => {
    using home = temporaryFolder();
    const path = join(home.path, 'a', 'b', 'c', 'd');
    await Promise.all(Array.from({ length: 20 }, () => create(path)));
    expect(existsSync(path)).toBe(true);
  });

  it('goes through a link to a folder', async () => {
    using home = temporaryFolder({ 'real/x': '' });
    symlinkSync('real', join(home.path, 'link'));
    await create(join(home.path, 'link', 'inner'));
    expect(existsSync(join(home.path, 'real', 'inner'))).toBe(true);
  });

  it('says so where a file is in the way, itself or above', async () => {
    using home = temporaryFolder({ file: '' });
    await expect(create(join(home.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(create(join(home.path, 'file', 'x', 'y'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.skipIf(!existsSync('/proc/self'))('comes back where nothing can be made', async () => {
    await expect(create('/proc/nothing/here')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/nothing' });
  });
});
