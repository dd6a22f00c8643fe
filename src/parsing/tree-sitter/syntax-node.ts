import type { SourcePosition } from '../../graph/source-range.ts';

/** A row and column as the parser counts them: 0-based, columns in UTF-16 units. */
export interface SyntaxPoint {
  readonly row: number;
  readonly column: number;
}

/**
 * What language rules may ask of a syntax node. A subset of the parser library's node, so that languages do not depend
 * on it. Indexes are UTF-16 units of the source text. `parent` and the sibling getters cost time in the node's depth:
 * rules call them for definitions and imports, never for every reference.
 */
export interface SyntaxNode {
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly startPosition: SyntaxPoint;
  readonly endPosition: SyntaxPoint;
  readonly text: string;
  readonly parent: SyntaxNode | null;
  readonly previousSibling: SyntaxNode | null;
  readonly nextSibling: SyntaxNode | null;
  readonly firstChild: SyntaxNode | null;
  readonly firstNamedChild: SyntaxNode | null;
  readonly namedChildCount: number;
  readonly children: readonly SyntaxNode[];
  readonly namedChildren: readonly SyntaxNode[];
  childForFieldName(name: string): SyntaxNode | null;
}

/** Where a node starts. */
export function positionOf(node: SyntaxNode): SourcePosition {
  const { row, column } = node.startPosition;
  return { line: row, column };
}
