import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const CONTAINER = /^(?:struct|enum|union|opaque)_declaration$/u;

/** What a `const` is given: the last node behind its name and type. */
const valueOf = (node: SyntaxNode): SyntaxNode | undefined => node.namedChildren.at(-1);

/** `@import("pool.zig")`, also with a member behind it. */
function importCall(value: SyntaxNode | undefined): SyntaxNode | null {
  const call = value?.type === 'field_expression' ? value.childForFieldName('object') : (value ?? null);
  return call?.type === 'builtin_function' && call.firstNamedChild?.text === '@import' ? call : null;
}

function refine({ node, kind, name }: DefinitionSyntax): DefinitionRefinement | null {
  // A test of a declaration has its name, but is another thing.
  if (node.type === 'test_declaration')
    return node.namedChildren[0]?.type === 'identifier' ? { name: `test ${name}` } : {};
  if (kind === 'function' && node.type === 'function_declaration') {
    // A function that returns a type is a generic one.
    if (node.childForFieldName('type')?.text === 'type') return { kind: 'struct' };
    return CONTAINER.test(node.parent?.type ?? '') ? { kind: 'method' } : {};
  }
  if (kind !== 'variable' && kind !== 'type') return {};
  if (importCall(valueOf(node)) !== null) return null;
  if (kind === 'type') return {};
  return node.children.some(({ type }) => type === 'const') ? { kind: 'constant' } : {};
}

function isExported({ node, kind }: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  if (kind === 'field' || (kind === 'constant' && parentKind === 'enum')) return true;
  return node.children.some(({ type }) => type === 'pub' || type === 'export');
}

function bodyOf({ node, kind }: DefinitionSyntax): SyntaxNode | null {
  const container = kind === 'struct' || kind === 'enum' ? valueOf(node) : undefined;
  if (container !== undefined && CONTAINER.test(container.type))
    return container.children.find(({ type }) => type === '{') ?? null;
  return node.type === 'test_declaration' ? (node.namedChildren.at(-1) ?? null) : node.childForFieldName('body');
}

/** `!*Pool`, `Error!Pool` and `?Pool` are `Pool` once errors and null are dealt with. */
function typeText(node: SyntaxNode): string {
  return node.text.replace(/^[^!(]*!/u, '').replace(/^(?:[?*]|const\s+|\[[^\]]*\])+/u, '');
}

/** `const pool = @import("pool.zig")`, `const Pool = @import("pool.zig").Pool`, `usingnamespace @import("more.zig")`. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const value = valueOf(node);
  const call = importCall(value);
  const specifier = call?.namedChildren[1]?.text.replace(/^\("|"\)$/gu, '') ?? '';
  if (specifier === '') return [];
  const position = positionOf(node);
  if (node.type === 'using_namespace_declaration') {
    return [{ specifier, names: [{ name: '*', alias: '*' }], reexport: false, position }];
  }
  const alias = node.firstNamedChild?.text ?? '';
  const name = value?.type === 'field_expression' ? (value.childForFieldName('member')?.text ?? '') : '*';
  return [{ specifier, names: [{ name, alias }], reexport: false, position }];
}

/** Rules of Zig. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  commentTypes: new Set(['comment']),
  returnTypeFields: ['type'],
  typeFields: ['type'],
  transparentTypes: new Set(),
  refine,
  isExported,
  bodyOf,
  typeText,
  readImport,
};
