import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { leadingDocumentation } from '../../tree-sitter/documentation.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';
import { readDeclarator } from './declarators.ts';
import { withoutDirectives } from './preprocessor.ts';

const COMMENT_TYPES: ReadonlySet<string> = new Set(['comment']);

/** Keywords that error recovery takes for the names of functions: `else if (…) {`. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'if',
  'else',
  'for',
  'while',
  'switch',
  'return',
  'do',
  'sizeof',
  'defined',
]);

/** `static` in front of a declaration: the name stays in its file. */
export function isStatic(node: SyntaxNode): boolean {
  return node.children.some(({ type, text }) => type === 'storage_class_specifier' && text === 'static');
}

/** The declarator a pattern captured as the name: where a declaration has several, the one it is about. */
function declaratorOf({ node }: DefinitionSyntax, text: string): SyntaxNode | null {
  if (node.type === 'function_definition') return node.childForFieldName('declarator');
  if (node.type !== 'declaration' && node.type !== 'field_declaration') return node;
  return node.namedChildren.find((child) => child.text === text) ?? null;
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  const { node, kind, name } = definition;
  if (node.type === 'preproc_def' || node.type === 'preproc_function_def') return isIncludeGuard(node) ? null : {};
  if (kind === 'struct' || kind === 'enum' || kind === 'constant') return {};
  const declarator = declaratorOf(definition, name);
  const declared = declarator === null ? null : readDeclarator(declarator);
  if (declared === null || KEYWORDS.has(declared.name.text)) return null;
  const declaredName = declared.name.text;
  if (kind === 'type') return isNameOfItsOwn(node, declaredName) ? { name: declaredName } : null;
  if (kind === 'field') return { name: declaredName };
  // A macro that defines what its argument names: `TEST_IMPL(connects) {`.
  if (node.type === 'function_definition' && declarator?.type === 'parenthesized_declarator')
    return { name: declaredName };
  if (declared.isFunction) return { kind: 'function', name: declaredName };
  return kind === 'function' ? null : { kind: isConstant(node) ? 'constant' : 'variable', name: declaredName };
}

/** `#define POOL_H` says nothing but that the file was read. */
function isIncludeGuard(node: SyntaxNode): boolean {
  return (
    node.type === 'preproc_def' &&
    node.childForFieldName('value') === null &&
    /_H(?:PP|XX|H)?_*$/iu.test(node.childForFieldName('name')?.text ?? '')
  );
}

/** `typedef struct pool { … } pool;` is one type. */
function isNameOfItsOwn(node: SyntaxNode, name: string): boolean {
  const type = node.parent?.childForFieldName('type');
  return type?.childForFieldName('name')?.text !== name || type.childForFieldName('body') === null;
}

const isConstant = (node: SyntaxNode): boolean =>
  node.children.some(({ type, text }) => type === 'type_qualifier' && (text === 'const' || text === 'constexpr'));

function isExported({ node, kind }: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  return parentKind !== null || kind === 'struct' || kind === 'enum' || !isStatic(node);
}

/** A prototype yields to the definition in the same file; a macro that is defined under several conditions is one. */
function mergeRole({ node, kind }: DefinitionSyntax): 'declaration' | 'accessor' | null {
  if (node.type === 'preproc_function_def') return 'accessor';
  return node.type === 'declaration' && kind === 'function' ? 'declaration' : null;
}

/** What stands above a `typedef` documents the struct in it, and the name. */
export function typedefDocumentation({ node }: DefinitionSyntax): string | null {
  const parent = node.parent;
  return parent?.type === 'type_definition' ? leadingDocumentation(parent, COMMENT_TYPES) : null;
}

/** A name that a `typedef` gives is shown with what it stands for, but for the members. */
function signatureStart(definition: DefinitionSyntax): number {
  const parent = definition.kind === 'type' ? definition.node.parent : null;
  const isShort =
    parent?.type === 'type_definition' && parent.childForFieldName('type')?.childForFieldName('body') === null;
  return isShort ? parent.startIndex : definition.outer.startIndex;
}

/** `struct pool` is the type `pool`. */
export function typeText(node: SyntaxNode): string {
  return /^(?:struct|union|enum|class)_specifier$/u.test(node.type)
    ? (node.childForFieldName('name')?.text ?? '')
    : node.text;
}

/** `#include "pool.h"`, `<stdio.h>`: quotes and angles are kept, since they are looked for in different places. */
export function readInclude(node: SyntaxNode): ImportDeclaration[] {
  const path = node.childForFieldName('path')?.text ?? '';
  if (!/^["<][^">]+[">]$/u.test(path)) return [];
  const specifier = path.startsWith('<') ? path : path.slice(1, -1);
  return [{ specifier, names: [{ name: '*', alias: '*' }], reexport: false, position: positionOf(node) }];
}

function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  if (node.type !== 'type_definition') return null;
  return node.childForFieldName('type')?.childForFieldName('body') ?? null;
}

/** Rules of C. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: COMMENT_TYPES,
  returnTypeFields: ['type'],
  typeFields: ['type'],
  transparentTypes: new Set(),
  prepareText: (text) => withoutDirectives(text, { isCpp: false }),
  refine,
  isExported,
  mergeRole,
  docstring: typedefDocumentation,
  signatureStart,
  bodyOf,
  typeText,
  readImport: readInclude,
};
