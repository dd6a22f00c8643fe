import type { Chunk } from '../../chunking/chunk.ts';
import type { SymbolNode } from '../../graph/symbol.ts';
import type { ChunkRecord } from '../dump-index.ts';
import type { PendingEmbedding, StoredChunk } from '../index-store.ts';
import type { Connection } from './connection.ts';
import type { NodeInterner } from './node-table.ts';
import { SYMBOL_COLUMNS, symbolOf, type SymbolRow } from './symbol-table.ts';

interface ChunkRow extends SymbolRow {
  readonly id: number;
  readonly chunk_path: string;
  readonly chunk_language: string;
  readonly chunk_start: number;
  readonly chunk_end: number;
  readonly symbol_id: number | null;
}

/** Words of a chunk on their way to the text index. */
export interface ChunkWords {
  readonly id: number;
  readonly words: Chunk['words'];
}

/**
 * Writes the chunks of a file with their texts.
 *
 * @returns Their words, for {@link insertWords}.
 */
export function insertChunks(
  connection: Connection,
  nodes: NodeInterner,
  fileId: number,
  chunks: readonly Chunk[],
  symbols: readonly SymbolNode[],
): ChunkWords[] {
  const written: ChunkWords[] = [];
  for (const [ordinal, chunk] of chunks.entries()) {
    const symbol = chunk.definition < 0 ? undefined : symbols[chunk.definition];
    if (symbol === undefined && chunk.definition >= 0) {
      throw new TypeError(`a chunk shows definition ${chunk.definition} of ${symbols.length}`);
    }
    const id = connection.insert(
      `INSERT INTO chunk (file_id, ordinal, content_id, symbol_id, kind, start_line, end_line)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      fileId,
      ordinal,
      internContent(connection, chunk),
      symbol === undefined ? null : nodes.intern(symbol.id),
      symbol?.kind ?? null,
      chunk.startLine,
      chunk.endLine,
    );
    written.push({ id, words: chunk.words });
  }
  return written;
}

/** Writes words to the text index: many at a time, as what it collects is written out whenever other tables change. */
export function insertWords(connection: Connection, chunks: readonly ChunkWords[]): void {
  for (const { id, words } of chunks) {
    const { name, path, body } = words;
    connection.run('INSERT INTO keyword (rowid, name, path, body) VALUES (?, ?, ?, ?)', id, name, path, body);
  }
}

function internContent(connection: Connection, chunk: Chunk): number {
  const found = connection.get<{ id: number }>('SELECT id FROM content WHERE hash = ?', chunk.contentHash);
  if (found !== undefined) return found.id;
  const id = connection.insert('INSERT INTO content (hash, text) VALUES (?, ?)', chunk.contentHash, chunk.text);
  connection.run('INSERT INTO pending (content_id) VALUES (?)', id);
  return id;
}

/**
 * Deletes the chunks of a file.
 *
 * @returns Ids of the texts they had, which may have lost their last chunk; see `removeOrphanContents`.
 */
export function deleteChunks(connection: Connection, fileId: number): number[] {
  const rows = connection.all<{ content_id: number }>('SELECT content_id FROM chunk WHERE file_id = ?', fileId);
  if (rows.length === 0) return [];
  connection.run('DELETE FROM keyword WHERE rowid IN (SELECT id FROM chunk WHERE file_id = ?)', fileId);
  connection.run('DELETE FROM chunk WHERE file_id = ?', fileId);
  return rows.map((row) => row.content_id);
}

/** Chunks in the order of `ids`; ids that are none are left out. */
export function getChunks(connection: Connection, ids: readonly number[]): StoredChunk[] {
  const rows = connection.all<ChunkRow>(
    `SELECT c.id, cf.path AS chunk_path, cf.language AS chunk_language, c.start_line AS chunk_start,
       c.end_line AS chunk_end, s.node_id AS symbol_id, ${SYMBOL_COLUMNS}
     FROM json_each(?) j JOIN chunk c ON c.id = j.value JOIN file cf ON cf.id = c.file_id
       LEFT JOIN symbol s ON s.node_id = c.symbol_id LEFT JOIN node n ON n.id = s.node_id
       LEFT JOIN file f ON f.id = s.file_id LEFT JOIN node p ON p.id = s.parent_id
     ORDER BY j.key`,
    JSON.stringify(ids),
  );
  return rows.map((row) => ({
    id: row.id,
    path: row.chunk_path,
    language: row.chunk_language,
    startLine: row.chunk_start,
    endLine: row.chunk_end,
    symbol: row.symbol_id === null ? null : symbolOf(row),
  }));
}

/** Texts without a vector, in the order they came. */
export function pendingEmbeddings(connection: Connection, limit: number): PendingEmbedding[] {
  return connection.all<PendingEmbedding>(
    // CROSS: the planner would rather read every text and sort.
    `SELECT c.hash AS contentHash, c.text FROM pending p CROSS JOIN content c ON c.id = p.content_id
     ORDER BY p.content_id LIMIT ?`,
    limit,
  );
}

/** Chunks of a file in order. */
export function fileChunks(connection: Connection, path: string): ChunkRecord[] {
  return connection.all<ChunkRecord>(
    `SELECT c.id, f.path, c.ordinal, n.name AS symbolId, c.kind, c.start_line AS startLine, c.end_line AS endLine,
       t.hash AS contentHash, t.text
     FROM file f JOIN chunk c ON c.file_id = f.id JOIN content t ON t.id = c.content_id
       LEFT JOIN node n ON n.id = c.symbol_id
     WHERE f.path = ? ORDER BY c.ordinal`,
    path,
  );
}
