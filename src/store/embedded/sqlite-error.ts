import { errorMessage } from '../../kernel/errors.ts';
import { REBUILD_HINT, StoreError, type StoreErrorCode } from '../store-error.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html. The low byte of an extended code. */
const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_PROTOCOL = 15;
const SQLITE_CONSTRAINT = 19;
const SQLITE_NOTADB = 26;
/** Extended code: the file ends where a page should be. */
const SQLITE_IOERR_SHORT_READ = 522;

interface Meaning {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly hint: string;
}

const DAMAGED: Meaning = { code: 'STORE_DAMAGED', message: 'is damaged', hint: REBUILD_HINT };
const LOCKED: Meaning = {
  code: 'STORE_LOCKED',
  message: 'is locked by another process',
  hint: 'Wait until the other codegraphai process is done, then run the command again.',
};
const UNREADABLE: Meaning = {
  code: 'STORE_UNREADABLE',
  message: 'cannot be opened, read or written',
  hint: 'Check that the folder exists, that you may use it, and that the disk works.',
};

const READ_ONLY: Meaning = {
  code: 'STORE_READ_ONLY',
  message: 'may not be written',
  hint: 'Check the permissions of the file and of its folder.',
};
const FULL: Meaning = {
  code: 'STORE_FULL',
  message: 'cannot grow: the disk is full',
  hint: 'Free some disk space and run the command again.',
};
const CONFLICT: Meaning = {
  code: 'STORE_CONFLICT',
  message: 'refused a change that contradicts itself',
  hint: 'Report this as a bug of codegraphai.',
};

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  // Every statement is our own and fits the schema, so one that SQLite does not understand met another schema.
  [SQLITE_ERROR, DAMAGED],
  [SQLITE_CORRUPT, DAMAGED],
  [SQLITE_NOTADB, DAMAGED],
  [SQLITE_BUSY, LOCKED],
  [SQLITE_LOCKED, LOCKED],
  [SQLITE_PROTOCOL, LOCKED],
  [SQLITE_IOERR, UNREADABLE],
  [SQLITE_CANTOPEN, UNREADABLE],
  [SQLITE_READONLY, READ_ONLY],
  [SQLITE_FULL, FULL],
  [SQLITE_CONSTRAINT, CONFLICT],
]);

/** Result code of an error that `node:sqlite` threw, extended where SQLite gives one; undefined for other errors. */
export function sqliteResultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode : undefined;
}

/**
 * Turns what `node:sqlite` threw into a {@link StoreError}. Errors that do not come from SQLite are returned as they
 * are: a {@link StoreError} thrown inside a transaction, or a programmer's mistake.
 */
export function toStoreError(thrown: unknown, path: string): unknown {
  const sqliteCode = sqliteResultCode(thrown);
  if (sqliteCode === undefined) return thrown;
  const meaning = sqliteCode === SQLITE_IOERR_SHORT_READ ? DAMAGED : MEANINGS.get(sqliteCode & 0xff);
  const text = `${meaning?.message ?? 'failed'} (SQLite: ${errorMessage(thrown)})`;
  return new StoreError(`The index ${path} ${text}`, {
    code: meaning?.code ?? 'STORE_FAILED',
    hint: meaning?.hint ?? REBUILD_HINT,
    details: { path, sqliteCode },
    cause: thrown,
  });
}
