import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import { ScipError } from '../scip/scip-error.ts';
import type { ScipDocument } from '../scip/scip-index.ts';
import { assertReadableSize, readScipIndex } from '../scip/read-scip-index.ts';
import { withUtf16Columns } from '../scip/utf16-columns.ts';
import { decodeText } from './discovery/decode-text.ts';

/** Where SCIP indexers write unless they are told otherwise. */
export const DEFAULT_SCIP_FILE = 'index.scip';
/** Stands for a path where an earlier run was asked to use no SCIP index at all. */
export const NO_PRECISE_INDEX = '';

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

/** What {@link findPreciseIndex} finds. */
export interface FoundPreciseIndex {
  /** Null where none is asked for and none is there. */
  readonly index: PreciseIndex | null;
  /** A warning where that of an earlier run is gone. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds the SCIP index of a repository.
 *
 * @param given - The file that is asked for, relative to the root; null for none.
 * @param remembered - The file an earlier run was asked for, or {@link NO_PRECISE_INDEX}; without either, `index.scip` in
 * the root.
 * @param paths - Files that are indexed.
 * @throws {@link ScipError} `SCIP_NOT_FOUND` where the one asked for is not there.
 */
export function findPreciseIndex(
  root: string,
  given: string | null | undefined,
  remembered: string | undefined,
  paths: ReadonlySet<string>,
): FoundPreciseIndex {
  const wanted = given ?? (given === null ? NO_PRECISE_INDEX : remembered);
  if (wanted === NO_PRECISE_INDEX) return { index: null, diagnostics: [] };
  const path = resolve(root, wanted ?? DEFAULT_SCIP_FILE);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) {
    const digest = createHash('sha256').update(`${path}\0${found.size}\0${found.mtimeMs}`).digest('hex');
    const read = (): readonly ScipDocument[] => readDocuments(root, path, found.size, paths);
    return { index: { path, isGiven: typeof given === 'string', digest, read }, diagnostics: [] };
  }
  if (typeof given !== 'string') return { index: null, diagnostics: wanted === undefined ? [] : [goneWarning(path)] };
  throw new ScipError(`There is no SCIP index ${path}`, {
    code: 'SCIP_NOT_FOUND',
    hint: 'Name a file that a SCIP indexer wrote, or index without --scip.',
    details: { path },
  });
}

const goneWarning = (path: string): Diagnostic => ({
  severity: 'warning',
  code: 'SCIP_NOT_FOUND',
  message: `The SCIP index of an earlier run is gone: ${path}`,
  path,
  hint: 'Name another one with --scip, or forget it with --no-scip.',
});

/** An index that nobody asked for and that cannot be read is left out, and said so. */
export function readPreciseIndex(index: PreciseIndex): {
  readonly documents: readonly ScipDocument[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  try {
    return { documents: index.read(), diagnostics: [] };
  } catch (error) {
    if (index.isGiven || !(error instanceof ScipError)) throw error;
    const { code, message, hint } = error;
    return { documents: undefined, diagnostics: [{ severity: 'warning', code, message, path: index.path, hint }] };
  }
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
