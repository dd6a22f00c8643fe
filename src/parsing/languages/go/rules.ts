import type { ImportDeclaration } from '../../language.ts';
import { goFrameworks } from '../../frameworks/go-routes.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const UPPER_CASE_FIRST = /^\p{Lu}/u;
/** Licences stand before the constraint. */
const MAX_HEADER_LENGTH = 8_192;
const MAJOR_VERSION = /^v\d+$/u;

/** `*Pool[T]` is `Pool`. */
function receiverType(type: string): string {
  return type.replace(/^[*(\s]+/u, '').replace(/[[)\s].*$/su, '');
}

function refine(definition: DefinitionSyntax): DefinitionRefinement | null {
  if (definition.name === '_') return null;
  return definition.owner === '' ? {} : { owner: receiverType(definition.owner) };
}

/** A method is reachable only through its type. */
function isExported({ name, owner }: DefinitionSyntax): boolean {
  return UPPER_CASE_FIRST.test(name) && (owner === '' || UPPER_CASE_FIRST.test(owner));
}

function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  const value = node.childForFieldName('value') ?? node.childForFieldName('right');
  if (value?.firstNamedChild?.type === 'func_literal') return value.firstNamedChild.childForFieldName('body');
  if (node.type !== 'type_spec') return null;
  const type = node.childForFieldName('type');
  if (type?.type === 'struct_type') return type.firstNamedChild;
  return type?.type === 'interface_type' ? (type.children.find((child) => child.type === '{') ?? null) : null;
}

const UNNAMED_TYPES: ReadonlySet<string> = new Set(['function_type', 'struct_type', 'interface_type', 'channel_type']);

/** Several results are a tuple: `(line []byte, rest Reader)` is `tuple<[]byte, Reader>`. */
function typeText(node: SyntaxNode): string {
  if (UNNAMED_TYPES.has(node.type)) return '';
  if (node.type !== 'parameter_list') return node.text;
  const types = node.namedChildren.flatMap((result) => {
    const type = result.childForFieldName('type');
    // `(a, b int)` are two results of one type.
    const names = result.namedChildren.filter((child) => child.type === 'identifier').length;
    // An arrow would be read as the end of a list.
    const text = type === null || UNNAMED_TYPES.has(type.type) ? '_' : type.text.replaceAll('<-', '');
    return Array.from({ length: Math.max(1, names) }, () => text);
  });
  return types.length === 1 ? (types[0] ?? '') : `tuple<${types.join(', ')}>`;
}

/** The name a package has unless an alias is given: the last part of its path that is no version. */
function defaultPackageName(specifier: string): string {
  const parts = specifier.split('/').filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const name = MAJOR_VERSION.test(last) ? (parts.at(-2) ?? last) : last;
  return name.replace(/\.v\d+$/u, '').replace(/^go-/u, '');
}

/** The `//go:build` line, which stands before the package clause. */
function fileCondition(text: string): string | undefined {
  const line = /^\/\/go:build[ \t]+(.+)$/mu.exec(text.slice(0, MAX_HEADER_LENGTH));
  return line !== null && !/^package\s/mu.test(text.slice(0, line.index)) ? line[1]?.trim() : undefined;
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const path = node.childForFieldName('path')?.text ?? '';
  const specifier = path.slice(1, -1);
  if (specifier === '') return [];
  const alias = node.childForFieldName('name')?.text ?? defaultPackageName(specifier);
  const position = positionOf(node);
  if (alias === '_') return [{ specifier, names: [], reexport: false, position }];
  return [{ specifier, names: [{ name: '*', alias: alias === '.' ? '*' : alias }], reexport: false, position }];
}

/** Rules of Go. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(['type_declaration', 'const_declaration', 'var_declaration']),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  commentTypes: new Set(['comment']),
  returnTypeFields: ['result'],
  typeFields: ['type'],
  transparentTypes: new Set(),
  frameworks: goFrameworks,
  refine,
  isExported,
  bodyOf,
  typeText,
  fileCondition,
  readImport,
};
