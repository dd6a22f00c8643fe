import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

const SCOPE = /^(?:global|script|local|private):/iu;

/** The class a member stands in. */
function className(node: SyntaxNode): string {
  const type = node.parent;
  return type?.type === 'class_statement'
    ? (type.namedChildren.find((child) => child.type === 'simple_name')?.text ?? '')
    : '';
}

function refine({ node, kind, name }: DefinitionSyntax): DefinitionRefinement | null {
  if (kind === 'function') return { name: name.replace(SCOPE, '') };
  if (kind === 'method') return name.toLowerCase() === className(node).toLowerCase() ? { kind: 'constructor' } : {};
  if (kind === 'field') return { name: name.replace(/^\$/u, '') };
  if (kind === 'variable') return /^\$[\w:]+$/u.test(name) ? { name: name.slice(1).replace(SCOPE, '') } : null;
  return {};
}

function isExported({ node }: DefinitionSyntax, parentKind: SymbolKind | null): boolean {
  if (parentKind === null) return true;
  return !node.children.some(({ type, text }) => type === 'class_attribute' && /^hidden$/iu.test(text));
}

/** Help in a block comment above a function or at the start of its body. */
function docstring({ node, kind }: DefinitionSyntax): string | null {
  if (kind !== 'function') return null;
  const above = node.previousSibling;
  const body = node.namedChildren.find(({ type }) => type === 'script_block');
  const inside =
    node.children.find(({ type }) => type === 'comment') ?? body?.children.find(({ type }) => type === 'comment');
  const help = [above, inside].find((comment) => comment?.type === 'comment' && comment.text.startsWith('<#'));
  const lines = help?.text
    .slice(2)
    .replace(/#>\s*$/u, '')
    .split(/\r?\n/u)
    .map((line) => line.trim());
  return lines?.join('\n').trim() ?? null;
}

function bodyOf({ node, kind }: DefinitionSyntax): SyntaxNode | null {
  if (kind === 'class' || kind === 'enum') return node.children.find(({ type }) => type === '{') ?? null;
  return (
    node.children.find(({ type }) => type === '{') ?? node.children.find(({ type }) => type === 'script_block') ?? null
  );
}

/** The words of a command behind its name. */
function wordsOf(command: SyntaxNode): string[] {
  const elements = command.childForFieldName('command_elements');
  return (elements?.namedChildren ?? [])
    .filter(({ type }) => type !== 'command_argument_sep' && type !== 'command_parameter')
    .map(({ text }) => text.trim().replace(/^(["'])([^]*)\1$/u, '$2'))
    .filter((text) => text !== '');
}

/** `. ./lib.ps1`, `using module ./Pool.psm1`, `Import-Module Pool`. */
function readImport(node: SyntaxNode): ImportDeclaration[] {
  const name = node.childForFieldName('command_name')?.text ?? '';
  const words = wordsOf(node);
  const isUsing = /^using$/iu.test(name);
  if (isUsing && !/^module$/iu.test(words[0] ?? '')) return [];
  const isModule = isUsing || /^(?:Import-Module|ipmo)$/iu.test(name);
  const specifier = isModule ? (words[isUsing ? 1 : 0] ?? '') : name.replace(/^(["'])([^]*)\1$/u, '$2');
  if (specifier === '' || specifier.length > 300) return [];
  return [
    {
      specifier: specifier.replaceAll('\\', '/'),
      names: [{ name: '*', alias: '*' }],
      reexport: false,
      position: positionOf(node),
    },
  ];
}

/** Rules of PowerShell. */
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
  // The keyword of a class is no node.
  signatureStart: ({ node }) => node.startIndex,
  bodyOf,
  readImport,
};
