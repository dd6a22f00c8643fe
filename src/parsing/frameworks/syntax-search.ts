import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';

/** The text of the whole file. */
export function sourceOf(node: SyntaxNode): string {
  let root = node;
  for (let parent = node.parent; parent !== null; parent = parent.parent) root = parent;
  return root.text;
}

/** The nearest node around one that has one of the types; null where there is none. */
export function nodeAround(node: SyntaxNode, types: ReadonlySet<string>): SyntaxNode | null {
  for (let at = node.parent; at !== null; at = at.parent) if (types.has(at.type)) return at;
  return null;
}

/** What is handed over in a call, without comments. */
export function argumentsOf(call: SyntaxNode): readonly SyntaxNode[] {
  const list = call.childForFieldName('arguments')?.namedChildren ?? [];
  return list.filter(({ type }) => type !== 'comment');
}

/** What stands between the quotes of a string: where the name in it begins. */
export const contentOf = (literal: SyntaxNode): SyntaxNode => literal.firstNamedChild ?? literal;
