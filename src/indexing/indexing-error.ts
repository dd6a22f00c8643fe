import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link IndexingError}.
 *
 * - `INDEXING_ROOT_NOT_FOUND`: the folder to index does not exist; `details.root`.
 * - `INDEXING_ROOT_NOT_A_FOLDER`: it is a file or something else; `details.root`.
 * - `INDEXING_ROOT_UNREADABLE`: the system refuses to list it; `details.root`.
 * - `INDEXING_IGNORE_FILE_UNREADABLE`: the product's own ignore file is there and cannot be read; `details.path`.
 * - `INDEXING_FACTS_DAMAGED`: what the index holds of a file cannot be read; `details.path`.
 * - `INDEXING_MODEL_CHANGED`: another run took another model while this one encoded; `details.expected`, `details.found`.
 * - `INDEXING_GIT_MISSING`: changes since a revision are asked for, and git is not installed. No `details`.
 * - `INDEXING_NOT_IN_GIT`: the same, and git does not know the folder; `details.root`.
 * - `INDEXING_REVISION_UNKNOWN`: git has no such revision; `details.revision`.
 * - `INDEXING_GIT_FAILED`: git ended with an error; `details.root`.
 */
export const INDEXING_ERROR_CODES = [
  'INDEXING_ROOT_NOT_FOUND',
  'INDEXING_ROOT_NOT_A_FOLDER',
  'INDEXING_ROOT_UNREADABLE',
  'INDEXING_IGNORE_FILE_UNREADABLE',
  'INDEXING_FACTS_DAMAGED',
  'INDEXING_MODEL_CHANGED',
  'INDEXING_GIT_MISSING',
  'INDEXING_NOT_IN_GIT',
  'INDEXING_REVISION_UNKNOWN',
  'INDEXING_GIT_FAILED',
] as const;
export type IndexingErrorCode = (typeof INDEXING_ERROR_CODES)[number];

/** The repository cannot be indexed at all, or not to the end. Trouble with single files is a Diagnostic in the report instead. */
export class IndexingError extends CodeGraphError<IndexingErrorCode> {
  override readonly name: string = 'IndexingError';
}
