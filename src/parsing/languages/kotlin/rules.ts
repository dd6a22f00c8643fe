import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';
import { typeNameOf, type TypeNotation } from '../../tree-sitter/type-name.ts';

const CLASS_BODIES: ReadonlySet<string> = new Set(['class_body', 'enum_class_body']);
const NOTATION: TypeNotation = { transparentTypes: new Set() };

function modifierText(node: SyntaxNode): string {
  return node.firstChild?.type === 'modifiers' ? node.firstChild.text : '';
}

const isInClass = (node: SyntaxNode): boolean => node.parent !== null && CLASS_BODIES.has(node.parent.type);

/** The last name of the type a function is added to: `Pool` of `com.acme.Pool<*>?`. */
function extendedType(owner: string): string {
  const name = typeNameOf(owner.replace(/^\(|\)$/gu, ''), NOTATION) ?? '';
  return name.slice(name.lastIndexOf('.') + 1);
}

function refine({ kind, node, owner }: DefinitionSyntax): DefinitionRefinement {
  if (owner !== '') return { owner: extendedType(owner) };
  switch (node.type) {
    case 'class_declaration':
      if (node.children.some((child) => child.type === 'interface')) return { kind: 'interface' };
      return /\benum\b/u.test(modifierText(node)) ? { kind: 'enum' } : {};
    case 'function_declaration':
      return isInClass(node) ? { kind: 'method' } : {};
    case 'property_declaration':
      return kind === 'field' ? refineProperty(node) : {};
    default:
      return {};
  }
}

function refineProperty(node: SyntaxNode): DefinitionRefinement {
  if (/\bconst\b/u.test(modifierText(node))) return { kind: 'constant' };
  const hasAccessor = node.children.some((child) => child.type === 'getter' || child.type === 'setter');
  if (isInClass(node)) return hasAccessor ? { kind: 'property' } : {};
  return { kind: 'variable' };
}

/** Everything is public that is not marked otherwise; `internal` still shows it to the other files of the module. */
function isExported({ node }: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  return !/\bprivate\b/u.test(modifierText(node));
}

/** Annotations stand among the modifiers. */
function signatureStart({ node }: DefinitionSyntax): number {
  const first = node.firstChild;
  if (first?.type !== 'modifiers') return node.startIndex;
  const modifier = first.children.find((child) => child.type !== 'annotation');
  return (modifier ?? first.nextSibling ?? node).startIndex;
}

function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  const bodies = ['function_body', 'class_body', 'enum_class_body', 'block', 'getter', 'setter'];
  return node.children.find((child) => bodies.includes(child.type)) ?? null;
}

/** Words that are keywords before a declaration only; the grammar takes them for that in front of operators as well. */
const SOFT_KEYWORD =
  /(?<![@\w])(annotatio|companio|dat|enu|expec|externa|fina|ge|infi|inlin|inne|ope|operato|ou|overrid|se|seale|suspen|valu)([a-z])(?=\s*(?::(?!:)|[=!]=|=(?!=)|[+\-*/%]=|[.)\]]|\?\.|!!|&&|\|\|))/gu;

/** Modifiers the grammar does not know before constructors and companions. */
const UNKNOWN_MODIFIER =
  /\b(?:actual|expect)(?=\s+(?:\w+\s+)?(?:constructor|companion)\b)|@[\w.]+(?:\([^()]*\))?(?=\s+(?:internal|private|protected|public)\s+constructor\b)/gu;

/** A type whose body ends on the line it begins on. */
const TYPE_ON_ONE_LINE = /^.*\b(?:class|interface|object)\b.*\S[ \t]\}.*$/gmu;

/** Where the last member of such a body ends: the grammar wants a line or a semicolon to end there. */
const END_OF_LAST_MEMBER = /(?<=[^\s{;,])(?<!->)[ \t](?=\})/gu;

/** Such words before an operator are names: names of the same length take their place while the text is parsed. */
function prepareText(text: string): string {
  return text
    .replace(TYPE_ON_ONE_LINE, (line) => line.replace(END_OF_LAST_MEMBER, ';'))
    .replace(SOFT_KEYWORD, (_, start: string, last: string) => start + last.toUpperCase())
    .replace(UNKNOWN_MODIFIER, (found) => found.replace(/\S/gu, ' '));
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const path = node.namedChildren.find((child) => child.type === 'qualified_identifier')?.text.replace(/\s+/gu, '');
  if (path === undefined) return [];
  const position = positionOf(node);
  if (node.children.some((child) => child.type === '*')) {
    return [{ specifier: path, names: [{ name: '*', alias: '*' }], reexport: false, position }];
  }
  const name = path.slice(path.lastIndexOf('.') + 1);
  const alias = node.namedChildren.find((child) => child.type === 'identifier')?.text ?? name;
  return [{ specifier: path, names: [{ name, alias }], reexport: false, position }];
}

/** Rules of Kotlin. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: new Set(['line_comment', 'block_comment']),
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  prepareText,
  readsOriginalText: true,
  refine,
  isExported,
  signatureStart,
  bodyOf,
  readImport,
};
