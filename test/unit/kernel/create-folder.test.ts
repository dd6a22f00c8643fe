import { existsSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder } from '../../../src/kernel/create-folder.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

describe('createFolder', () => {
  it('makes the folders above it too, and is content with what is there', async () => {
    using home = temporaryFolder();
    const path = join(home.path, 'a', 'b', 'c');
    await createFolder(path);
    await createFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('makes the same folder many times at once', async () => {
    using home = temporaryFolder();
    const path = join(home.path, 'a', 'b', 'c', 'd');
    await Promise.all(Array.from({ length: 20 }, () => createFolder(path)));
    expect(existsSync(path)).toBe(true);
  });

  it('goes through a link to a folder', async () => {
    using home = temporaryFolder({ 'real/x': '' });
    symlinkSync('real', join(home.path, 'link'));
    await createFolder(join(home.path, 'link', 'inner'));
    expect(existsSync(join(home.path, 'real', 'inner'))).toBe(true);
  });

  it('says so where a file is in the way, itself or above', async () => {
    using home = temporaryFolder({ file: '' });
    await expect(createFolder(join(home.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(createFolder(join(home.path, 'file', 'x', 'y'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.skipIf(!existsSync('/proc/self'))('comes back where nothing can be made', async () => {
    await expect(createFolder('/proc/nothing/here')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/nothing' });
  });
});
