import type { SyntaxNode } from '../tree-sitter/syntax-node.ts';
import type { FrameworkRules, HandlerSyntax, RouteSyntax } from '../tree-sitter/syntax-rules.ts';
import { ANY_METHOD, literalText, routeName } from './route-name.ts';
import { argumentsOf, contentOf, sourceOf } from './syntax-search.ts';

type Action = readonly [name: string, method: string, path: string];

const PLURAL_ACTIONS: readonly Action[] = [
  ['index', 'GET', ''],
  ['create', 'POST', ''],
  ['new', 'GET', '/new'],
  ['edit', 'GET', '/:id/edit'],
  ['show', 'GET', '/:id'],
  ['update', 'PATCH|PUT', '/:id'],
  ['destroy', 'DELETE', '/:id'],
];
const SINGULAR_ACTIONS: readonly Action[] = PLURAL_ACTIONS.filter(([name]) => name !== 'index').map(
  ([name, method, path]) => [name, method, path.replace('/:id', '')],
);

/** Options of a call and its other arguments. */
interface CallArguments {
  readonly positional: readonly SyntaxNode[];
  readonly options: ReadonlyMap<string, SyntaxNode>;
  /** `'about' => 'pages#about'` */
  readonly arrow: { readonly path: string; readonly target: SyntaxNode } | undefined;
}

/** What the blocks around a registration put in front of its path and its controllers. */
interface Around {
  readonly prefix: string;
  readonly modules: string;
  /** The controller of the resource a registration stands in, or empty. */
  readonly controller: string;
}

/** The text of a string or symbol. */
const wordOf = (node: SyntaxNode | undefined): string | undefined =>
  node?.type === 'simple_symbol' ? node.text.slice(1) : literalText(node?.text);

function readArguments(call: SyntaxNode): CallArguments {
  const positional: SyntaxNode[] = [];
  const options = new Map<string, SyntaxNode>();
  let arrow: CallArguments['arrow'];
  for (const node of argumentsOf(call)) {
    const key = node.childForFieldName('key');
    const value = node.childForFieldName('value');
    if (node.type !== 'pair' || key === null || value === null) positional.push(node);
    else if (key.type === 'string') arrow = { path: literalText(key.text) ?? '', target: value };
    else options.set(key.text.replace(/^:|:$/gu, ''), value);
  }
  return { positional, options, arrow };
}

/** `user_profiles` is `UserProfiles`, `admin/users` is `Admin::Users`. */
function constantOf(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '')
    .map((part) => part.replace(/(?:^|_)([a-z\d])/gu, (_found, letter: string) => letter.toUpperCase()))
    .join('::');
}

const singular = (name: string): string =>
  name
    .replace(/ies$/u, 'y')
    .replace(/(ss|x|ch|sh)es$/u, '$1')
    .replace(/(?<!s)s$/u, '');

function lookAround(call: SyntaxNode): Around {
  const prefixes: string[] = [];
  const modules: string[] = [];
  let controller = '';
  for (let at = call.parent; at !== null; at = at.parent) {
    if (at.type !== 'call') continue;
    const { positional, options } = readArguments(at);
    const name = wordOf(positional[0]) ?? '';
    const path = wordOf(options.get('path'));
    const module = wordOf(options.get('module'));
    switch (at.childForFieldName('method')?.text) {
      case 'namespace':
        prefixes.unshift(path ?? name);
        modules.unshift(module ?? name);
        break;
      case 'scope':
        prefixes.unshift(path ?? name);
        if (module !== undefined) modules.unshift(module);
        break;
      case 'member':
        prefixes.unshift(':id');
        break;
      case 'resources':
        prefixes.unshift(prefixes[0] === ':id' || isInCollection(call, at) ? name : `${name}/:${singular(name)}_id`);
        controller ||= wordOf(options.get('controller')) ?? name;
        break;
      case 'resource':
        prefixes.unshift(name);
        controller ||= wordOf(options.get('controller')) ?? `${name}s`;
        break;
      default:
    }
  }
  return { prefix: prefixes.join('/'), modules: modules.join('/'), controller };
}

