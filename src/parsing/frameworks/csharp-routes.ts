import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, HandlerSyntax, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { literalText, routeName } from './route-name.ts';
import { argumentsOf, nodeAround, sourceOf } from './syntax-search.ts';

const TYPES: ReadonlySet<string> = new Set(['class_declaration', 'record_declaration']);

/** Groups in groups are followed so deep. */
const MAX_GROUPS = 5;

function attributesOf(declaration: SyntaxNode | null): readonly SyntaxNode[] {
  const lists = declaration?.namedChildren.filter(({ type }) => type === 'attribute_list') ?? [];
  return lists.flatMap(({ namedChildren }) => namedChildren.filter(({ type }) => type === 'attribute'));
}

/** The path an attribute gives: empty where it gives none, undefined where that is no text. */
function pathOf({ text }: SyntaxNode): string | undefined {
  const open = text.indexOf('(');
  const given =
    open < 0 ? '' : text.slice(open + 1, text.lastIndexOf(')')).replace(/,?\s*\b(?:Name|Order)\s*=.*$/su, '');
  return given.trim() === '' ? '' : literalText(given);
}

function routeAttribute(declaration: SyntaxNode | null): string | undefined {
  const found = attributesOf(declaration).find((attribute) => attribute.childForFieldName('name')?.text === 'Route');
  return found === undefined ? '' : pathOf(found);
}

function attributeRoute(attribute: SyntaxNode, { text }: SyntaxNode): RouteSyntax[] {
  const type = nodeAround(attribute, TYPES);
  const method = attribute.parent?.parent ?? null;
  const prefix = routeAttribute(type);
  const own = pathOf(attribute);
  const path = own === '' ? routeAttribute(method) : own;
  if (prefix === undefined || path === undefined) return [];
  const controller = type?.childForFieldName('name')?.text.replace(/Controller$/u, '') ?? '';
  const action = method?.childForFieldName('name')?.text ?? '';
  // A path that starts with a slash stands alone.
  const parts = /^~?\//u.test(path) ? [path.replace(/^~/u, '')] : [prefix, path];
  const written = parts.map((part) => part.replaceAll('[controller]', controller).replaceAll('[action]', action));
  return [{ name: routeName(text.slice('Http'.length).toUpperCase(), ...written), handlers: [] }];
}

/** What `MapGroup` puts in front of the routes of a variable. */
function groupPrefix(router: string, source: string, depth = 0): string {
  if (depth > MAX_GROUPS || !/^\w+$/u.test(router)) return '';
  const found = new RegExp(`\\b${router}\\s*=\\s*(\\w+)\\s*\\.\\s*MapGroup\\(\\s*"([^"]*)"`, 'u').exec(source);
  return found === null ? '' : `${groupPrefix(found[1] ?? '', source, depth + 1)}/${found[2] ?? ''}`;
}

function mappedRoute(call: SyntaxNode, { text }: SyntaxNode): RouteSyntax[] {
  const [pathNode, ...given] = argumentsOf(call).map((argument) => argument.firstNamedChild ?? argument);
  const path = literalText(pathNode?.text);
  if (path === undefined || given.length === 0) return [];
  const router = call.childForFieldName('function')?.childForFieldName('expression')?.text ?? '';
  const handlers = given.flatMap((node): HandlerSyntax[] => {
    if (node.type === 'identifier') return [{ name: node.text, receiver: null, node }];
    const name = node.type === 'member_access_expression' ? node.childForFieldName('name') : null;
    const receiver = node.childForFieldName('expression')?.text;
    return name === null || receiver === undefined ? [] : [{ name: name.text, receiver, node: name }];
  });
  const method = text.slice('Map'.length).toUpperCase();
  return [{ name: routeName(method, groupPrefix(router, sourceOf(call)), path), handlers }];
}

/** Controllers and minimal interfaces of ASP.NET Core. */
export const csharpFrameworks: FrameworkRules = {
  marker:
    /\bMicrosoft\.AspNetCore\b|\bWebApplication\b|\.Map(?:Get|Post|Put|Patch|Delete|Group)\(|\[Http(?:Get|Post|Put|Patch|Delete)\b/u,
  routesOf: (node, nameNode) =>
    node.type === 'attribute' ? attributeRoute(node, nameNode) : mappedRoute(node, nameNode),
};
