import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { AbortableOptions } from '../../kernel/abort.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { IndexingError } from '../indexing-error.ts';
import { git } from './git.ts';

/** Names never entered when folders are walked without git. */
const ALWAYS_IGNORED = new Set(['.git', '.hg', '.svn', 'node_modules', '.codegraphai']);
/** Folders nested deeper than this are cyclic mounts or an attack (CWE-674). */
const MAX_FOLDER_DEPTH = 256;

/** Paths below a root, relative and with `/`, sorted; and how they were found. */
export interface FileListing {
  readonly paths: readonly string[];
  /** `git`: tracked and untracked files that git does not ignore. `walk`: every file that .gitignore files let through. */
  readonly method: 'git' | 'walk';
  /** Why git was not used, when it was not. */
  readonly reason?: string | undefined;
  /** Folders that could not be listed: path and the system's reason. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

async function listWithGit(
  root: string,
  signal: AbortSignal | undefined,
): Promise<{ paths: string[] } | { reason: string }> {
  try {
    await git(root, ['rev-parse', '--is-inside-work-tree'], signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (systemErrorCode(error) === 'ENOENT') return { reason: 'git is not installed' };
    const text = errorMessage(error);
    if (text.includes('dubious ownership'))
      return { reason: 'git does not trust this folder: it belongs to another user' };
    return { reason: 'this is not a git repository' };
  }
  try {
    // Exit 0: the outer repository ignores this very folder (a package below node_modules): git would list nothing.
    await git(root, ['check-ignore', '-q', '.'], signal);
    return { reason: 'the surrounding git repository ignores this folder' };
  } catch {
    signal?.throwIfAborted(); // Exit 1: not ignored, go on.
  }
  try {
    const untracked = await git(root, ['ls-files', '-z', '--others', '--exclude-standard'], signal);
    const output = (await listTracked(root, signal)) + untracked;
    return { paths: [...new Set(output.split('\0').filter(isInside))] };
  } catch (error) {
    signal?.throwIfAborted();
    return { reason: `git could not list the files: ${errorMessage(error).split('\n')[0] ?? ''}` };
  }
}

/** Tracked files, those of submodules that are checked out included. */
async function listTracked(root: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await git(root, ['ls-files', '-z', '--cached', '--recurse-submodules'], signal);
  } catch {
    signal?.throwIfAborted();
    // A submodule whose own repository is broken: the files of this one can still be listed.
    return await git(root, ['ls-files', '-z', '--cached'], signal);
  }
}

/** False for what only a forged git index could hold: a path that leads out of the repository (CWE-22). */
function isInside(path: string): boolean {
  return path !== '' && !isAbsolute(path) && !path.split('/').includes('..');
}

interface FolderRules {
  /** Folder the rules are relative to; empty for the root. */
  readonly base: string;
  readonly rules: Ignore;
}

async function readRules(root: string, folder: string): Promise<FolderRules | undefined> {
  try {
    const text = await readFile(join(root, folder, '.gitignore'), 'utf8');
    return { base: folder, rules: ignore().add(text) };
  } catch {
    return undefined; // No .gitignore here, or one that cannot be read: nothing is excluded by it.
  }
}

function isIgnored(path: string, isFolder: boolean, chain: readonly FolderRules[]): boolean {
  let ignored = false;
  for (const { base, rules } of chain) {
    const relative = base === '' ? path : path.slice(base.length + 1);
    const verdict = rules.test(isFolder ? `${relative}/` : relative);
    if (verdict.ignored) ignored = true;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

async function walk(root: string, signal: AbortSignal | undefined): Promise<Pick<FileListing, 'paths' | 'unreadable'>> {
  const paths: string[] = [];
  const unreadable: { path: string; message: string }[] = [];
  const queue: { folder: string; depth: number; chain: readonly FolderRules[] }[] = [
    { folder: '', depth: 0, chain: [] },
  ];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    signal?.throwIfAborted();
    const { folder, depth } = next;
    let entries;
    try {
      entries = await readdir(join(root, folder), { withFileTypes: true });
    } catch (error) {
      unreadable.push({ path: folder === '' ? '.' : folder, message: errorMessage(error) });
      continue;
    }
    const own = entries.some((entry) => entry.name === '.gitignore') ? await readRules(root, folder) : undefined;
    const chain = own === undefined ? next.chain : [...next.chain, own];
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (ALWAYS_IGNORED.has(entry.name) || depth >= MAX_FOLDER_DEPTH || isIgnored(path, true, chain)) continue;
        queue.push({ folder: path, depth: depth + 1, chain });
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !isIgnored(path, false, chain)) {
        paths.push(path);
      }
    }
  }
  return { paths, unreadable };
}

/**
 * Lists the files of a folder as git would: tracked ones and untracked ones that are not ignored. Where git cannot
 * serve (no repository, no git), the folder is walked and nested .gitignore files are honoured; symbolic links to
 * folders are never followed.
 *
 * @throws {@link IndexingError} when `root` is missing, no folder, or cannot be listed.
 */
export async function listFiles(root: string, options: AbortableOptions = {}): Promise<FileListing> {
  await assertFolder(root);
  const listed = await listWithGit(root, options.signal);
  if ('paths' in listed) return { paths: listed.paths.sort(), method: 'git', unreadable: [] };
  const { paths, unreadable } = await walk(root, options.signal);
  if (unreadable.some(({ path }) => path === '.')) {
    throw new IndexingError(`${root} cannot be listed: ${unreadable[0]?.message ?? 'unknown reason'}`, {
      code: 'INDEXING_ROOT_UNREADABLE',
      hint: 'Check that you may read this folder.',
      details: { root },
    });
  }
  return { paths: [...paths].sort(), method: 'walk', reason: listed.reason, unreadable };
}

/**
 * @throws {@link IndexingError} `INDEXING_ROOT_NOT_FOUND`, `INDEXING_ROOT_NOT_A_FOLDER`, `INDEXING_ROOT_UNREADABLE`.
 */
export async function assertFolder(root: string): Promise<void> {
  let found;
  try {
    found = await stat(root);
  } catch (cause) {
    const missing = systemErrorCode(cause) === 'ENOENT' || systemErrorCode(cause) === 'ENOTDIR';
    throw new IndexingError(missing ? `${root} does not exist` : `${root} cannot be read: ${errorMessage(cause)}`, {
      code: missing ? 'INDEXING_ROOT_NOT_FOUND' : 'INDEXING_ROOT_UNREADABLE',
      hint: missing ? 'Name an existing folder: codegraphai index DIR.' : 'Check that you may read this folder.',
      details: { root },
      cause,
    });
  }
  if (!found.isDirectory()) {
    throw new IndexingError(`${root} is not a folder`, {
      code: 'INDEXING_ROOT_NOT_A_FOLDER',
      hint: 'Name the folder of the repository, not a file in it.',
      details: { root },
    });
  }
}
