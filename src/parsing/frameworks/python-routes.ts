import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, HandlerSyntax, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { ANY_METHOD, literalText, routeName } from './route-name.ts';
import { argumentsOf, sourceOf } from './syntax-search.ts';

/** Keywords a path is given by. */
const PATH_KEYWORDS: readonly string[] = ['path', 'rule', 'route'];
/** Keywords a view is given by. */
const VIEW_KEYWORDS: readonly string[] = ['view_func', 'endpoint', 'view', 'viewset'];

interface CallArguments {
  readonly positional: readonly SyntaxNode[];
  readonly keywords: ReadonlyMap<string, SyntaxNode>;
}

function readArguments(call: SyntaxNode): CallArguments {
  const positional: SyntaxNode[] = [];
  const keywords = new Map<string, SyntaxNode>();
  for (const node of argumentsOf(call)) {
    const name = node.type === 'keyword_argument' ? node.childForFieldName('name') : null;
    const value = node.childForFieldName('value');
    if (name !== null && value !== null) keywords.set(name.text, value);
    else positional.push(node);
  }
  return { positional, keywords };
}

function pathIn({ positional, keywords }: CallArguments): string | undefined {
  const [first] = positional;
  const node = first ?? PATH_KEYWORDS.map((name) => keywords.get(name)).find((value) => value !== undefined);
  return literalText(node?.text);
}

/** `views.list`, `list`, `UserView.as_view()`, `csrf_exempt(list)`. */
function handlersOf(node: SyntaxNode | undefined): HandlerSyntax[] {
  if (node?.type === 'identifier') return [{ name: node.text, receiver: null, node }];
  if (node?.type === 'attribute') {
    const name = node.childForFieldName('attribute');
    const receiver = node.childForFieldName('object')?.text;
    return name === null || receiver === undefined ? [] : [{ name: name.text, receiver, node: name }];
  }
  if (node?.type !== 'call') return [];
  const callee = node.childForFieldName('function');
  const isView = callee?.childForFieldName('attribute')?.text === 'as_view';
  return handlersOf((isView ? callee?.childForFieldName('object') : argumentsOf(node)[0]) ?? undefined);
}

/** The prefix a blueprint or router is made or registered with in the same file. */
function prefixOf(router: string, source: string): string {
  if (!/^\w+$/u.test(router)) return '';
  const prefixIn = (pattern: string): string => {
    const given = new RegExp(pattern, 'u').exec(source)?.[1] ?? '';
    return /\b(?:url_)?prefix\s*=\s*["']([^"'{}]*)["']/u.exec(given)?.[1] ?? '';
  };
  const own = prefixIn(`\\b${router}\\s*(?::[^=\\n]+)?=\\s*[\\w.]*(?:Blueprint|Router|APIRouter)\\(([^)]*)\\)`);
  // Flask takes the one of the registration instead, FastAPI puts it in front.
  const registered = prefixIn(`\\.register_blueprint\\(\\s*${router}\\s*,([^)]*)\\)`);
  if (registered !== '') return registered;
  return `${prefixIn(`\\.include_router\\(\\s*${router}\\s*,([^)]*)\\)`)}/${own}`;
}

function methodsOf(verb: string, { keywords }: CallArguments): readonly string[] {
  const listed = keywords.get('methods')?.text.match(/\w+/gu);
  if (listed !== null && listed !== undefined) return listed.map((method) => method.toUpperCase());
  return verb === 'route' ? ['GET'] : verb === 'api_route' ? [ANY_METHOD] : [verb.toUpperCase()];
}

function decoratorRoute(decorator: SyntaxNode, verb: SyntaxNode): RouteSyntax[] {
  const call = decorator.firstNamedChild;
  const router = verb.parent?.childForFieldName('object')?.text ?? '';
  if (call === null) return [];
  const given = readArguments(call);
  const path = pathIn(given);
  if (path === undefined || !/^(?:$|\/)/u.test(path)) return [];
  return [{ name: routeName(methodsOf(verb.text, given), prefixOf(router, sourceOf(decorator)), path), handlers: [] }];
}

/** Django's `path`, which is a common word: the file must import it. */
function urlPattern(call: SyntaxNode, given: CallArguments): RouteSyntax[] {
  const path = pathIn(given);
  const view = given.positional[1] ?? given.keywords.get('view');
  const isIncluded = view?.type === 'call' && /^include\b/u.test(view.text);
  if (path === undefined || view === undefined || isIncluded) return [];
  if (!/\bdjango\.(?:urls|conf\.urls)\b/u.test(sourceOf(call))) return [];
  return [{ name: routeName(ANY_METHOD, path), handlers: handlersOf(view) }];
}

function methodRoute(call: SyntaxNode, method: string, given: CallArguments): RouteSyntax[] {
  const path = pathIn(given);
  if (path === undefined) return [];
  const isViewSet = method === 'register';
  if (isViewSet && !/\brest_framework\b/u.test(sourceOf(call))) return [];
  // Flask has a name for the endpoint between path and view.
  const [, second, third] = given.positional;
  const named = VIEW_KEYWORDS.map((name) => given.keywords.get(name)).find((value) => value !== undefined);
  const view = named?.type === 'string' ? undefined : named;
  const positional = second?.type === 'string' ? third : second;
  const handlers = handlersOf(view ?? positional);
  if (handlers.length === 0) return [];
  const router = call.childForFieldName('function')?.childForFieldName('object')?.text ?? '';
  const methods = given.keywords.has('methods') ? methodsOf('', given) : ANY_METHOD;
  return [{ name: routeName(methods, prefixOf(router, sourceOf(call)), path), handlers }];
}

/** Flask, FastAPI and their kin (Quart, Sanic, Starlette), Django and its REST framework. */
export const pythonFrameworks: FrameworkRules = {
  marker: /\b(?:flask|fastapi|starlette|quart|sanic|litestar|django|rest_framework)\b/u,
  routesOf: (node, nameNode) => {
    if (node.type === 'decorator') return decoratorRoute(node, nameNode);
    const given = readArguments(node);
    return nameNode.parent?.type === 'attribute' ? methodRoute(node, nameNode.text, given) : urlPattern(node, given);
  },
};
