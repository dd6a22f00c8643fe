import { open, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFolder } from '../../kernel/create-folder.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { REBUILD_HINT, StoreError } from '../store-error.ts';
import { Connection } from './connection.ts';
import { APPLICATION_ID, SCHEMA_SQL, SCHEMA_VERSION } from './schema.ts';

/** How an index is opened. */
export interface OpenStoreOptions {
  /**
   * Opens for reading only: every change throws `STORE_READ_ONLY`.
   * @defaultValue false
   */
  readonly readOnly?: boolean | undefined;
  /**
   * Makes a new index where there is none, and the folder it is in.
   * @defaultValue true unless `readOnly`
   */
  readonly create?: boolean | undefined;
  /**
   * How long a call waits for another process's lock before `STORE_LOCKED`.
   * @defaultValue 5000
   */
  readonly busyTimeoutMs?: number | undefined;
}

const DEFAULT_BUSY_TIMEOUT_MS = 5000;
/** The write-ahead log is cut to this size after it was folded, so that one big run does not keep the disk. */
const MAX_IDLE_LOG_BYTES = 64 * 1024 * 1024;
/** The log is folded into the file when it has this many pages, 32 MB: a page that many changes touch is then written once. */
const FOLD_PAGES = 8_192;
/** Questions come back to the same pages; a run that writes touches most of them once, and shares memory with parsers. */
const READER_CACHE_KIB = 64 * 1024;
const WRITER_CACHE_KIB = 16 * 1024;

/** Files SQLite keeps beside the index. */
const COMPANION_SUFFIXES = ['-wal', '-shm', '-journal'] as const;

function damaged(path: string, what: string): StoreError {
  return new StoreError(`The index ${path} ${what}`, { code: 'STORE_DAMAGED', hint: REBUILD_HINT, details: { path } });
}

function unreadable(path: string, cause: unknown): StoreError {
  return new StoreError(`The index ${path} cannot be opened: ${errorMessage(cause)}`, {
    code: 'STORE_UNREADABLE',
    hint: 'Check that the folder exists and that you may use it.',
    details: { path, systemCode: systemErrorCode(cause) },
    cause,
  });
}

/** Size of a regular file, -1 where there is none. */
async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    if (systemErrorCode(cause) === 'ENOENT') return undefined;
    throw unreadable(path, cause);
  });
  if (found === undefined) return -1;
  if (found.isFile()) return found.size;
  throw new StoreError(`The index ${path} is not a regular file`, {
    code: 'STORE_UNREADABLE',
    hint: 'Move it away: the index is a file of that name.',
    details: { path },
  });
}

/** What SQLite's header says the file has; 0 where it says nothing. https://www.sqlite.org/fileformat.html, 1.3. */
async function declaredBytes(path: string): Promise<number> {
  const header = new DataView(new ArrayBuffer(100));
  try {
    await using handle = await open(path, 'r');
    const { bytesRead } = await handle.read(header, 0, header.byteLength, 0);
    if (bytesRead < header.byteLength) return 0;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const pageBytes = header.getUint16(16) === 1 ? 65_536 : header.getUint16(16);
  // The page count counts only where the last writer knew of it.
  return header.getUint32(24) === header.getUint32(92) ? header.getUint32(28) * pageBytes : 0;
}

/** Whether the end of the file is missing. SQLite takes a last page that is cut for one full of zeros. */
async function isCut(path: string): Promise<boolean> {
  // In this order: a file that another process lets grow meanwhile is not taken for a cut one.
  const declared = await declaredBytes(path);
  const sizeBytes = await fileSize(path);
  // While a log waits to be folded, the file may be behind its header.
  return sizeBytes < declared && (await fileSize(`${path}-wal`)) <= 0;
}

function setPragmas(connection: Connection): void {
  // An index can come with a repository one does not trust (CWE-829): its schema runs no functions of ours, and each
  // page is checked before it is used. No memory map: a file cut by another process would end this one (SIGBUS).
  connection.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0');
  // Rows belong together by the code of the tables, in one transaction a change; nothing is left to cascades.
  connection.exec('PRAGMA foreign_keys = OFF');
  connection.exec(
    `PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${connection.readOnly ? READER_CACHE_KIB : WRITER_CACHE_KIB}`,
  );
  if (connection.readOnly) return;
  // NORMAL: a killed process loses nothing; a power cut may lose the last transactions, never the whole.
  connection.exec(`PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
  connection.exec(`PRAGMA wal_autocheckpoint = ${FOLD_PAGES}`);
}

function pragma(connection: Connection, name: 'user_version' | 'application_id'): number {
  return connection.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0;
}

/** Whether nothing was ever written: a file just made, or one whose maker was killed before its first transaction. */
function isBlank(connection: Connection): boolean {
  const objects = connection.get<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema')?.count;
  return objects === 0 && pragma(connection, 'user_version') === 0 && pragma(connection, 'application_id') === 0;
}

function createSchema(connection: Connection): void {
  connection.exec('PRAGMA journal_mode = WAL');
  connection.write(() => {
    // Another process may have been faster.
    if (!isBlank(connection)) return;
    connection.exec(SCHEMA_SQL);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

function checkSchema(connection: Connection): void {
  const { path } = connection;
  if (pragma(connection, 'application_id') !== APPLICATION_ID) throw damaged(path, 'is not an index of codegraphai');
  const found = pragma(connection, 'user_version');
  if (found !== SCHEMA_VERSION) {
    throw new StoreError(
      `The index ${path} has version ${found}, and this codegraphai reads version ${SCHEMA_VERSION}`,
      {
        code: 'STORE_VERSION_MISMATCH',
        hint: found > SCHEMA_VERSION ? `Update codegraphai, or run \`codegraphai index --full\`.` : REBUILD_HINT,
        details: { path, found, expected: SCHEMA_VERSION },
      },
    );
  }
  // An index has neither; somebody else's would run on our changes.
  const strange = connection.get<{ name: string }>("SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')");
  if (strange !== undefined) throw damaged(path, `holds "${strange.name}", which no index has`);
  if (connection.get('SELECT revision FROM state') === undefined) throw damaged(path, 'has lost its state');
}

