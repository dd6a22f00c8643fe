import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indexPath, openIndexStore } from '../../../src/store/open-store.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

describe('openIndexStore', () => {
  it('makes a folder that git ignores by a file of its own', async () => {
    using folder = temporaryFolder();
    await using store = await openIndexStore(folder.path, { access: 'write' });
    expect(await store.counts()).toMatchObject({ files: 0 });
    expect(readFileSync(join(folder.path, '.codegraphai/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('makes nothing when it only reads', async () => {
    using folder = temporaryFolder();
    await expect(openIndexStore(folder.path, { access: 'read' })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    expect(existsSync(join(folder.path, '.codegraphai'))).toBe(false);
  });

  it.each(['read', 'write'] as const)('follows no link out of the repository (%s)', async (access) => {
    using folder = temporaryFolder();
    const root = join(folder.path, 'repository');
    mkdirSync(root);
    mkdirSync(join(folder.path, 'elsewhere'));
    symlinkSync('../elsewhere', join(root, '.codegraphai'));
    await expect(openIndexStore(root, { access })).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect(existsSync(join(folder.path, 'elsewhere/index.db'))).toBe(false);
  });

  it('gives up a damaged index only when it is told to', async () => {
    using folder = temporaryFolder({
      '.codegraphai/index.db': 'not a database, and long enough to look like one'.repeat(50),
    });
    await expect(openIndexStore(folder.path, { access: 'write' })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(readFileSync(indexPath(folder.path), 'utf8')).toContain('not a database');
    await using store = await openIndexStore(folder.path, { access: 'write', replaceDamaged: true });
    expect(await store.counts()).toMatchObject({ files: 0 });
  });
});
