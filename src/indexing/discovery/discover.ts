import { lstat, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ignore from 'ignore';
import type { AbortableOptions } from '../../kernel/abort.ts';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { CONTENT_BYTES, isSharedExtension, languageForFile } from '../../parsing/language-registry.ts';
import { IndexingError } from '../indexing-error.ts';
import { listFiles, type FileListing } from './list-files.ts';
import { maxFileBytes, skipReasonOfPath, type SkipReason } from './skip-rules.ts';

/** A file that will be read. */
export interface DiscoveredFile {
  readonly path: string;
  readonly language: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** A file that will not, and why. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
  /** Size limit, system message and the like. */
  readonly detail?: string | undefined;
}

export interface Discovery {
  /** In path order. */
  readonly files: readonly DiscoveredFile[];
  readonly skipped: readonly SkippedFile[];
  readonly method: FileListing['method'];
  readonly diagnostics: readonly Diagnostic[];
}

/** Name of the product's own ignore file in the repository root; same syntax as .gitignore. */
export const IGNORE_FILE = '.codegraphignore';
/** Files whose state is asked for at once. */
const CONCURRENT_STATS = 32;

async function ownIgnoreRules(root: string): Promise<(path: string) => boolean> {
  try {
    const rules = ignore().add(await readFile(join(root, IGNORE_FILE), 'utf8'));
    return (path) => rules.ignores(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return () => false;
    // Indexing what it keeps out would be worse than stopping.
    throw new IndexingError(`${IGNORE_FILE} cannot be read: ${errorMessage(error)}`, {
      code: 'INDEXING_IGNORE_FILE_UNREADABLE',
      hint: 'Check that it is a file you may read.',
      details: { path: IGNORE_FILE },
      cause: error,
    });
  }
}

/** A `#!` line is not longer than this. */
const SHEBANG_BYTES = 256;

/** Language of an executable without an extension, from its `#!` line. */
async function languageOfScript(root: string, path: string, mode: number): Promise<string | undefined> {
  const isExecutable = (mode & 0o111) !== 0;
  if (!isExecutable || path.slice(path.lastIndexOf('/') + 1).includes('.')) return undefined;
  return languageByStart(root, path, SHEBANG_BYTES);
}

async function languageByStart(root: string, path: string, bytes: number): Promise<string | undefined> {
  try {
    await using handle = await open(join(root, path), 'r');
    const head = new Uint8Array(bytes);
    const { bytesRead } = await handle.read(head, 0, bytes, 0);
    return languageForFile(path, head.subarray(0, bytesRead))?.id;
  } catch {
    return undefined; // Unreadable and nameless: reported as a file no parser is known for.
  }
}

/** Whether a path is not there (any more): it or a folder above it is gone, or a file has taken the folder's place. */
export function isMissing(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * Whether a folder above a file is a symbolic link: git lists what it tracked there before, and the file may lie outside
 * the repository now (CWE-59). Each folder is looked at once.
 */
function symlinkDetector(root: string): (path: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  const check = (path: string): Promise<boolean> => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (folder === '') return Promise.resolve(false);
    let answer = known.get(folder);
    if (answer === undefined) {
      answer = lstat(join(root, folder)).then(
        (found) => found.isSymbolicLink() || check(folder),
        () => false, // Gone since: reading the file will say so.
      );
      known.set(folder, answer);
    }
    return answer;
  };
  return check;
}

/** Undefined for a path that git still lists but that is gone from the working tree. */
async function examine(
  root: string,
  path: string,
  isIgnored: (path: string) => boolean,
  isBehindSymlink: (path: string) => Promise<boolean>,
): Promise<DiscoveredFile | SkippedFile | undefined> {
  if (isIgnored(path)) return { path, reason: 'ignored' };
  const byPath = skipReasonOfPath(path);
  if (byPath !== undefined) return { path, reason: byPath };
  let found;
  try {
    found = await lstat(join(root, path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { path, reason: 'unreadable', detail: errorMessage(error) };
  }
  if (found.isSymbolicLink() || (await isBehindSymlink(path))) return { path, reason: 'symlink' };
  if (!found.isFile()) return { path, reason: 'not-a-file' };
  const byContent = isSharedExtension(path) ? await languageByStart(root, path, CONTENT_BYTES) : undefined;
  const language = byContent ?? languageForFile(path)?.id ?? (await languageOfScript(root, path, found.mode));
  if (language === undefined) return { path, reason: 'language' };
  if (found.size > maxFileBytes(language)) {
    return { path, reason: 'too-large', detail: `${found.size} bytes, limit ${maxFileBytes(language)}` };
  }
  return { path, language, sizeBytes: found.size, mtimeMs: found.mtimeMs };
}

/** A skip that a user would not expect is worth a diagnostic; a picture that is not parsed is not. */
function diagnosticOf(skipped: SkippedFile): Diagnostic | undefined {
  if (skipped.reason === 'too-large') {
    return {
      severity: 'info',
      code: 'FILE_TOO_LARGE',
      path: skipped.path,
      message: `${skipped.path} is not indexed: ${skipped.detail ?? 'too large'}`,
      hint: 'Split the file, or leave it out with .codegraphignore.',
    };
  }
  if (skipped.reason === 'unreadable') {
    return {
      severity: 'warning',
      code: 'FILE_UNREADABLE',
      path: skipped.path,
      message: `${skipped.path} cannot be read: ${skipped.detail ?? 'unknown reason'}`,
      hint: 'Check its permissions, or leave it out with .codegraphignore.',
    };
  }
  return undefined;
}

/**
 * Finds the files of a repository that can be parsed, and says of every other one why not.
 *
 * @throws {@link IndexingError} when `root` is missing, no folder, or cannot be listed, or its ignore file cannot be read.
 */
export async function discover(root: string, options: AbortableOptions = {}): Promise<Discovery> {
  const listing = await listFiles(root, options);
  const isIgnored = await ownIgnoreRules(root);
  const isBehindSymlink = symlinkDetector(root);
  const files: DiscoveredFile[] = [];
  const skipped: SkippedFile[] = [];
  for (let start = 0; start < listing.paths.length; start += CONCURRENT_STATS) {
    options.signal?.throwIfAborted();
    const group = listing.paths.slice(start, start + CONCURRENT_STATS);
    for (const result of await Promise.all(group.map((path) => examine(root, path, isIgnored, isBehindSymlink)))) {
      if (result === undefined) continue;
      if ('reason' in result) skipped.push(result);
      else files.push(result);
    }
  }
  const diagnostics = skipped.map(diagnosticOf).filter((diagnostic) => diagnostic !== undefined);
  for (const { path, message } of listing.unreadable) {
    diagnostics.push({
      severity: 'warning',
      code: 'FOLDER_UNREADABLE',
      path,
      message: `the folder ${path} cannot be listed: ${message}`,
      hint: 'Check its permissions.',
    });
  }
  return { files, skipped, method: listing.method, diagnostics };
}
