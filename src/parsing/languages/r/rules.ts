import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const CONSTANT = /^[A-Z][A-Z0-9_.]*$/u;
const CLASS_CALL = /^(?:[\w.]+::)?(?:R6Class|setRefClass|setClass|ggproto|proto)$/u;

/** `name <- value` and `value -> name`. */
const isAssignment = (node: SyntaxNode | null): boolean =>
  node?.type === 'binary_operator' && /^(?:<<?-|->>?|=|:=)$/u.test(node.childForFieldName('operator')?.text ?? '');

function valueOf(node: SyntaxNode): SyntaxNode | null {
  const operator = node.childForFieldName('operator')?.text ?? '';
  return node.childForFieldName(operator.startsWith('-') ? 'lhs' : 'rhs');
}

function refine({ node, kind, name, owner }: DefinitionSyntax): DefinitionRefinement | null {
  const bare = name.replace(/^(["'`])([^]*)\1$/u, '$2');
  if (node.type === 'call') {
    // `Pool <- setClass("Pool")` is defined by the assignment.
    if (kind === 'class' && isAssignment(node.parent)) return null;
    return owner === '' ? { name: bare } : { kind: 'method', name: bare, owner: owner.replace(/^["']|["']$/gu, '') };
  }
  if (kind === 'method') return bare === 'initialize' ? { kind: 'constructor' } : { name: bare };
  const value = valueOf(node);
  if (kind !== 'variable') return { name: bare };
  if (value?.type === 'call' && CLASS_CALL.test(value.childForFieldName('function')?.text ?? ''))
    return { kind: 'class', name: bare };
  return { kind: CONSTANT.test(bare) ? 'constant' : 'variable', name: bare };
}

function bodyOf({ node, kind }: DefinitionSyntax): SyntaxNode | null {
  const value =
    node.type === 'argument' ? node.childForFieldName('value') : node.type === 'binary_operator' ? valueOf(node) : null;
  if (kind === 'class') return value?.childForFieldName('arguments') ?? null;
  return value?.type === 'function_definition' ? value.childForFieldName('body') : null;
}

/** `library(dplyr)` attaches a package, `source("util.R")` runs a file; a path is told from a package by its ending. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const [argument] = node.childForFieldName('arguments')?.namedChildren.filter(({ type }) => type === 'argument') ?? [];
  const value = argument?.childForFieldName('value');
  if (value === undefined || value === null || (value.type !== 'identifier' && value.type !== 'string')) return [];
  const isPath = node.childForFieldName('function')?.text.endsWith('source') === true;
  if (isPath && value.type !== 'string') return [];
  const specifier = value.text.replace(/^["']|["']$/gu, '');
  if (specifier === '') return [];
  const names = [{ name: '*', alias: '*' }];
  return [{ specifier: isPath ? `./${specifier}` : specifier, names, reexport: false, position: positionOf(node) }];
}

/** Rules of R. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  commentTypes: new Set(['comment']),
  sharesPackageScope: true,
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  refine,
  // Names that start with a dot are hidden by convention.
  isExported: ({ name }) => !name.startsWith('.'),
  bodyOf,
  readImport,
};
