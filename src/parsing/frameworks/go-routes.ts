import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, HandlerSyntax, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { ANY_METHOD, literalText, routeName } from './route-name.ts';
import { argumentsOf, sourceOf } from './syntax-search.ts';

/** Groups in groups are followed so deep, and handlers into the calls around them. */
const MAX_DEPTH = 5;

const ANY_NAMES: ReadonlySet<string> = new Set(['Any', 'All', 'Handle', 'HandleFunc']);

function handlersIn(nodes: readonly SyntaxNode[], depth = 0): HandlerSyntax[] {
  if (depth > MAX_DEPTH) return [];
  return nodes.flatMap((node): HandlerSyntax[] => {
    if (node.type === 'identifier') return [{ name: node.text, receiver: null, node }];
    if (node.type === 'call_expression') return handlersIn(argumentsOf(node), depth + 1);
    const name = node.type === 'selector_expression' ? node.childForFieldName('field') : null;
    const receiver = node.childForFieldName('operand')?.text;
    return name === null || receiver === undefined ? [] : [{ name: name.text, receiver, node: name }];
  });
}

/** What may be handed over as a handler. */
const HANDLER_TYPES: ReadonlySet<string> = new Set([
  'identifier',
  'selector_expression',
  'call_expression',
  'func_literal',
]);

/** The standard library's router has but these; clients have methods named like those of other routers. */
const LIBRARY_NAMES: ReadonlySet<string> = new Set(['Handle', 'HandleFunc']);

const FRAMEWORK_IMPORT =
  /"github\.com\/(?:gin-gonic\/gin|labstack\/echo|go-chi\/chi|gofiber\/fiber|gorilla\/mux|julienschmidt\/httprouter)(?:\/v\d+)?"/u;

/** What `v1 := r.Group("/v1")` puts in front of the routes of a variable: the last one above counts. */
function groupPrefix(router: string, above: string, depth = 0): string {
  if (depth > MAX_DEPTH || !/^\w+$/u.test(router)) return '';
  const pattern = new RegExp(`\\b${router}\\s*:?=\\s*(\\w+)\\.Group\\(\\s*"([^"]*)"`, 'gu');
  const found = Array.from(above.matchAll(pattern)).at(-1);
  return found === undefined ? '' : `${groupPrefix(found[1] ?? '', above, depth + 1)}/${found[2] ?? ''}`;
}

function routesOf(call: SyntaxNode, { text: verb }: SyntaxNode): RouteSyntax[] {
  const [pathNode, ...given] = argumentsOf(call);
  const written = literalText(pathNode?.text);
  const [, method, path] = /^(?:([A-Z]+) +)?(\/.*|)$/u.exec(written ?? '-') ?? [];
  const isHandled = given.length > 0 && given.every(({ type }) => HANDLER_TYPES.has(type));
  if (path === undefined || !isHandled) return [];
  const router = call.childForFieldName('function')?.childForFieldName('operand')?.text ?? '';
  const source = sourceOf(call);
  if (!LIBRARY_NAMES.has(verb) && !FRAMEWORK_IMPORT.test(source)) return [];
  const prefix = groupPrefix(router, source.slice(0, call.startIndex));
  const shown = method ?? (ANY_NAMES.has(verb) ? ANY_METHOD : verb.toUpperCase());
  return [{ name: routeName(shown, prefix, path), handlers: handlersIn(given) }];
}

/** gin, echo, chi, fiber, gorilla/mux, and the standard library's router. */
export const goFrameworks: FrameworkRules = {
  marker:
    /"(?:net\/http|github\.com\/(?:gin-gonic\/gin|labstack\/echo|go-chi\/chi|gofiber\/fiber|gorilla\/mux|julienschmidt\/httprouter)(?:\/v\d+)?)"/u,
  routesOf,
};
