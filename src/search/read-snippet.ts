import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { systemErrorCode } from '../kernel/errors.ts';
import type { FileStamp } from '../store/index-store.ts';

/** Lines of a place in the repository. Lines are 1-based and inclusive. */
export interface SnippetPlace {
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

export interface ReadSnippetOptions {
  /** Most lines to give. @defaultValue {@link DEFAULT_SNIPPET_LINES} */
  readonly maxLines?: number | undefined;
  /** Most characters (UTF-16 units) to give: minified files have lines of megabytes. @defaultValue {@link DEFAULT_SNIPPET_LENGTH} */
  readonly maxLength?: number | undefined;
  /** What the index knows of the file; with it, `stale` is sure. */
  readonly stamp?: FileStamp | undefined;
}

export const DEFAULT_SNIPPET_LINES = 40;
export const DEFAULT_SNIPPET_LENGTH = 8_000;
/** Bytes of a file that are read at most, however far down the lines are (CWE-400). */
export const MAX_SNIPPET_FILE_BYTES: number = 16 * 1024 * 1024;
const READ_BYTES = 256 * 1024;

/**
 * What came of it. `missing`: the file is gone. `outside-root`: the path leads out of the repository, perhaps through a
 * symlink, and was not read. `unreadable`: the system refuses, it is no regular file, or the lines are too far into it.
 * `changed`: the file has no such lines any more.
 */
export type Snippet =
  | {
      readonly status: 'read';
      readonly text: string;
      /** Last line that `text` holds a part of. */
      readonly endLine: number;
      /** True where a limit left out lines or characters. */
      readonly truncated: boolean;
      /** True where the file is not the one that was indexed, so that the lines may be others. */
      readonly stale: boolean;
    }
  | { readonly status: 'missing' | 'outside-root' | 'unreadable' | 'changed'; readonly text: null };

/**
 * Reads the lines of a hit from the repository. Files change after they were indexed: what cannot be shown is told by
 * `status` and never thrown.
 *
 * @param root - Root of the repository; nothing outside of it is ever opened (CWE-22, CWE-59).
 */
export async function readSnippet(
  root: string,
  place: SnippetPlace,
  options: ReadSnippetOptions = {},
): Promise<Snippet> {
  const file = await locate(root, place.path);
  if ('status' in file) return file;
  try {
    // Not following links: the path is real, and a link put there since leads elsewhere. Non-blocking: a pipe would hang.
    // Windows has neither flag.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    await using handle = await open(file.path, flags);
    return await readFrom(handle, place, options);
  } catch (error) {
    return failure(error);
  }
}

async function readFrom(handle: FileHandle, place: SnippetPlace, options: ReadSnippetOptions): Promise<Snippet> {
  const { maxLines = DEFAULT_SNIPPET_LINES, maxLength = DEFAULT_SNIPPET_LENGTH, stamp } = options;
  if (!(await handle.stat()).isFile()) return { status: 'unreadable', text: null };
  const lastLine = Math.min(place.endLine, place.startLine + maxLines - 1);
  const lines = await readLines(handle, place.startLine, lastLine, maxLength);
  if (lines.text === null) return { status: lines.ended ? 'changed' : 'unreadable', text: null };
  const text = lines.text.slice(0, maxLength).toWellFormed();
  const endLine = place.startLine + text.split('\n').length - 1;
  const cut = text.length < lines.text.length;
  const endedEarly = lines.ended && !cut && endLine < lastLine;
  return {
    status: 'read',
    text,
    endLine,
    truncated: cut || (endLine < place.endLine && !endedEarly),
    stale: endedEarly || (stamp !== undefined && !(await isUnchanged(handle, stamp))),
  };
}

/** Size and time are the shortcut; where they leave a doubt the content decides. */
async function isUnchanged(handle: FileHandle, stamp: FileStamp): Promise<boolean> {
  const { size, mtimeMs } = await handle.stat();
  if (size !== stamp.sizeBytes) return false;
  if (mtimeMs === stamp.mtimeMs) return true;
  if (size > MAX_SNIPPET_FILE_BYTES) return false;
  const hash = createHash('sha256');
  const buffer = new Uint8Array(READ_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex') === stamp.contentHash;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
    // It grows while it is read.
    if (position > stamp.sizeBytes) return false;
  }
}

/** The real path of a file inside the root, or why there is none to read. */
async function locate(root: string, path: string): Promise<{ readonly path: string } | Snippet> {
  if (path === '' || path.includes('\0') || isAbsolute(path)) return { status: 'outside-root', text: null };
  try {
    const realRoot = await realpath(root);
    const wanted = resolve(realRoot, path);
    // Looked at before the system is asked, so that not even the existence of files outside is told.
    if (!isInside(realRoot, wanted)) return { status: 'outside-root', text: null };
    const realPath = await realpath(wanted);
    return isInside(realRoot, realPath) ? { path: realPath } : { status: 'outside-root', text: null };
  } catch (error) {
    return failure(error);
  }
}

function isInside(root: string, path: string): boolean {
  const fromRoot = relative(root, path);
  return fromRoot !== '' && fromRoot !== '..' && !fromRoot.startsWith(`..${sep}`) && !isAbsolute(fromRoot);
}

/** A file that cannot be shown is part of the answer: the caller shows the status. Mistakes of the program go on. */
function failure(error: unknown): Snippet {
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  return { status: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable', text: null };
}

interface FileLines {
  /** Null where the first line was not reached. */
  readonly text: string | null;
  /** The end of the file was reached. */
  readonly ended: boolean;
}

/** Reads on until the last line wanted, and not further. */
async function readLines(
  handle: FileHandle,
  startLine: number,
  endLine: number,
  maxLength: number,
): Promise<FileLines> {
  const decoder = new TextDecoder('utf-8');
  const buffer = new Uint8Array(READ_BYTES);
  const kept: string[] = [];
  let keptLength = 0;
  let line = 1;
  let position = 0;
  let ended = false;
  while (!ended && line <= endLine && keptLength <= maxLength && position < MAX_SNIPPET_FILE_BYTES) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    position += bytesRead;
    ended = bytesRead === 0;
    const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: !ended });
    for (let from = 0; from < text.length && line <= endLine;) {
      const lineBreak = text.indexOf('\n', from);
      const to = lineBreak < 0 ? text.length : lineBreak + 1;
      if (line >= startLine) {
        kept.push(text.slice(from, to));
        keptLength += to - from;
      }
      if (lineBreak >= 0) line++;
      from = to;
    }
  }
  const text = kept.length === 0 ? null : kept.join('').replaceAll('\r\n', '\n').replace(/\n$/u, '');
  return { text, ended };
}
