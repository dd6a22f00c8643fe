import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, HandlerSyntax, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { ANY_METHOD, literalText, routeName } from './route-name.ts';
import { argumentsOf, contentOf, nodeAround } from './syntax-search.ts';

const CLASSES: ReadonlySet<string> = new Set(['class_declaration']);
const CALLS: ReadonlySet<string> = new Set(['member_call_expression', 'scoped_call_expression']);

type Action = readonly [name: string, method: string, path: string];
const RESOURCE_ACTIONS: readonly Action[] = [
  ['index', 'GET', ''],
  ['create', 'GET', '/create'],
  ['store', 'POST', ''],
  ['show', 'GET', '/{id}'],
  ['edit', 'GET', '/{id}/edit'],
  ['update', 'PUT|PATCH', '/{id}'],
  ['destroy', 'DELETE', '/{id}'],
];

/** Arguments without the nodes around them. */
function valuesOf(call: SyntaxNode): readonly SyntaxNode[] {
  return argumentsOf(call).map((argument) => argument.firstNamedChild ?? argument);
}

/** `UserController::class` */
function className(node: SyntaxNode | undefined): string | undefined {
  return /^([\w\\]+)::class$/u.exec(node?.text ?? '')?.[1];
}

/** The calls of a chain before this one: `Route::prefix('a')->middleware('b')`. */
function chainOf(call: SyntaxNode): SyntaxNode[] {
  const chain: SyntaxNode[] = [];
  let at = call.childForFieldName('object');
  while (at !== null && CALLS.has(at.type)) {
    chain.push(at);
    at = at.childForFieldName('object');
  }
  return chain;
}

const isRouteChain = (call: SyntaxNode): boolean =>
  (chainOf(call).at(-1) ?? call).childForFieldName('scope')?.text === 'Route';

interface Around {
  readonly prefixes: readonly string[];
  readonly controller: string | undefined;
}

/** What the call's chain, and the groups around it, put in front. */
function lookAround(call: SyntaxNode): Around {
  const prefixes: string[] = [];
  let controller: string | undefined;
  const readChain = (chain: readonly SyntaxNode[]): void => {
    for (const link of chain) {
      const [value] = valuesOf(link);
      const name = link.childForFieldName('name')?.text;
      if (name === 'prefix') prefixes.unshift(literalText(value?.text) ?? '');
      if (name === 'controller') controller ??= className(value);
    }
  };
  readChain(chainOf(call));
  for (let at = nodeAround(call, CALLS); at !== null; at = nodeAround(at, CALLS)) {
    if (at.childForFieldName('name')?.text === 'group' && isRouteChain(at)) readChain(chainOf(at));
  }
  return { prefixes, controller };
}

/** `[UserController::class, 'index']`, `'UserController@index'`, `UserController::class`, or `'index'` in a controller's group. */
function handlersOf(node: SyntaxNode | undefined, controller: string | undefined): HandlerSyntax[] {
  if (node === undefined) return [];
  if (node.type === 'array_creation_expression') {
    const [type, action] = node.namedChildren.map((element) => element.firstNamedChild ?? element);
    const receiver = className(type);
    const name = literalText(action?.text);
    return receiver === undefined || name === undefined || action === undefined
      ? []
      : [{ name, receiver, node: contentOf(action) }];
  }
  const invoked = className(node);
  if (invoked !== undefined) return [{ name: '__invoke', receiver: invoked, node }];
  const text = literalText(node.text);
  if (text === undefined) return [];
  const [receiver, name] = text.includes('@') ? text.split('@') : [controller, text];
  return receiver === undefined || name === undefined ? [] : [{ name, receiver, node: contentOf(node) }];
}

function callRoutes(call: SyntaxNode, { text: verb }: SyntaxNode): RouteSyntax[] {
  if (!isRouteChain(call)) return [];
  const { prefixes, controller } = lookAround(call);
  const values = valuesOf(call);
  if (verb === 'resource' || verb === 'apiResource') {
    const [name, type] = values;
    const path = literalText(name?.text);
    const receiver = className(type);
    if (path === undefined || receiver === undefined || type === undefined) return [];
    return RESOURCE_ACTIONS.filter(([action]) => verb === 'resource' || !/^(?:create|edit)$/u.test(action)).map(
      ([action, method, rest]) => ({
        name: routeName(method, ...prefixes, path + rest),
        handlers: [{ name: action, receiver, node: type }],
      }),
    );
  }
  const isMatch = verb === 'match';
  const [path, handler] = isMatch ? values.slice(1) : values;
  const written = literalText(path?.text);
  if (written === undefined || handler === undefined) return [];
  const methods = isMatch ? (values[0]?.text.match(/\w+/gu) ?? []).map((method) => method.toUpperCase()) : [];
  const method = isMatch ? methods : verb === 'any' ? ANY_METHOD : verb.toUpperCase();
  return [{ name: routeName(method, ...prefixes, written), handlers: handlersOf(handler, controller) }];
}

/** The path and methods an attribute of Symfony gives. */
function attributeText({ text }: SyntaxNode): {
  readonly path: string | undefined;
  readonly methods: readonly string[];
} {
  const methods = /\bmethods\s*:\s*(\[[^\]]*\]|['"]\w+['"])/u.exec(text)?.[1]?.match(/\w+/gu) ?? [];
  const path = /\(\s*(?:path\s*:\s*)?(['"][^'"]*['"])/u.exec(text)?.[1];
  return { path: literalText(path), methods };
}

function attributeRoute(attribute: SyntaxNode): RouteSyntax[] {
  const { path, methods } = attributeText(attribute);
  const type = nodeAround(attribute, CLASSES);
  const lists = type?.namedChildren.filter(({ type: kind }) => kind === 'attribute_list') ?? [];
  const above = lists.map(({ text }) => /\bRoute\s*\([^\]]*/u.exec(text)?.[0]).find((text) => text !== undefined);
  const prefix = /\(\s*(?:path\s*:\s*)?['"]([^'"]*)['"]/u.exec(above ?? '')?.[1] ?? '';
  return path === undefined ? [] : [{ name: routeName(methods, prefix, path), handlers: [] }];
}

/** Laravel's routes, and attributes of Symfony. */
export const phpFrameworks: FrameworkRules = {
  marker: /\bRoute::|\bRouting\\(?:Annotation|Attribute)\\Route\b/u,
  routesOf: (node, nameNode) => (node.type === 'attribute' ? attributeRoute(node) : callRoutes(node, nameNode)),
};
