import type { NodeId, NodeKind, SymbolKind, SymbolNode } from '../graph/symbol.ts';

/** A definition as answers show it. */
export interface SymbolSummary {
  readonly id: NodeId;
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualifiedName: string;
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  /** 1-based and inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly language: string;
  readonly signature: string;
}

/** A node at the end of an edge: a symbol, or a file, folder or outside package, which have no lines. */
export type NodeSummary =
  | SymbolSummary
  | {
      readonly id: NodeId;
      readonly kind: Exclude<NodeKind, SymbolKind>;
      readonly name: string;
      readonly qualifiedName: string;
      /** Null for what is outside the repository. */
      readonly path: string | null;
    };

/** Shortens a definition to what answers show. */
export function summarizeSymbol(symbol: SymbolNode): SymbolSummary {
  const { id, kind, name, qualifiedName, path, range, language, signature } = symbol;
  // A range that ends at column 0 ends with the line before: its end is exclusive.
  const endRow = range.end.column === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  return {
    id,
    kind,
    name,
    qualifiedName,
    path,
    startLine: range.start.line + 1,
    endLine: endRow + 1,
    language,
    signature,
  };
}

/** Describes a node that is no symbol by its id alone: `file:src/a.ts`, `dir:src`, `external:react`. */
export function summarizeNodeId(id: NodeId): NodeSummary {
  const colon = id.indexOf(':');
  const prefix = id.slice(0, colon);
  const rest = id.slice(colon + 1);
  const place = { id, name: rest.slice(rest.lastIndexOf('/') + 1), qualifiedName: rest };
  if (prefix === 'file') return { ...place, kind: 'file', path: rest };
  if (prefix === 'dir') return { ...place, kind: 'directory', path: rest };
  return { ...place, name: prefix === 'external' ? rest : id, kind: 'external', path: null };
}
