import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const TYPE_KINDS: Readonly<Record<string, SymbolKind>> = { struct: 'struct', enum: 'enum' };

const isInType = (node: SyntaxNode): boolean => node.parent !== null && node.parent.type.endsWith('_body');

function modifierText(node: SyntaxNode): string {
  const first = node.firstChild;
  return first?.type === 'modifiers' ? first.text : '';
}

function refine({ name, node }: DefinitionSyntax): DefinitionRefinement {
  switch (node.type) {
    case 'class_declaration': {
      const keyword = node.children.find((child) => child.type in TYPE_KINDS)?.type ?? '';
      return { ...typePath(name), kind: TYPE_KINDS[keyword] };
    }
    case 'function_declaration':
      return {
        name: bare(name),
        kind: isInType(node) && node.parent?.type !== 'function_body' ? 'method' : 'function',
      };
    case 'property_declaration':
      return refineProperty(name, node);
    default:
      return { name: bare(name) };
  }
}

/** `extension Pool.Lease` stands in the type it names. */
function typePath(written: string): DefinitionRefinement {
  const path = written.replace(/<.*$/su, '').replace(/\s+/gu, '');
  const dot = path.lastIndexOf('.');
  return dot < 0 ? { name: bare(path) } : { name: path.slice(dot + 1), owner: path.slice(0, dot) };
}

/** Keywords are names in backquotes. */
const bare = (name: string): string => name.replaceAll('`', '');

function refineProperty(name: string, node: SyntaxNode): DefinitionRefinement {
  const isMember = isInType(node) && node.parent?.type !== 'function_body';
  if (!isMember) return { name: bare(name), kind: 'variable' };
  const isComputed = node.childForFieldName('computed_value') !== null;
  return { name: bare(name), kind: isComputed ? 'property' : 'field' };
}

/** What is not `private` or `fileprivate` is seen by the whole module. */
function isExported({ node }: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  return !/\b(?:private|fileprivate)\b(?!\()/u.test(modifierText(node));
}

/** Attributes stand among the modifiers. */
function signatureStart({ node }: DefinitionSyntax): number {
  const first = node.firstChild;
  if (first?.type !== 'modifiers') return node.startIndex;
  const modifier = first.children.find((child) => child.type !== 'attribute');
  return (modifier ?? first.nextSibling ?? node).startIndex;
}

function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  return node.childForFieldName('body') ?? node.childForFieldName('computed_value');
}

/** Conditions of compilation, raw texts, conditions of availability, selectors, literals of the place, `~`. */
const UNREADABLE =
  /^[ \t]*#(?:if|elseif|else|endif)\b.*$|#"(?!"")(?:[^"\n]|"(?!#))*"#|#(?:un)?available\([^)\n]*\)|#(?:selector|keyPath)(?=\()|#\w+|~(?=[A-Z])/gmu;

/** What the grammar cannot read: both branches of a condition are code, other marks become plain values. */
function prepareText(text: string): string {
  if (!text.includes('#') && !text.includes('~')) return text;
  return text.replace(UNREADABLE, (found) => {
    const { length } = found;
    if (found.startsWith('#"')) return `"${' '.repeat(length - 2)}"`;
    if (/^#(?:selector|keyPath)/u.test(found)) return ` ${found.slice(1)}`;
    if (found.startsWith('~') || /^[ \t]*#(?:if|elseif|else|endif)\b/u.test(found)) return ' '.repeat(length);
    return '1'.padEnd(length);
  });
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const path = node.namedChildren.find((child) => child.type === 'identifier')?.text.replace(/\s+/gu, '');
  if (path === undefined) return [];
  return [{ specifier: path, names: [], reexport: false, position: positionOf(node) }];
}

/** Rules of Swift. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: new Set(['comment', 'multiline_comment']),
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  prepareText,
  refine,
  isExported,
  signatureStart,
  bodyOf,
  readImport,
};
