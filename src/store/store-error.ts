import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link StoreError}. `details` always holds `path`, the file of the index (`:memory:` for one in memory), and
 * what each line adds:
 *
 * - `STORE_NOT_FOUND`: there is no index at the path.
 * - `STORE_VERSION_MISMATCH`: another version of this package wrote the index; `found`, `expected`.
 * - `STORE_DAMAGED`: the file is not an index, or no longer a whole one; `sqliteCode` where SQLite says so.
 * - `STORE_LOCKED`: another process kept the index locked for longer than the time-out; `sqliteCode`.
 * - `STORE_FULL`: the disk, or the largest size of the file, is used up; `sqliteCode`.
 * - `STORE_READ_ONLY`: a change to an index that is open for reading or may not be written; `sqliteCode`.
 * - `STORE_UNREADABLE`: the system refuses to open, read or write the file; `sqliteCode` or `systemCode`.
 * - `STORE_CLOSED`: use after close.
 * - `STORE_DIMENSIONS_MISMATCH`: vectors of another length than those in the index; `found`, `expected`.
 * - `STORE_CONFLICT`: the change contradicts itself, such as two symbols of one id; `sqliteCode`.
 * - `STORE_TOO_LARGE`: the vectors do not fit into memory; `segments`.
 * - `STORE_FAILED`: anything else SQLite reports; `sqliteCode`.
 */
export const STORE_ERROR_CODES = [
  'STORE_NOT_FOUND',
  'STORE_VERSION_MISMATCH',
  'STORE_DAMAGED',
  'STORE_LOCKED',
  'STORE_FULL',
  'STORE_READ_ONLY',
  'STORE_UNREADABLE',
  'STORE_CLOSED',
  'STORE_DIMENSIONS_MISMATCH',
  'STORE_CONFLICT',
  'STORE_TOO_LARGE',
  'STORE_FAILED',
] as const;
export type StoreErrorCode = (typeof STORE_ERROR_CODES)[number];

/** The index could not be opened, read or changed. */
export class StoreError extends CodeGraphError<StoreErrorCode> {
  override readonly name: string = 'StoreError';
}

/** What to do about an index that cannot be trusted any more. Nothing is lost: it is made from the files. */
export const REBUILD_HINT = 'Run `codegraphai index --full` to rebuild it.';
