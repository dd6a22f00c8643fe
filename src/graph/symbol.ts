import type { SourceRange } from './source-range.ts';

/** What a symbol is. The SQL kinds come last. */
export const SYMBOL_KINDS = [
  'module',
  'namespace',
  'class',
  'interface',
  'struct',
  'enum',
  'type',
  'function',
  'method',
  'constructor',
  'property',
  'field',
  'variable',
  'constant',
  'route',
  'package',
  'procedure',
  'trigger',
  'table',
  'view',
  'schema',
  'sequence',
  'index',
] as const;
export type SymbolKind = (typeof SYMBOL_KINDS)[number];

/** What a graph node is: a place in the tree of files, a symbol, or something outside the repository. */
export type NodeKind = 'repository' | 'directory' | 'file' | 'external' | SymbolKind;

/**
 * Identity of a node: `file:<path>`, `dir:<path>`, `external:<name>`, or for a symbol `<path>#<qualifiedName>`, with
 * `~2`, `~3`, ... where a file defines the same qualified name again. Stable while path and name stay.
 */
export type NodeId = string & { readonly __nodeId: never };
export type SymbolId = NodeId;

export const fileNodeId = (path: string): NodeId => `file:${path}` as NodeId;
export const directoryNodeId = (path: string): NodeId => `dir:${path}` as NodeId;
export const externalNodeId = (name: string): NodeId => `external:${name}` as NodeId;

/**
 * @param ordinal - 1 for the first definition of the name in its file, 2 for the next, in source order.
 */
export function symbolId(path: string, qualifiedName: string, ordinal: number): SymbolId {
  return `${path}#${qualifiedName}${ordinal > 1 ? `~${ordinal}` : ''}` as SymbolId;
}

/** A definition in the repository. */
export interface SymbolNode {
  readonly id: SymbolId;
  readonly kind: SymbolKind;
  readonly name: string;
  /** Scopes inside the file joined by `.`, without the module path: `Pool.acquire`; SQL: `schema.package.procedure`. */
  readonly qualifiedName: string;
  /** Relative to the repository root, with `/`. */
  readonly path: string;
  readonly language: string;
  /** The whole definition, with its documentation left out. */
  readonly range: SourceRange;
  /** One line: the definition without its body. */
  readonly signature: string;
  /** Text of the documentation comment without its markers; empty where there is none. */
  readonly documentation: string;
  /** The symbol it is defined in; null at the top of the file. */
  readonly parentId: SymbolId | null;
  /** Visible outside its file, as far as the language says. */
  readonly exported: boolean;
}
