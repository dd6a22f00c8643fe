import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';

/**
 * What stands under the name of a large file of a model.
 *
 * - `content`: something that may be the file; only its reader can tell.
 * - `lfs-pointer`: what a clone without `git lfs pull` leaves.
 * - `html`: a page saved in place of a download, by a captive portal or as an error.
 * - `error-text`: what a hub answers instead of a file (`Entry not found`), saved as the file.
 */
export type SniffedKind = 'absent' | 'folder' | 'special' | 'empty' | 'lfs-pointer' | 'html' | 'error-text' | 'content';

/** What a reader would say of each kind that is no content. */
export const KIND_DESCRIPTIONS: Readonly<Record<Exclude<SniffedKind, 'content'>, string>> = {
  absent: 'is not there',
  folder: 'is a folder',
  special: 'is not a regular file',
  empty: 'is empty',
  'lfs-pointer': 'is a Git LFS pointer, not the file itself',
  html: 'is an HTML or XML page, not the file itself',
  'error-text': 'holds the error message of a server, not the file itself',
};

const DOWNLOAD_AGAIN = 'Download the file again and compare its size with the publisher’s.';

/** What to do about each kind that is no content. */
export const KIND_REPAIRS: Readonly<Record<Exclude<SniffedKind, 'content'>, string>> = {
  absent: DOWNLOAD_AGAIN,
  folder: 'Put the file itself where a folder of its name is.',
  special: 'Put the file itself there.',
  empty: DOWNLOAD_AGAIN,
  'lfs-pointer': 'Run "git lfs pull" in the folder of the model, or download the model again.',
  html: 'Download the file again: a login page or an error page was saved in its place.',
  'error-text': 'Download the file again from the model’s page: what was asked for is not there or needs a login.',
};

const SNIFF_BYTES = 512;
/** Answers of huggingface.co to a request it refuses, as plain text. */
const ERROR_TEXTS = ['Entry not found', 'Repository not found', 'Invalid username or password', 'Access to model'];

/**
 * Looks at the first bytes of a file, whatever its name says.
 *
 * @throws {@link ModelError} `MODEL_FILE_MISSING` when the system refuses to read it.
 */
export async function sniffFile(path: string): Promise<SniffedKind> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    // Opening a named pipe would wait for its other end.
    if (!found.isFile()) return 'special';
    // Opened also when it is empty, so that a missing permission is named here.
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return kindOf(buffer.toString('latin1', 0, bytesRead));
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
    throw new ModelError(`${path} cannot be read: ${errorMessage(cause)}`, {
      code: 'MODEL_FILE_MISSING',
      hint: 'Check that you may read the files of the model.',
      details: { folder: dirname(path), file: path },
      cause,
    });
  }
}

function kindOf(start: string): SniffedKind {
  if (start === '') return 'empty';
  if (start.startsWith('version https://git-lfs.')) return 'lfs-pointer';
  // A byte order mark in UTF-8 may stand before the page.
  if (/^(?:\xef\xbb\xbf)?\s*<(?:[!?]|html|head|body)/i.test(start)) return 'html';
  return ERROR_TEXTS.some((text) => start.startsWith(text)) ? 'error-text' : 'content';
}
