import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ScipError } from '../scip/scip-error.ts';
import type { ScipDocument } from '../scip/scip-index.ts';
import { assertReadableSize, readScipIndex } from '../scip/read-scip-index.ts';
import { withUtf16Columns } from '../scip/utf16-columns.ts';
import { decodeText } from './discovery/decode-text.ts';

/** Where SCIP indexers write unless they are told otherwise. */
export const DEFAULT_SCIP_FILE = 'index.scip';

/** A SCIP index beside the repository: what a compiler or language server says of its uses of names. */
export interface PreciseIndex {
  readonly path: string;
  /** It was asked for by name. */
  readonly isGiven: boolean;
  /** Changes with the file. */
  readonly digest: string;
  /**
   * Its documents of files that are indexed. Reads the file on every call.
   * @throws {@link ScipError} `SCIP_MALFORMED`, `SCIP_LIMIT_EXCEEDED`.
   */
  readonly read: () => readonly ScipDocument[];
}

/**
 * Finds the SCIP index of a repository.
 *
 * @param given - The file that is asked for, relative to the root.
 * @param remembered - The file an earlier run was asked for; without either, `index.scip` in the root.
 * @param paths - Files that are indexed.
 * @returns null where none is asked for and none is there.
 * @throws {@link ScipError} `SCIP_NOT_FOUND` where the one asked for is not there.
 */
export function findPreciseIndex(
  root: string,
  given: string | undefined,
  remembered: string | undefined,
  paths: ReadonlySet<string>,
): PreciseIndex | null {
  const path = resolve(root, given ?? remembered ?? DEFAULT_SCIP_FILE);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) {
    if (given === undefined) return null;
    throw new ScipError(`There is no SCIP index ${path}`, {
      code: 'SCIP_NOT_FOUND',
      hint: 'Name a file that a SCIP indexer wrote, or index without --scip.',
      details: { path },
    });
  }
  const digest = createHash('sha256').update(`${path}\0${found.size}\0${found.mtimeMs}`).digest('hex');
  return { path, isGiven: given !== undefined, digest, read: () => readDocuments(root, path, found.size, paths) };
}

function readDocuments(root: string, path: string, size: number, paths: ReadonlySet<string>): ScipDocument[] {
  assertReadableSize(size, path);
  const documents: ScipDocument[] = [];
  for (const document of readScipIndex(readFileSync(path), path)) {
    if (!paths.has(document.path)) continue;
    const needsText = document.positionEncoding === 'utf-8' || document.positionEncoding === 'utf-32';
    documents.push(needsText ? withUtf16Columns(document, readText(join(root, document.path))) : document);
  }
  return documents;
}

/** A file that is gone since it was found has no columns to count; its uses are not looked up either. */
function readText(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? decodeText(readFileSync(path)).text : '';
}
