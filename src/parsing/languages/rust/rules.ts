import type { SymbolKind } from '../../../graph/symbol.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';
import type { SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import { readImport } from './use-declarations.ts';
import { canonicalType, headOfType } from './types.ts';

/** Macros have names of their own: `write!` calls no function `write`. */
function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { name, node, owner } = definition;
  if (name === '_') return null;
  if (node.type === 'macro_definition') return { name: `${name}!` };
  return owner === '' ? {} : { owner: headOfType(owner) };
}

const isVisible = (node: SyntaxNode): boolean => node.children.some((child) => child.type === 'visibility_modifier');

/** Whether an attribute stands above a node. */
function hasAttribute(node: SyntaxNode, pattern: RegExp): boolean {
  for (let at = node.previousSibling; at !== null && ABOVE.has(at.type); at = at.previousSibling) {
    if (at.type === 'attribute_item' && pattern.test(at.text)) return true;
  }
  return false;
}

const ABOVE: ReadonlySet<string> = new Set(['attribute_item', 'line_comment', 'block_comment']);

/** Items of a trait, of its implementations and of an enum are as visible as these are. */
function isExported({ node }: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  if (node.type === 'macro_definition') return hasAttribute(node, /macro_export/u);
  if (parentKind === 'interface' || parentKind === 'enum') return true;
  if (node.parent?.parent?.type === 'impl_item' && node.parent.parent.childForFieldName('trait') !== null) return true;
  return isVisible(node);
}

/** What stands before `::` is no variable, whatever is called so. */
function receiverText(node: SyntaxNode): string | null {
  return node.type === 'identifier' && node.nextSibling?.type === '::' ? `${node.text}::` : null;
}

/** Rules of Rust. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(['attribute_item']),
  commentTypes: new Set(['line_comment', 'block_comment']),
  transparentTypes: new Set(),
  returnTypeFields: ['return_type'],
  typeFields: ['type'],
  refine,
  isExported,
  canonicalType,
  ownerName: headOfType,
  receiverText,
  readImport,
};
