import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link IndexingError}.
 *
 * - `INDEXING_ROOT_NOT_FOUND`: the folder to index does not exist; `details.root`.
 * - `INDEXING_ROOT_NOT_A_FOLDER`: it is a file or something else; `details.root`.
 * - `INDEXING_ROOT_UNREADABLE`: the system refuses to list it; `details.root`.
 */
export const INDEXING_ERROR_CODES = [
  'INDEXING_ROOT_NOT_FOUND',
  'INDEXING_ROOT_NOT_A_FOLDER',
  'INDEXING_ROOT_UNREADABLE',
] as const;
export type IndexingErrorCode = (typeof INDEXING_ERROR_CODES)[number];

/** The repository cannot be indexed at all. Trouble with single files is a Diagnostic in the report instead. */
export class IndexingError extends CodeGraphError<IndexingErrorCode> {
  override readonly name: string = 'IndexingError';
}
