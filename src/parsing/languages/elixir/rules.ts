import type { ImportDeclaration, ImportedName } from '../../language.ts';
import { cleanDocstring } from '../../tree-sitter/documentation.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const PRIVATE = /^(?:defp|defmacrop|defguardp|defnp|typep)$/u;

/** Between documentation and function stand so many attributes at most: `@spec`, `@impl`, `@deprecated`. */
const MAX_ATTRIBUTES = 8;

/** The word a definition starts with: `defp` of `defp run(x) do`. */
function keywordOf(node: SyntaxNode): string {
  const call = node.type === 'unary_operator' ? node.childForFieldName('operand') : node;
  return call?.childForFieldName('target')?.text ?? '';
}

const argumentsOf = (call: SyntaxNode): readonly SyntaxNode[] =>
  call.namedChildren.find(({ type }) => type === 'arguments')?.namedChildren ?? [];

/** Value of a keyword among the arguments: `as: Pool`. */
function keywordArgument(call: SyntaxNode, key: string): SyntaxNode | null {
  const keywords = argumentsOf(call).find(({ type }) => type === 'keywords');
  const pair = keywords?.namedChildren.find((child) => child.childForFieldName('key')?.text.trim() === `${key}:`);
  return pair?.childForFieldName('value') ?? null;
}

function refine({ node, kind, name }: DefinitionSyntax): DefinitionRefinement | null {
  if (kind !== 'module' && kind !== 'interface') return {};
  // An implementation is the module of its protocol and type: `String.Chars.Pool`.
  const type = keywordOf(node) === 'defimpl' ? keywordArgument(node, 'for') : null;
  const fullName = type?.type === 'alias' ? `${name}.${type.text}` : name;
  // A module in a module stays one name: `defmodule A.B` inside of `C` is `C.A.B`.
  if (node.parent?.type !== 'source') return { name: fullName };
  return { name: lastSegment(fullName), owner: fullName.slice(0, -lastSegment(fullName).length - 1) };
}

function isExported({ node }: DefinitionSyntax): boolean {
  return !PRIVATE.test(keywordOf(node));
}

/** Text of `@doc "…"` and `@moduledoc """…"""`. */
function attributeText(attribute: SyntaxNode, name: string): string | null {
  if (attribute.type !== 'unary_operator' || keywordOf(attribute) !== name) return null;
  const call = attribute.childForFieldName('operand');
  const [value] = call === null ? [] : argumentsOf(call);
  if (value?.type === 'string') return cleanDocstring(value.text);
  return value?.type === 'sigil' ? cleanDocstring(value.text.replace(/^~[a-zA-Z]+/u, '')) : null;
}

function docstring({ node, kind }: DefinitionSyntax): string | null {
  if (kind === 'module' || kind === 'interface') {
    const block = node.namedChildren.find(({ type }) => type === 'do_block');
    const found = block?.namedChildren.slice(0, MAX_ATTRIBUTES).map((child) => attributeText(child, 'moduledoc'));
    return found?.find((text) => text !== null) ?? null;
  }
  const name = kind === 'type' ? 'typedoc' : 'doc';
  let at = node.previousSibling;
  for (let count = 0; at !== null && count < MAX_ATTRIBUTES; count++, at = at.previousSibling) {
    if (at.type !== 'unary_operator') return null;
    const text = attributeText(at, name);
    if (text !== null) return text;
  }
  return null;
}

function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  const block = node.namedChildren.find(({ type }) => type === 'do_block');
  return block ?? (node.type === 'call' ? keywordArgument(node, 'do') : null);
}

const lastSegment = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Modules an `alias`, `import`, `require` or `use` names: `MyApp.{Repo, User}` names two. */
function modulesOf(argument: SyntaxNode): string[] {
  if (argument.type === 'alias') return [argument.text];
  const tuple = argument.type === 'dot' ? argument.childForFieldName('right') : null;
  const prefix = argument.childForFieldName('left')?.text ?? '';
  return tuple?.type === 'tuple' ? tuple.namedChildren.map((child) => `${prefix}.${child.text}`) : [];
}

function importedNames(node: SyntaxNode, specifier: string): ImportedName[] {
  switch (keywordOf(node)) {
    case 'alias':
      return [{ name: '*', alias: keywordArgument(node, 'as')?.text ?? lastSegment(specifier) }];
    case 'import': {
      const only = keywordArgument(node, 'only');
      if (only?.type !== 'list') return [{ name: '*', alias: '*' }];
      const keywords = only.namedChildren.flatMap((child) => child.namedChildren);
      return keywords.flatMap((pair) => {
        const name = pair.childForFieldName('key')?.text.replace(/:\s*$/u, '') ?? '';
        return name === '' ? [] : [{ name, alias: name }];
      });
    }
    case 'require': {
      const alias = keywordArgument(node, 'as')?.text;
      return alias === undefined ? [] : [{ name: '*', alias }];
    }
    // What a module does to those that use it is a macro: the dot tells it from an import.
    default:
      return [{ name: '*', alias: '.' }];
  }
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const [argument] = argumentsOf(node);
  if (argument === undefined) return [];
  const position = positionOf(node);
  return modulesOf(argument).map((specifier) => ({
    specifier,
    names: importedNames(node, specifier),
    reexport: false,
    position,
  }));
}

/** Rules of Elixir. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  commentTypes: new Set(['comment']),
  sharesPackageScope: true,
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  refine,
  isExported,
  docstring,
  bodyOf,
  readImport,
};
