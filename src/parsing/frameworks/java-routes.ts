import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { ANY_METHOD, routeName } from './route-name.ts';
import { nodeAround } from './syntax-search.ts';

const TYPES: ReadonlySet<string> = new Set(['class_declaration', 'interface_declaration', 'record_declaration']);

/** Settings of an annotation that are no path. */
const OTHER_SETTINGS = /\b(?:produces|consumes|params|headers|name|method)\s*=\s*(?:\{[^}]*\}|"[^"]*"|[\w.]+)/gu;

function annotationsOf(declaration: SyntaxNode | null): readonly SyntaxNode[] {
  const modifiers = declaration?.children.find(({ type }) => type === 'modifiers');
  return modifiers?.namedChildren.filter(({ type }) => type.endsWith('annotation')) ?? [];
}

/** The path an annotation gives: empty where it gives none, undefined where that is no text. */
function pathOf({ text }: SyntaxNode): string | undefined {
  const open = text.indexOf('(');
  const given = open < 0 ? '' : text.slice(open + 1, text.lastIndexOf(')')).replace(OTHER_SETTINGS, '');
  const texts = Array.from(given.matchAll(/"([^"]*)"/gu), ([, path = '']) => path);
  if (texts.length > 0) return texts.join(',');
  return /\w/u.test(given) ? undefined : '';
}

function annotationNamed(declaration: SyntaxNode | null, name: string): SyntaxNode | undefined {
  return annotationsOf(declaration).find((annotation) => annotation.childForFieldName('name')?.text === name);
}

/** `@Path` stands beside `@GET`, and above the class. */
function resourceRoute(method: SyntaxNode | null, type: SyntaxNode | null, verb: string): RouteSyntax[] {
  const above = annotationNamed(type, 'Path');
  const own = annotationNamed(method, 'Path');
  if (above === undefined && own === undefined) return [];
  const prefix = above === undefined ? '' : pathOf(above);
  const path = own === undefined ? '' : pathOf(own);
  return prefix === undefined || path === undefined ? [] : [{ name: routeName(verb, prefix, path), handlers: [] }];
}

function routesOf(annotation: SyntaxNode, { text }: SyntaxNode): RouteSyntax[] {
  const method = annotation.parent?.parent ?? null;
  const type = nodeAround(annotation, TYPES);
  if (!text.endsWith('Mapping')) return resourceRoute(method, type, text);
  const above = annotationNamed(type, 'RequestMapping');
  const prefix = above === undefined ? '' : pathOf(above);
  const path = pathOf(annotation);
  if (prefix === undefined || path === undefined) return [];
  const verbs =
    text === 'RequestMapping'
      ? Array.from(annotation.text.matchAll(/\bRequestMethod\.(\w+)/gu), ([, verb = '']) => verb)
      : [text.slice(0, -'Mapping'.length).toUpperCase()];
  return [{ name: routeName(verbs.length === 0 ? ANY_METHOD : verbs, prefix, path), handlers: [] }];
}

/** Spring's controllers and JAX-RS resources. */
export const javaFrameworks: FrameworkRules = {
  marker: /\bimport\s+(?:org\.springframework\.web\.|(?:javax|jakarta)\.ws\.rs\.)/u,
  routesOf,
};
