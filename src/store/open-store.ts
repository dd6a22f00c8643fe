import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { EmbeddedStore } from './embedded/embedded-store.ts';
import { deleteIndex } from './embedded/open-connection.ts';
import type { DumpableStore } from './dump-index.ts';
import { StoreError } from './store-error.ts';

/** Folder of the index in the repository root. */
export const INDEX_FOLDER = '.codegraphai';
const INDEX_FILE = 'index.db';

export interface OpenIndexStoreOptions {
  /** `read`: there must be an index, and it is not changed. `write`: it is made where there is none. */
  readonly access: 'read' | 'write';
  /** With `write`: an index that is damaged or of another version gives way to a new one. @defaultValue false */
  readonly replaceDamaged?: boolean | undefined;
}

/** The file that holds the index of a repository. */
export function indexPath(root: string): string {
  return join(root, INDEX_FOLDER, INDEX_FILE);
}

async function unlessExists(making: Promise<unknown>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
}

/** A repository may come with a link in the place of the index folder: nothing is written through it (CWE-59). */
async function assertInsideRoot(root: string): Promise<void> {
  const folder = join(root, INDEX_FOLDER);
  let target: string;
  try {
    target = await realpath(folder);
  } catch {
    return; // Not there yet, or not to be looked at: opening says which.
  }
  const way = relative(await realpath(root), target);
  if (way !== '' && !way.startsWith('..') && !isAbsolute(way)) return;
  throw new StoreError(`the index folder ${folder} is a link that leads out of the repository`, {
    code: 'STORE_UNREADABLE',
    hint: 'Delete the link; the next run makes a folder in its place.',
    details: { path: indexPath(root) },
  });
}

/** Makes the index folder, which git is told to ignore by a file of its own: the repository's is left alone. */
async function makeIndexFolder(root: string): Promise<void> {
  const folder = join(root, INDEX_FOLDER);
  try {
    // Not recursive: the root exists, and on a read-only disk Node reports ENOENT for a recursive one.
    await unlessExists(mkdir(folder));
    await unlessExists(writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }));
  } catch (cause) {
    const systemCode = systemErrorCode(cause);
    throw new StoreError(`the index folder ${folder} cannot be made: ${errorMessage(cause)}`, {
      code:
        systemCode === 'ENOSPC'
          ? 'STORE_FULL'
          : systemCode === 'EROFS' || systemCode === 'EACCES'
            ? 'STORE_READ_ONLY'
            : 'STORE_UNREADABLE',
      hint:
        systemCode === 'ENOSPC'
          ? 'Free some space on this disk and run the command again.'
          : 'Index a copy of the repository in a folder you may write.',
      details: { path: indexPath(root), systemCode },
      cause,
    });
  }
}

/**
 * Opens the index of a repository with the store that is built in: one SQLite file in the repository.
 *
 * @throws {@link StoreError} `STORE_NOT_FOUND` with `read` where there is none, and whatever opening meets.
 */
export async function openIndexStore(root: string, options: OpenIndexStoreOptions): Promise<DumpableStore> {
  const path = indexPath(root);
  await assertInsideRoot(root);
  if (options.access === 'read') return await EmbeddedStore.open(path, { readOnly: true });
  await makeIndexFolder(root);
  try {
    return await EmbeddedStore.open(path, { create: true });
  } catch (thrown) {
    const replaceable =
      thrown instanceof StoreError && (thrown.code === 'STORE_DAMAGED' || thrown.code === 'STORE_VERSION_MISMATCH');
    if (options.replaceDamaged !== true || !replaceable) throw thrown;
    await deleteIndex(path);
    return await EmbeddedStore.open(path, { create: true });
  }
}

/**
 * Gives work an index of its own in the system's folder for temporary files; it is deleted afterwards.
 *
 * @throws {@link StoreError} whatever opening meets.
 */
export async function withTemporaryStore<Result>(work: (store: DumpableStore) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'codegraphai-'));
  try {
    await using store = await EmbeddedStore.open(join(folder, INDEX_FILE));
    return await work(store);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