/** In `collection do … end`, or given with `on: :collection`. */
function isInCollection(call: SyntaxNode, resource: SyntaxNode): boolean {
  if (wordOf(readArguments(call).options.get('on')) === 'collection') return true;
  for (let at = call.parent; at !== null && at !== resource; at = at.parent)
    if (at.type === 'call' && at.childForFieldName('method')?.text === 'collection') return true;
  return false;
}

function handlerOf(node: SyntaxNode, controller: string, action: string, modules: string): HandlerSyntax {
  return { name: action, receiver: `${constantOf(`${modules}/${controller}`)}Controller`, node };
}

/** `only: [:index, :show]` */
function wordsOf(node: SyntaxNode | undefined): ReadonlySet<string> | undefined {
  const words = node?.text.match(/[a-z_]+/gu);
  return words === null || words === undefined ? undefined : new Set(words);
}

function resourceRoutes(call: SyntaxNode, isPlural: boolean): RouteSyntax[] {
  const { positional, options } = readArguments(call);
  const { prefix, modules } = lookAround(call);
  const only = wordsOf(options.get('only'));
  const except = wordsOf(options.get('except'));
  const actions = (isPlural ? PLURAL_ACTIONS : SINGULAR_ACTIONS).filter(
    ([action]) => (only?.has(action) ?? true) && except?.has(action) !== true,
  );
  const [node] = positional;
  const name = wordOf(node);
  if (node === undefined || name === undefined) return [];
  const controller = wordOf(options.get('controller')) ?? (isPlural ? name : `${name}s`);
  const path = wordOf(options.get('path')) ?? name;
  const inside = wordOf(options.get('module'));
  const within = inside === undefined ? modules : `${modules}/${inside}`;
  return actions.map(([action, method, rest]) => ({
    name: routeName(method, prefix, path + rest),
    handlers: [handlerOf(node, controller, action, within)],
  }));
}

function verbRoute(call: SyntaxNode, verb: string): RouteSyntax[] {
  const { positional, options, arrow } = readArguments(call);
  const { prefix, modules, controller } = lookAround(call);
  const [first] = positional;
  const isRoot = verb === 'root';
  const path = isRoot ? '' : (arrow?.path ?? wordOf(first));
  if (path === undefined) return [];
  const target = options.get('to') ?? arrow?.target ?? (isRoot ? first : undefined);
  const via = wordsOf(options.get('via'));
  const method = isRoot
    ? 'GET'
    : verb === 'match'
      ? [...(via ?? [])].map((each) => each.toUpperCase())
      : verb.toUpperCase();
  const named = wordOf(target);
  const [controllerName, action] = named?.split('#') ?? [];
  const isNamed = target !== undefined && controllerName !== undefined && action !== undefined;
  const handlers = isNamed ? [handlerOf(contentOf(target), controllerName, action, modules)] : [];
  const name = routeName(Array.isArray(method) && method.length === 0 ? ANY_METHOD : method, prefix, path);
  if (handlers.length > 0) return [{ name, handlers }];
  // `get :preview` in a resource, `get 'pages/about'`: the path says what is called.
  if (named !== undefined || first === undefined) return [];
  if (controller !== '') return [{ name, handlers: [handlerOf(contentOf(first), controller, path, modules)] }];
  const parts = /^\/?([\w/]+)\/(\w+)$/u.exec(path);
  if (parts === null) return [{ name, handlers: [] }];
  return [{ name, handlers: [handlerOf(contentOf(first), parts[1] ?? '', parts[2] ?? '', modules)] }];
}

/** Sinatra: the path and the code that answers. */
function blockRoute(call: SyntaxNode, verb: string): RouteSyntax[] {
  const path = literalText(argumentsOf(call)[0]?.text);
  const hasBlock = call.childForFieldName('block') !== null;
  if (path === undefined || !path.startsWith('/') || !hasBlock) return [];
  return [{ name: routeName(verb.toUpperCase(), path), handlers: [] }];
}

/** The routes of Rails, and applications of Sinatra. */
export const rubyFrameworks: FrameworkRules = {
  marker: /\broutes\.draw\b|['"]sinatra(?:\/base)?['"]|\bSinatra::/u,
  routesOf: (call, { text }) => {
    if (!/\broutes\.draw\b/u.test(sourceOf(call))) return blockRoute(call, text);
    if (text === 'resources' || text === 'resource') return resourceRoutes(call, text === 'resources');
    return verbRoute(call, text);
  },
};
