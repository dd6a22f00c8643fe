import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { REBUILD_HINT, StoreError } from '../store-error.ts';
import { fileNodeId } from '../../graph/symbol.ts';
import type { FileFacts, FileStamp } from '../index-store.ts';
import type { Connection } from './connection.ts';

interface StampRow {
  readonly path: string;
  readonly language: string;
  readonly content_hash: string;
  readonly size_bytes: number;
  readonly mtime_ms: number;
}

/** What the index knows of every file, in path order. */
export function fileStamps(connection: Connection, paths?: readonly string[]): FileStamp[] {
  const columns = 'SELECT path, language, content_hash, size_bytes, mtime_ms FROM file';
  const rows =
    paths === undefined
      ? connection.all<StampRow>(`${columns} ORDER BY path`)
      : [...new Set(paths)].sort().flatMap((path) => connection.all<StampRow>(`${columns} WHERE path = ?`, path));
  return rows.map((row) => ({
    path: row.path,
    language: row.language,
    contentHash: row.content_hash,
    sizeBytes: row.size_bytes,
    mtimeMs: row.mtime_ms,
  }));
}

/** Next files after a path, in path order. */
export function factsAfter(connection: Connection, path: string, limit: number): FileFacts[] {
  return connection.all<FileFacts>('SELECT path, facts FROM file WHERE path > ? ORDER BY path LIMIT ?', path, limit);
}

/** Of the given files. */
export function factsOf(connection: Connection, paths: readonly string[]): FileFacts[] {
  return connection.all<FileFacts>(
    'SELECT path, facts FROM file WHERE path IN (SELECT value FROM json_each(?)) ORDER BY path',
    JSON.stringify(paths),
  );
}

/** Keeps the facts of a file that is about to change, unless it has changed before since edges were made. */
export function keepPreviousFacts(connection: Connection, path: string): void {
  connection.run(
    `INSERT OR IGNORE INTO previous_facts (path, facts)
     SELECT f.path, f.facts FROM file f JOIN node n ON n.name = ? JOIN edge_set e ON e.owner = n.id WHERE f.path = ?`,
    fileNodeId(path),
    path,
  );
}

/** What {@link keepPreviousFacts} kept. */
export function previousFacts(connection: Connection): FileFacts[] {
  return connection.all<FileFacts>('SELECT path, facts FROM previous_facts ORDER BY path');
}

/** Forgets it: edges are made from what files are now. */
export function forgetPreviousFacts(connection: Connection): void {
  connection.run('DELETE FROM previous_facts');
}

/** Stored diagnostics, in order of their files' paths. */
export function diagnostics(connection: Connection): Diagnostic[] {
  const rows = connection.all<{ path: string; diagnostics: string }>(
    'SELECT path, diagnostics FROM file WHERE diagnostics IS NOT NULL ORDER BY path',
  );
  return rows.flatMap((row) => parseDiagnostics(row.diagnostics, row.path, connection.path));
}

function parseDiagnostics(json: string, file: string, path: string): Diagnostic[] {
  try {
    // The border to SQLite: `upsertFile` wrote it from a Diagnostic[].
    return JSON.parse(json) as Diagnostic[];
  } catch (cause) {
    throw new StoreError(`The index ${path} holds diagnostics of ${file} that are not JSON`, {
      code: 'STORE_DAMAGED',
      hint: REBUILD_HINT,
      details: { path },
      cause,
    });
  }
}

/** Id of a file the index knows. */
export function findFile(connection: Connection, path: string): number | undefined {
  return connection.get<{ id: number }>('SELECT id FROM file WHERE path = ?', path)?.id;
}

/** Writes the row of a file, keeping its id where it has one. */
export function upsertFile(
  connection: Connection,
  stamp: FileStamp,
  facts: Uint8Array,
  fileDiagnostics: readonly Diagnostic[],
): number {
  connection.run(
    `INSERT INTO file (path, language, content_hash, size_bytes, mtime_ms, diagnostics, facts)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET language = excluded.language, content_hash = excluded.content_hash,
       size_bytes = excluded.size_bytes, mtime_ms = excluded.mtime_ms, diagnostics = excluded.diagnostics,
       facts = excluded.facts`,
    stamp.path,
    stamp.language,
    stamp.contentHash,
    stamp.sizeBytes,
    stamp.mtimeMs,
    fileDiagnostics.length > 0 ? JSON.stringify(fileDiagnostics) : null,
    facts,
  );
  const id = findFile(connection, stamp.path);
  if (id === undefined) throw new TypeError('a file that was written is not there');
  return id;
}

/** Stores the time of a file, unless its content is another than the one that was looked at. */
export function touchFile(
  connection: Connection,
  { path, contentHash, mtimeMs }: Pick<FileStamp, 'path' | 'contentHash' | 'mtimeMs'>,
): void {
  connection.run('UPDATE file SET mtime_ms = ? WHERE path = ? AND content_hash = ?', mtimeMs, path, contentHash);
}

/** Deletes the row of a file; what belongs to it goes before. */
export function deleteFile(connection: Connection, fileId: number): void {
  connection.run('DELETE FROM file WHERE id = ?', fileId);
}
