import type { IndexedFile } from '../index-store.ts';
import { deleteChunks, insertChunks, insertWords, type ChunkWords } from './chunk-table.ts';
import type { Connection } from './connection.ts';
import { deleteFileEdges } from './edge-table.ts';
import { deleteFile, findFile, keepPreviousFacts, upsertFile } from './file-table.ts';
import type { NodeInterner } from './node-table.ts';
import { deleteSymbols, insertSymbols } from './symbol-table.ts';
import { removeOrphanContents } from './vector-table.ts';

/** Takes files out of the index and puts others in, each with its symbols, chunks and edges; within a transaction. */
export function applyFiles(
  connection: Connection,
  change: { readonly upsert: readonly IndexedFile[]; readonly remove: readonly string[] },
  nodes: NodeInterner,
  revision: number,
): void {
  // Of texts that lose a chunk here, those that gain none are forgotten at the end: a moved chunk keeps its vector.
  const touched = new Set<number>();
  const words: ChunkWords[] = [];
  for (const path of change.remove) remove(connection, path, { nodes, touched, words });
  for (const file of change.upsert) upsert(connection, file, { nodes, touched, words });
  insertWords(connection, words);
  removeOrphanContents(connection, touched, revision);
}

interface Bookkeeping {
  readonly nodes: NodeInterner;
  /** Contents that lost a chunk. */
  readonly touched: Set<number>;
  /** Of the chunks written: they go into the text index at the end, together. */
  readonly words: ChunkWords[];
}

function upsert(connection: Connection, file: IndexedFile, { nodes, touched, words }: Bookkeeping): void {
  keepPreviousFacts(connection, file.stamp.path);
  const fileId = upsertFile(connection, file.stamp, file.facts, file.diagnostics);
  for (const contentId of deleteChunks(connection, fileId)) touched.add(contentId);
  deleteSymbols(connection, fileId);
  deleteFileEdges(connection, nodes, file.stamp.path);
  // Once: they may be made when they are asked for.
  const { symbols, chunks } = file;
  insertSymbols(connection, nodes, fileId, symbols);
  words.push(...insertChunks(connection, nodes, fileId, chunks, symbols));
}

function remove(connection: Connection, path: string, { nodes, touched }: Bookkeeping): void {
  keepPreviousFacts(connection, path);
  deleteFileEdges(connection, nodes, path);
  const fileId = findFile(connection, path);
  if (fileId === undefined) return;
  for (const contentId of deleteChunks(connection, fileId)) touched.add(contentId);
  deleteSymbols(connection, fileId);
  deleteFile(connection, fileId);
}
