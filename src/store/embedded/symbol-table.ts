import type { NodeId, SymbolKind, SymbolNode } from '../../graph/symbol.ts';
import type { Connection } from './connection.ts';
import { lastName, namesMatch } from './name-tail.ts';
import type { NodeInterner } from './node-table.ts';

/** Columns of a symbol with its strings; `s` is the symbol, `n` its node, `p` its parent's, `f` its file. */
export const SYMBOL_COLUMNS = `
  n.name AS node_name, s.kind, s.name, s.qualified_name, f.path, s.language, s.start_line, s.start_column, s.end_line,
  s.end_column, s.start_offset, s.end_offset, p.name AS parent_name, s.exported, s.signature, s.documentation`;
export const SYMBOL_JOINS = `
  JOIN node n ON n.id = s.node_id JOIN file f ON f.id = s.file_id LEFT JOIN node p ON p.id = s.parent_id`;

/** A row of {@link SYMBOL_COLUMNS}. */
export interface SymbolRow {
  readonly node_name: NodeId;
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualified_name: string;
  readonly path: string;
  readonly language: string;
  readonly start_line: number;
  readonly start_column: number;
  readonly end_line: number;
  readonly end_column: number;
  readonly start_offset: number;
  readonly end_offset: number;
  readonly parent_name: NodeId | null;
  readonly exported: number;
  readonly signature: string;
  readonly documentation: string;
}

/** The symbol in a row. */
export function symbolOf(row: SymbolRow): SymbolNode {
  return {
    id: row.node_name,
    kind: row.kind,
    name: row.name,
    qualifiedName: row.qualified_name,
    path: row.path,
    language: row.language,
    range: {
      start: { line: row.start_line, column: row.start_column },
      end: { line: row.end_line, column: row.end_column },
      startOffset: row.start_offset,
      endOffset: row.end_offset,
    },
    signature: row.signature,
    documentation: row.documentation,
    parentId: row.parent_name,
    exported: row.exported === 1,
  };
}

/** Writes the symbols of a file in order. */
export function insertSymbols(
  connection: Connection,
  nodes: NodeInterner,
  fileId: number,
  symbols: readonly SymbolNode[],
): void {
  for (const [ordinal, symbol] of symbols.entries()) {
    const { range } = symbol;
    connection.run(
      `INSERT INTO symbol (node_id, file_id, ordinal, kind, name, folded_name, qualified_name, language, start_line,
         start_column, end_line, end_column, start_offset, end_offset, parent_id, exported, signature, documentation)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      nodes.intern(symbol.id),
      fileId,
      ordinal,
      symbol.kind,
      symbol.name,
      symbol.name.toLowerCase(),
      symbol.qualifiedName,
      symbol.language,
      range.start.line,
      range.start.column,
      range.end.line,
      range.end.column,
      range.startOffset,
      range.endOffset,
      symbol.parentId === null ? null : nodes.intern(symbol.parentId),
      symbol.exported ? 1 : 0,
      symbol.signature,
      symbol.documentation,
    );
  }
}

/** Deletes the symbols of a file; their node ids stay, for edges that point to them. */
export function deleteSymbols(connection: Connection, fileId: number): void {
  connection.run('DELETE FROM symbol WHERE file_id = ?', fileId);
}

/** Symbols in the order of `ids`; ids that are none are left out. */
export function getSymbols(connection: Connection, ids: readonly NodeId[]): SymbolNode[] {
  const rows = connection.all<SymbolRow>(
    `SELECT ${SYMBOL_COLUMNS} FROM json_each(?) j JOIN node i ON i.name = j.value JOIN symbol s ON s.node_id = i.id
     ${SYMBOL_JOINS} ORDER BY j.key`,
    JSON.stringify(ids),
  );
  return rows.map(symbolOf);
}

/** What {@link findSymbols} looks for; see the port. */
export interface SymbolQuery {
  readonly name?: string | undefined;
  readonly path?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  readonly limit?: number | undefined;
  readonly ignoreCase?: boolean | undefined;
}

/** Symbols by name, place or both, in order of path and place; with a line, only the innermost one around it. */
export function findSymbols(connection: Connection, query: SymbolQuery): SymbolNode[] {
  const { name, path, line, limit = -1, ignoreCase = false } = query;
  if (line !== undefined && path === undefined) throw new TypeError('a line needs the path it is in');
  const rows = candidates(connection, query, name === undefined && line === undefined ? limit : -1);
  let found = rows.map(symbolOf);
  if (name !== undefined) {
    found = found.filter(
      (symbol) =>
        symbol.name === name ||
        namesMatch(symbol.qualifiedName, name, ignoreCase) ||
        (ignoreCase && symbol.name.toLowerCase() === name.toLowerCase()),
    );
  }
  if (line !== undefined) found = innermost(found, line - 1);
  return limit < 0 ? found : found.slice(0, limit);
}

function candidates(connection: Connection, query: SymbolQuery, limit: number): SymbolRow[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  if (query.name !== undefined) {
    const folded = query.name.toLowerCase();
    // The whole name as well: names of SQL objects may have dots inside.
    conditions.push('s.folded_name IN (?, ?)');
    values.push(folded, lastName(folded));
  }
  if (query.path !== undefined) {
    conditions.push('s.file_id = (SELECT id FROM file WHERE path = ?)');
    values.push(query.path);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return connection.all<SymbolRow>(
    `SELECT ${SYMBOL_COLUMNS} FROM symbol s ${SYMBOL_JOINS} ${where}
     ORDER BY f.path, s.start_offset, s.ordinal LIMIT ?`,
    ...values,
    limit,
  );
}

/** The smallest symbol whose lines (0-based) hold `line`; of equals the last, for a child comes after its parent. */
function innermost(symbols: readonly SymbolNode[], line: number): SymbolNode[] {
  let best: SymbolNode | undefined;
  for (const symbol of symbols) {
    const { start, end, startOffset, endOffset } = symbol.range;
    // An end at column 0 is the end of the line before.
    const lastLine = end.column === 0 && end.line > start.line ? end.line - 1 : end.line;
    if (line < start.line || line > lastLine) continue;
    if (best === undefined || endOffset - startOffset <= best.range.endOffset - best.range.startOffset) best = symbol;
  }
  return best === undefined ? [] : [best];
}
