import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, HandlerSyntax, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { eventName } from './event-name.ts';
import { ANY_METHOD, literalText, routeName } from './route-name.ts';
import { argumentsOf, sourceOf } from './syntax-search.ts';

/** Names people give to what routes are registered with. */
const ROUTER_NAME =
  /^(?:(?:this\.)?(?:app|router|server|fastify|instance|api|routes?|r)|[\w.]*(?:Router|Routes|App|Api|Server))$/u;

/** Names that are enough where the file imports no framework: it is handed the router. */
const APPLICATION_NAME = /^(?:app|fastify|router|server)$/u;

const FRAMEWORK_IMPORT =
  /['"](?:express(?:-[\w-]+)?|fastify|@fastify\/[\w-]+|koa-router|@koa\/router|hono(?:\/[\w-]+)?|restify|polka|router|elysia|find-my-way)['"]/u;

/** What makes a router: `express()`, `Router()`, `new Hono()`. */
const ROUTER_MAKER = String.raw`\s*(?::[^=\n]+)?=\s*(?:await\s+)?(?:new\s+)?(?:express|[Ff]astify|(?:\w+\.)?Router|Hono|OpenAPIHono|KoaRouter|Elysia|polka|restify\.createServer)\s*[(<]`;

const FUNCTIONS: ReadonlySet<string> = new Set(['arrow_function', 'function_expression', 'generator_function']);

const EVENT_METHODS: ReadonlySet<string> = new Set(['on', 'once', 'addListener']);
const EVENT_DECORATORS: ReadonlySet<string> = new Set(['OnEvent', 'EventPattern', 'MessagePattern']);

/** What may be handed over as a handler: names, functions, calls that make one, lists of these. */
const HANDLER_TYPES: ReadonlySet<string> = new Set(['identifier', 'member_expression', 'call_expression', 'array']);

/** A list of handlers, or a call that wraps one, is looked into so deep. */
const MAX_DEPTH = 3;

/** Handlers among what is handed over: `auth`, `users.list`, `[auth, users.list]`, `wrap(users.list)`, `users.list.bind(users)`. */
function handlersIn(nodes: readonly SyntaxNode[], depth = 0): HandlerSyntax[] {
  if (depth > MAX_DEPTH) return [];
  return nodes.flatMap((node): HandlerSyntax[] => {
    switch (node.type) {
      case 'identifier':
        return node.text === 'undefined' ? [] : [{ name: node.text, receiver: null, node }];
      case 'member_expression':
        return memberHandler(node);
      case 'array':
        return handlersIn(node.namedChildren, depth + 1);
      case 'call_expression': {
        const callee = node.childForFieldName('function');
        const bound = callee?.childForFieldName('object');
        if (callee?.childForFieldName('property')?.text === 'bind' && bound?.type === 'member_expression')
          return memberHandler(bound);
        // A wrapper runs what it is given; what else it is given is no function and leads nowhere.
        return handlersIn(argumentsOf(node).filter(isFunctionName), depth + 1);
      }
      case 'object': {
        const fields = fieldsOf(node);
        return HANDLER_OPTIONS.flatMap((key) => optionHandlers(fields.get(key)));
      }
      default:
        return [];
    }
  });
}

/** Wrapped handlers are named; settings are in capitals, literals are no names. */
const isFunctionName = ({ type, text }: SyntaxNode): boolean =>
  type === 'member_expression' || (type === 'identifier' && !/^[A-Z\d_]+$/u.test(text));

function memberHandler(node: SyntaxNode): HandlerSyntax[] {
  const name = node.childForFieldName('property');
  const receiver = node.childForFieldName('object')?.text;
  if (name === null || receiver === undefined || /[\s('"`]/u.test(receiver)) return [];
  return [{ name: name.text, receiver, node: name }];
}

function isRouter(receiver: string, node: SyntaxNode): boolean {
  const source = sourceOf(node);
  if (!FRAMEWORK_IMPORT.test(source)) return APPLICATION_NAME.test(receiver);
  if (ROUTER_NAME.test(receiver)) return true;
  return (
    /^[\w$]+$/u.test(receiver) && new RegExp(`\\b${receiver.replaceAll('$', '\\$')}${ROUTER_MAKER}`, 'u').test(source)
  );
}

/** `router.route('/users')` at the start of a chain. */
function chainStart(call: SyntaxNode): { readonly receiver: string; readonly path: string } | undefined {
  let at: SyntaxNode | null = call;
  while (at?.type === 'call_expression') {
    const callee: SyntaxNode | null = at.childForFieldName('function');
    const object: SyntaxNode | null = callee?.childForFieldName('object') ?? null;
    if (callee?.childForFieldName('property')?.text === 'route') {
      const path = literalText(argumentsOf(at)[0]?.text);
      return path === undefined || object === null ? undefined : { receiver: object.text, path };
    }
    at = object;
  }
  return undefined;
}

/** Options of Fastify that hold functions. */
const HANDLER_OPTIONS: readonly string[] = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'handler'];

function fieldsOf(options: SyntaxNode): Map<string, SyntaxNode> {
  const fields = new Map<string, SyntaxNode>();
  for (const pair of options.namedChildren) {
    const key = pair.childForFieldName('key');
    const value = pair.childForFieldName('value');
    if (key !== null && value !== null) fields.set(key.text, value);
    else if (pair.type === 'shorthand_property_identifier') fields.set(pair.text, pair);
  }
  return fields;
}

function optionHandlers(node: SyntaxNode | undefined): HandlerSyntax[] {
  if (node === undefined) return [];
  return node.type === 'shorthand_property_identifier'
    ? [{ name: node.text, receiver: null, node }]
    : handlersIn([node]);
}

/** `fastify.route({ method: 'GET', url: '/users', handler })` */
function optionRoute(call: SyntaxNode): RouteSyntax[] {
  const [options] = argumentsOf(call);
  if (options?.type !== 'object') return [];
  const fields = fieldsOf(options);
  const path = literalText((fields.get('url') ?? fields.get('path'))?.text);
  const method = fields.get('method');
  if (path === undefined || method === undefined) return [];
  const methods = (method.type === 'array' ? method.namedChildren : [method]).flatMap(
    ({ text }) => literalText(text)?.toUpperCase() ?? [],
  );
  const handlers = HANDLER_OPTIONS.flatMap((key) => optionHandlers(fields.get(key)));
  return [{ name: routeName(methods, path), handlers }];
}

/** `bus.on('order.paid', ship)` */
function subscription(call: SyntaxNode): RouteSyntax[] {
  const receiver = call.childForFieldName('function')?.childForFieldName('object')?.type;
  const [event, handler, ...rest] = argumentsOf(call);
  const name = eventName(literalText(event?.text) ?? '');
  // What is called first may be any set of elements of a page: their events are the browser's.
  if (name === undefined || handler === undefined || rest.length > 0 || receiver === 'call_expression') return [];
  const isHandler = FUNCTIONS.has(handler.type) || HANDLER_TYPES.has(handler.type);
  return isHandler ? [{ name, handlers: handlersIn([handler]) }] : [];
}

function callRoute(call: SyntaxNode, verb: SyntaxNode): RouteSyntax[] {
  if (EVENT_METHODS.has(verb.text)) return subscription(call);
  const receiver = call.childForFieldName('function')?.childForFieldName('object');
  if (receiver === null || receiver === undefined) return [];
  if (verb.text === 'route') return isRouter(receiver.text, call) ? optionRoute(call) : [];
  const method = verb.text === 'all' ? ANY_METHOD : verb.text === 'del' ? 'DELETE' : verb.text.toUpperCase();
  const given = argumentsOf(call);
  if (receiver.type === 'call_expression') {
    const start = chainStart(receiver);
    if (start === undefined || !isRouter(start.receiver, call)) return [];
    return [{ name: routeName(method, start.path), handlers: handlersIn(given), start: verb }];
  }
  const paths = given[0]?.type === 'array' ? given[0].namedChildren : given.slice(0, 1);
  const texts = paths.map(({ text }) => literalText(text));
  const isPath = texts.length > 0 && texts.every((text) => text !== undefined && /^(?:$|[/*:])/u.test(text));
  const handed = given.slice(1);
  const isHandled =
    handed.some(({ type }) => FUNCTIONS.has(type) || HANDLER_TYPES.has(type)) || hasHandlerOption(handed);
  if (!isPath || !isHandled || !isRouter(receiver.text, call)) return [];
  return [{ name: routeName(method, texts.join(',')), handlers: handlersIn(handed) }];
}

/** `fastify.get('/users', { handler })` */
function hasHandlerOption([options]: readonly SyntaxNode[]): boolean {
  return options?.type === 'object' && /\bhandler\b/u.test(options.text);
}

/** The path of `@Controller('users')`, or of `@Controller({ path: 'users' })`, above a class. */
function controllerPath(decorator: SyntaxNode): string | undefined {
  let node: SyntaxNode | null = decorator;
  while (node !== null && !/^(?:abstract_)?class(?:_declaration)?$/u.test(node.type)) node = node.parent;
  if (node === null) return undefined;
  const around = node.parent?.type === 'export_statement' ? node.parent.children : [];
  const decorators = [...node.children, ...around].filter(({ type }) => type === 'decorator');
  for (const { text } of decorators) {
    const given = /^@(?:Json)?Controller\s*\(([\s\S]*)\)$/u.exec(text.trim())?.[1];
    if (given === undefined) continue;
    const path = /^\s*\{/u.test(given) ? /\bpath\s*:\s*(['"`][^'"`]*['"`])/u.exec(given)?.[1] : given;
    return literalText(path) ?? '';
  }
  return undefined;
}

/** `@OnEvent('order.paid')` */
function eventDecorator(call: SyntaxNode | null): RouteSyntax[] {
  const event = call === null ? undefined : argumentsOf(call)[0]?.text;
  const name = eventName(literalText(event) ?? '');
  return name === undefined ? [] : [{ name, handlers: [] }];
}

function decoratorRoute(decorator: SyntaxNode, verb: SyntaxNode): RouteSyntax[] {
  if (EVENT_DECORATORS.has(verb.text)) return eventDecorator(verb.parent);
  const prefix = controllerPath(decorator);
  if (prefix === undefined || verb.parent === null) return [];
  const [path] = argumentsOf(verb.parent);
  const text = path === undefined ? '' : literalText(path.text);
  if (text === undefined) return [];
  const method = verb.text === 'All' ? ANY_METHOD : verb.text.toUpperCase();
  return [{ name: routeName(method, prefix, text), handlers: [] }];
}

/** Express, Fastify, routers made like theirs (Koa, Hono, restify), Nest, and emitters of events. */
export const scriptFrameworks: FrameworkRules = {
  marker:
    /['"](?:express|fastify|@fastify\/|@?koa[-/]router|hono|restify|polka|elysia|@nestjs\/(?:common|event-emitter|microservices)|routing-controllers)|\b(?:app|router|server)\.(?:get|post|put|patch|delete|all)\(\s*['"`]\/|\.(?:on|once|addListener|emit|emitAsync)\(\s*['"`]\w+[A-Z.:/_-]/u,
  routesOf: (node, nameNode) =>
    node.type === 'decorator' ? decoratorRoute(node, nameNode) : callRoute(node, nameNode),
};