function prepare(connection: Connection, create: boolean): Connection {
  try {
    setPragmas(connection);
    if (isBlank(connection)) {
      if (!create) throw damaged(connection.path, 'is empty');
      createSchema(connection);
    }
    checkSchema(connection);
    return connection;
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/**
 * A log in WAL mode needs two files beside the index even for reading. Where the folder may not be written and nobody
 * has left them, SQLite can still read the index as one that nobody changes (`immutable`): true enough, for a log with
 * content would be there.
 */
function openReadOnly(path: string, logBytes: number, busyTimeoutMs: number): Connection {
  const options = { readOnly: true, busyTimeoutMs };
  try {
    return prepare(new Connection(path, path, options), false);
  } catch (thrown) {
    const refused =
      thrown instanceof StoreError && (thrown.code === 'STORE_UNREADABLE' || thrown.code === 'STORE_READ_ONLY');
    if (!refused) throw thrown;
    if (logBytes > 0) {
      throw new StoreError(`The index ${path} has changes in its log, and its folder may not be written`, {
        code: 'STORE_READ_ONLY',
        hint: 'Run any codegraphai command once as a user who may write the folder, or copy the folder elsewhere.',
        details: { path, ...thrown.details },
        cause: thrown,
      });
    }
    const location = pathToFileURL(resolve(path));
    location.searchParams.set('immutable', '1');
    return prepare(new Connection(path, location, options), false);
  }
}

/**
 * Opens or makes the SQLite file of an index and checks that it is one of this version.
 *
 * @param path - File, or `:memory:`.
 * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_VERSION_MISMATCH`, `STORE_DAMAGED`, `STORE_LOCKED`,
 * `STORE_READ_ONLY`, `STORE_UNREADABLE`, `STORE_FULL`.
 */
export async function openConnection(path: string, options: OpenStoreOptions = {}): Promise<Connection> {
  const { readOnly = false, create = !readOnly, busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS } = options;
  if (path === ':memory:') return prepare(new Connection(path, path, { readOnly: false, busyTimeoutMs }), true);
  const sizeBytes = await fileSize(path);
  const logBytes = await fileSize(`${path}-wal`);
  // SQLite would throw such a log away without a word, and with it changes that were promised.
  if (sizeBytes <= 0 && logBytes > 0) throw damaged(path, 'is missing or empty, and only its log is left');
  if (sizeBytes < 0 && !create) {
    throw new StoreError(`There is no index at ${path}`, {
      code: 'STORE_NOT_FOUND',
      hint: 'Run `codegraphai index` to make one.',
      details: { path },
    });
  }
  // Twice: the other process may have been folding its log.
  if (sizeBytes > 0 && (await isCut(path)) && (await isCut(path))) throw damaged(path, 'ends before its last page');
  if (readOnly) return openReadOnly(path, logBytes, busyTimeoutMs);
  if (sizeBytes < 0) await makeFolder(dirname(path), path);
  return prepare(new Connection(path, path, { readOnly: false, busyTimeoutMs }), create);
}

async function makeFolder(folder: string, path: string): Promise<void> {
  try {
    await createFolder(folder);
  } catch (cause) {
    throw new StoreError(`The folder of the index ${path} cannot be made: ${errorMessage(cause)}`, {
      code: 'STORE_UNREADABLE',
      hint: 'Check that you may write the folder above it.',
      details: { path, systemCode: systemErrorCode(cause) },
      cause,
    });
  }
}

/**
 * Deletes an index and the files SQLite keeps beside it: how one that is damaged, or of another version, gives way to a
 * new one. Nothing may have it open.
 *
 * @throws {@link StoreError} `STORE_UNREADABLE` when the system refuses.
 */
export async function deleteIndex(path: string): Promise<void> {
  try {
    await rm(path, { force: true, recursive: false });
    for (const suffix of COMPANION_SUFFIXES) await rm(path + suffix, { force: true });
  } catch (cause) {
    throw new StoreError(`The index ${path} cannot be deleted: ${errorMessage(cause)}`, {
      code: 'STORE_UNREADABLE',
      hint: 'Delete it by hand.',
      details: { path, systemCode: systemErrorCode(cause) },
      cause,
    });
  }
}
