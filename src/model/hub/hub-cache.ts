import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  lstat,
  readlink,
  link,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createFolder } from '../../kernel/create-folder.ts';
import { systemErrorCode } from '../../kernel/errors.ts';
import { COMMIT } from './hub-reference.ts';
import type { HubFile } from './list-files.ts';
import { assertSafePath } from './safe-path.ts';
import { writing } from './write-failed.ts';

/** Marks a folder as a cache for backup programs (https://bford.info/cachedir/). */
const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# Models that can be downloaded again.\n';

/** Longest content of a ref file that is one. */
const MAX_REF_BYTES = 256;

/**
 * One repository in the cache, laid out as Python's huggingface_hub has it: `blobs/<digest>`, `snapshots/<commit>/<file>` as
 * relative links to them, and `refs/<revision>` with the commit.
 */
export class HubRepository {
  readonly id: string;
  readonly folder: string;

  constructor(cacheFolder: string, id: string) {
    this.id = id;
    this.folder = join(cacheFolder, `models--${id.replaceAll('/', '--')}`);
  }

  /** Folder of a commit. */
  snapshot(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  /**
   * Where a file of the repository lies.
   *
   * @throws {@link HubError} `HUB_UNSAFE_PATH` for a name that would leave the snapshot (CWE-22).
   */
  snapshotFile(commit: string, file: string): string {
    assertSafePath(file);
    return join(this.snapshot(commit), ...file.split('/'));
  }

  /** Path of a blob. @param digest - Lower-case hexadecimal digits. */
  blob(digest: string): string {
    return join(this.folder, 'blobs', digest);
  }

  /** The commit that a branch, tag or commit means here, or null. */
  async commitOf(revision: string): Promise<string | null> {
    if (COMMIT.test(revision)) return revision;
    try {
      const path = join(this.folder, 'refs', ...revision.split('/'));
      if ((await stat(path)).size > MAX_REF_BYTES) return null;
      const commit = (await readFile(path, 'utf8')).trim();
      return COMMIT.test(commit) ? commit : null;
    } catch {
      return null; // Not in the cache: the caller looks elsewhere.
    }
  }

  /** Commits with a snapshot folder, the latest first. */
  async commits(): Promise<readonly string[]> {
    const parent = join(this.folder, 'snapshots');
    const found: { readonly commit: string; readonly changedMs: number }[] = [];
    for (const commit of await namesIn(parent)) {
      if (!COMMIT.test(commit)) continue;
      try {
        found.push({ commit, changedMs: (await stat(join(parent, commit))).mtimeMs });
      } catch {
        continue; // Removed meanwhile.
      }
    }
    return found.toSorted((left, right) => right.changedMs - left.changedMs).map(({ commit }) => commit);
  }

  /** The branches and tags that are remembered, with the commits they mean. */
  async refs(): Promise<readonly { readonly revision: string; readonly commit: string; readonly path: string }[]> {
    const parent = join(this.folder, 'refs');
    const found: { readonly revision: string; readonly commit: string; readonly path: string }[] = [];
    for (const name of (await namesIn(parent, { recursive: true })).toSorted()) {
      const revision = name.split(sep).join('/');
      const commit = await this.commitOf(revision);
      if (commit !== null) found.push({ revision, commit, path: join(parent, name) });
    }
    return found;
  }

  /** Paths of the blobs that a snapshot links to. */
  async blobsOf(commit: string): Promise<ReadonlySet<string>> {
    const blobs = new Set<string>();
    const folder = this.snapshot(commit);
    for (const name of await namesIn(folder, { recursive: true })) {
      const path = join(folder, name);
      if (!(await lstat(path)).isSymbolicLink()) continue;
      const target = resolve(dirname(path), await readlink(path));
      // A link that leads elsewhere was not made by a download, and what it leads to is not ours.
      if (dirname(target) === join(this.folder, 'blobs')) blobs.add(target);
    }
    return blobs;
  }

  /** Makes the folders and marks the cache as such. */
  async create(): Promise<void> {
    await writing(this.folder, () => createFolder(join(this.folder, 'blobs')));
    // There already, or refused: a cache that may only be read can still be whole, and the first write to another says why not.
    await writeFile(join(dirname(this.folder), 'CACHEDIR.TAG'), CACHE_TAG, { flag: 'wx' }).catch(() => undefined);
  }

  /** Remembers which commit a branch or tag meant; written whole or not at all. */
  async writeRef(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.commitOf(revision)) === commit) return;
    const path = join(this.folder, 'refs', ...revision.split('/'));
    const temporary = `${path}.${randomUUID()}.tmp`;
    await writing(path, async () => {
      await createFolder(dirname(path));
      await writeFile(temporary, commit);
      await rename(temporary, path);
    });
  }

  /** Puts a blob into a snapshot: as a relative link, where the file system has none as a second name or a copy. */
  async linkFile(commit: string, { path: file, digest }: HubFile, symlinks: boolean): Promise<void> {
    const path = this.snapshotFile(commit, file);
    const blob = this.blob(digest);
    await writing(path, async () => {
      // Python without links moves the blob to its place in the snapshot: then there is nothing to link to.
      if ((await isSameFile(path, blob)) || !(await isThere(blob))) return;
      await createFolder(dirname(path));
      const temporary = `${path}.${randomUUID()}.tmp`;
      try {
        const linked = symlinks && (await tryLink(relative(dirname(path), blob), temporary));
        if (!linked) await copyBlob(blob, temporary);
        await rename(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }
}

/** @returns false where the file system or the user's rights allow no symbolic links. */
async function tryLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path, 'file');
    return true;
  } catch (cause) {
    // Windows without developer mode, FAT and some network file systems.
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EINVAL', 'UNKNOWN'].includes(systemErrorCode(cause) ?? '')) throw cause;
    return false;
  }
}

/** A second name of the blob; where there are none either, a copy, which takes the room twice and works everywhere. */
async function copyBlob(blob: string, path: string): Promise<void> {
  await link(blob, path).catch(() => copyFile(blob, path, constants.COPYFILE_FICLONE));
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function isSameFile(path: string, blob: string): Promise<boolean> {
  try {
    if ((await realpath(path)) === (await realpath(blob))) return true;
    const [left, right] = [await stat(path, { bigint: true }), await stat(blob, { bigint: true })];
    return left.ino === right.ino && left.dev === right.dev;
  } catch {
    return false; // One of them is not there: the link is made.
  }
}

/** Names in a folder; none where there is no such folder. */
export async function namesIn(
  folder: string,
  options: { readonly recursive?: boolean } = {},
): Promise<readonly string[]> {
  try {
    return await readdir(folder, options);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(cause) ?? '')) return [];
    throw cause;
  }
}
