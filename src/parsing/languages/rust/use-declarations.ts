import type { ImportDeclaration } from '../../language.ts';
import { positionOf, type SyntaxNode } from '../../tree-sitter/syntax-node.ts';

/** A path and the name it is given. */
interface UsedPath {
  readonly segments: readonly string[];
  readonly alias: string;
}

const MAX_DEPTH = 20;

const textOf = (node: SyntaxNode | null): string => (node === null ? '' : node.text.replace(/\s+/gu, ''));

const segmentsOf = (node: SyntaxNode | null): string[] =>
  textOf(node)
    .replace(/^::/u, '')
    .replace(/\br#/gu, '')
    .split('::')
    .filter((segment) => segment !== '');

/** The leaves of a `use` tree. */
function leavesOf(node: SyntaxNode, prefix: readonly string[], depth: number): UsedPath[] {
  if (depth > MAX_DEPTH) return [];
  switch (node.type) {
    case 'scoped_use_list': {
      const list = node.childForFieldName('list');
      const inner = [...prefix, ...segmentsOf(node.childForFieldName('path'))];
      return list === null ? [] : leavesOf(list, inner, depth + 1);
    }
    case 'use_list':
      return node.namedChildren.flatMap((child) => leavesOf(child, prefix, depth + 1));
    case 'use_as_clause': {
      const segments = withoutSelf([...prefix, ...segmentsOf(node.childForFieldName('path'))]);
      return [{ segments, alias: textOf(node.childForFieldName('alias')) }];
    }
    case 'use_wildcard':
      return [{ segments: [...prefix, ...segmentsOf(node.firstNamedChild), '*'], alias: '*' }];
    case 'line_comment':
    case 'block_comment':
      return [];
    default: {
      const segments = withoutSelf([...prefix, ...segmentsOf(node)]);
      return [{ segments, alias: segments.at(-1) ?? '' }];
    }
  }
}

/** `a::{self}` is `a`. */
function withoutSelf(segments: readonly string[]): readonly string[] {
  return segments.length > 1 && segments.at(-1) === 'self' ? segments.slice(0, -1) : segments;
}

/** Names of the modules a node is written in, from the top of the file. */
function modulesAround(node: SyntaxNode): string[] {
  const names: string[] = [];
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type === 'mod_item') names.unshift(textOf(at.childForFieldName('name')));
  }
  return names;
}

/** Paths are written as seen from the module; here they are as seen from the file. */
function fromFile(segments: readonly string[], modules: readonly string[]): readonly string[] {
  if (modules.length === 0) return segments;
  if (segments[0] === 'self') return ['self', ...modules, ...segments.slice(1)];
  const supers = segments.findIndex((segment) => segment !== 'super');
  const up = supers < 0 ? segments.length : supers;
  if (up === 0) return segments;
  const rest = segments.slice(up);
  const left = modules.length - up;
  return left >= 0
    ? ['self', ...modules.slice(0, left), ...rest]
    : [...Array.from({ length: -left }, () => 'super'), ...rest];
}

/**
 * Reads `use`, `extern crate` and `mod name;`. The module is the path without its last segment; a path of one segment
 * is a module itself, or a name of the crate's root.
 */
export function readImport(node: SyntaxNode): readonly ImportDeclaration[] {
  const position = positionOf(node);
  const modules = modulesAround(node);
  const reexport = false;
  if (node.type === 'mod_item') {
    const name = textOf(node.childForFieldName('name'));
    const specifier = ['self', ...modules, name].join('::');
    return [{ specifier, names: [{ name: '*', alias: name }], reexport, position }];
  }
  if (node.type === 'extern_crate_declaration') {
    const name = textOf(node.childForFieldName('name'));
    const alias = textOf(node.childForFieldName('alias')) || name;
    return name === 'self' ? [] : [{ specifier: name, names: [{ name: '*', alias }], reexport, position }];
  }
  const argument = node.childForFieldName('argument');
  if (argument === null) return [];
  const bySpecifier = new Map<string, ImportDeclaration['names'][number][]>();
  for (const { segments, alias } of leavesOf(argument, [], 0)) {
    const path = fromFile(segments, modules);
    const isModule = path.length === 1;
    const specifier = (isModule ? path : path.slice(0, -1)).join('::');
    const name = isModule ? '*' : (path.at(-1) ?? '');
    // `use Trait as _` is for its methods alone.
    if (specifier === '' || name === '' || alias === '_') continue;
    const names = bySpecifier.get(specifier) ?? [];
    bySpecifier.set(specifier, names);
    names.push({ name, alias });
  }
  return [...bySpecifier].map(([specifier, names]) => ({ specifier, names, reexport, position }));
}
