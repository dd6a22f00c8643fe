import type { SymbolKind } from '../../../graph/symbol.ts';
import type { ImportDeclaration } from '../../language.ts';
import { rubyFrameworks } from '../../frameworks/ruby-routes.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';
import type { DefinitionRefinement, DefinitionSyntax, SyntaxRules } from '../../tree-sitter/syntax-rules.ts';

/** A class with more statements than this between a method and `private` is not looked through. */
const MAX_SIBLINGS = 200;

const WITH_END: ReadonlySet<string> = new Set(['class', 'module', 'method', 'singleton_method']);

function refine({ kind, name, node }: DefinitionSyntax): DefinitionRefinement {
  if (kind === 'method') return refineMethod(name, node);
  if (kind === 'field') return { name: name.replace(/^(?:@@?|:)/u, '') };
  // `class Acme::Db::Pool` stands in the module it names.
  const at = name.lastIndexOf('::');
  if (at < 0) return {};
  return { name: name.slice(at + 2), owner: name.slice(0, at).replace(/^::/u, '').replaceAll('::', '.') };
}

function refineMethod(name: string, node: SyntaxNode): DefinitionRefinement {
  if (name === 'initialize' && node.type === 'method') return { kind: 'constructor' };
  if (name.startsWith(':')) return { name: name.slice(1) };
  // Outside of all classes a method is a function.
  return isAtTop(node) ? { kind: 'function' } : {};
}

function isAtTop(node: SyntaxNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type === 'program') return true;
    if (at.type !== 'argument_list' && at.type !== 'call' && at.type !== 'if' && at.type !== 'then') return false;
  }
  return false;
}

/** A method is private that is given to `private`, or that stands below it. */
function isExported({ kind, node }: DefinitionSyntax, _parentKind: SymbolKind | null): boolean {
  if (kind !== 'method' || node.type !== 'method') return true;
  const call = node.parent?.type === 'argument_list' ? node.parent.parent : null;
  if (call !== null) return !/^private\b/u.test(call.text.slice(0, 8));
  let before = node.previousSibling;
  for (let count = 0; before !== null && count < MAX_SIBLINGS; count++, before = before.previousSibling) {
    if (before.type !== 'identifier') continue;
    if (before.text === 'private') return false;
    if (before.text === 'public' || before.text === 'protected') return true;
  }
  return true;
}

/** What has no body ends in front of its `end`. */
function bodyOf({ node }: DefinitionSyntax): SyntaxNode | null {
  if (!WITH_END.has(node.type)) return null;
  const body = node.childForFieldName('body');
  return body ?? node.children.find((child) => child.type === 'end') ?? null;
}

function readImport(node: SyntaxNode): ImportDeclaration[] {
  const path = node.childForFieldName('arguments')?.firstNamedChild;
  if (path === null || path === undefined || /#\{/u.test(path.text)) return [];
  const written = path.text.replace(/^['"]|['"]$/gu, '');
  const isRelative = node.childForFieldName('method')?.text === 'require_relative';
  const specifier = isRelative && !/^\.\.?\//u.test(written) ? `./${written}` : written;
  return [{ specifier, names: [], reexport: false, position: positionOf(node) }];
}

/** Rules of Ruby. */
export const rules: SyntaxRules = {
  wrapperTypes: new Set(),
  decoratorTypes: new Set(),
  sharesPackageScope: true,
  bareNamesAreCalls: true,
  commentTypes: new Set(['comment']),
  returnTypeFields: [],
  typeFields: [],
  transparentTypes: new Set(),
  frameworks: rubyFrameworks,
  refine,
  isExported,
  bodyOf,
  readImport,
};
