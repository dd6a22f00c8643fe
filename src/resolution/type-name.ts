/** One alternative of a declared type. */
export type TypeExpression =
  | { readonly kind: 'instance'; readonly name: string }
  /** The class itself as a value: `typeof T`, `type[T]`, `Class<T>`. */
  | { readonly kind: 'class'; readonly name: string }
  /** An array, list, map or the like; `element` is the type text of what it holds. */
  | {
      readonly kind: 'container';
      readonly element: string;
      /** Of a tuple, by place. */
      readonly elements?: readonly string[] | undefined;
    }
  /** The type of the receiver: `this`, `Self`. */
  | { readonly kind: 'self' };

const MAX_NESTING = 12;
const MAX_TYPE_LENGTH = 1_000;
const NOTHING = new Set(['null', 'undefined', 'None', 'void', 'never', 'nil', '']);
/** Types whose members are reached through them: `await`, `?.` and references make the inner type the receiver. */
const WRAPPERS = new Set([
  'Promise',
  'PromiseLike',
  'Awaited',
  'Future',
  'FutureOr',
  'Readonly',
  'Partial',
  'Required',
  'NonNullable',
  'Optional',
  'Awaitable',
  'Coroutine',
  'Annotated',
  'Final',
  'ClassVar',
  'InitVar',
  'Required',
  'NotRequired',
  'Ref',
  'ContextManager',
  'AsyncContextManager',
  // C++
  'unique_ptr',
  'shared_ptr',
  'weak_ptr',
  'optional',
  'reference_wrapper',
]);
/** TypeScript, Python, Rust and Swift, PHP. */
const SELF_TYPES = new Set(['this', 'Self', 'static', 'self']);
/** PHP joins names with `\`, Ruby with `::`; PHP's in front stands for the root of all names. */
const QUALIFIED_NAME = /^\\?[\p{ID_Start}_$](?:[\p{ID_Continue}$.\\]|::)*$/u;
const CLASS_OBJECTS = new Set(['Type', 'type', 'Class']);
const CONTAINERS = new Set([
  'Array',
  'ReadonlyArray',
  'Set',
  'ReadonlySet',
  'Map',
  'ReadonlyMap',
  'WeakMap',
  'Record',
  'Iterable',
  'Iterator',
  'IterableIterator',
  'AsyncIterable',
  'AsyncGenerator',
  'Generator',
  'List',
  'ArrayList',
  'MutableList',
  'MutableSet',
  'MutableMap',
  'MutableCollection',
  'Seq',
  'IndexedSeq',
  'ListBuffer',
  'ArrayBuffer',
  'LinkedList',
  'Collection',
  'HashMap',
  'LinkedHashMap',
  'TreeMap',
  'ConcurrentHashMap',
  'ConcurrentMap',
  'HashSet',
  'LinkedHashSet',
  'TreeSet',
  'Deque',
  'ArrayDeque',
  'Queue',
  'Stream',
  'Vector',
  'list',
  'dict',
  'set',
  'frozenset',
  'tuple',
  'Dict',
  'Tuple',
  'FrozenSet',
  'Sequence',
  'MutableSequence',
  'Mapping',
  'MutableMapping',
  'deque',
  'defaultdict',
  'OrderedDict',
  'AsyncIterator',
  // C++
  'vector',
  'array',
  'span',
  'map',
  'unordered_map',
  'unordered_set',
  'multimap',
  'forward_list',
  'initializer_list',
]);

/**
 * Reads a type as written in TypeScript, Python, Java or Go.
 * @returns The alternatives of a union without the empty ones; none for function types and what is not understood.
 */
export function parseTypeName(text: string, nesting = 0): readonly TypeExpression[] {
  if (nesting > MAX_NESTING || text.length > MAX_TYPE_LENGTH) return [];
  const type = stripDecoration(text);
  if (NOTHING.has(type)) return [];
  const alternatives = splitTop(type, '|&');
  if (alternatives.length > 1) return alternatives.flatMap((part) => parseTypeName(part, nesting + 1));
  if (type.startsWith('('))
    return type.endsWith(')') ? parseTypeName(splitTop(type.slice(1, -1), ',')[0] ?? '', nesting + 1) : [];
  if (type.includes('=>') || /^func\b/.test(type)) return [];
  return parseSingle(type, nesting);
}

function parseSingle(type: string, nesting: number): readonly TypeExpression[] {
  // Swift: `[Pool]`, `[String: Pool]`.
  const swiftElement = /^\[(?:[^[\]]*:)?([^[\]]+)\]$/.exec(type)?.[1];
  if (swiftElement !== undefined) return [{ kind: 'container', element: swiftElement.trim() }];
  const goElement = /^(?:\[[^\]]*\]|map\[[^\]]*\]|<-\s*chan\s|chan\s)\s*(.+)$/s.exec(type)?.[1];
  if (goElement !== undefined) return [{ kind: 'container', element: goElement }];
  if (type.endsWith('[]')) return [{ kind: 'container', element: type.slice(0, -2) }];
  if (SELF_TYPES.has(type)) return [{ kind: 'self' }];
  const typeQuery = /^typeof\s+([\w$.]+)$/.exec(type)?.[1];
  if (typeQuery !== undefined) return [{ kind: 'class', name: typeQuery }];
  const generic = /^([\p{ID_Start}_$][\p{ID_Continue}$.:]*)\s*[<[](.*)[>\]]$/su.exec(type);
  if (generic === null)
    return QUALIFIED_NAME.test(type) ? [{ kind: 'instance', name: type.replace(/\\|::/g, '.') }] : [];
  return parseGeneric((generic[1] ?? '').replaceAll('::', '.'), splitTop(generic[2] ?? '', ','), nesting);
}

function parseGeneric(name: string, parameters: readonly string[], nesting: number): readonly TypeExpression[] {
  const lastName = name.slice(name.lastIndexOf('.') + 1);
  if (WRAPPERS.has(lastName)) return parseTypeName(parameters[0] ?? '', nesting + 1);
  if (lastName === 'Union') return parameters.flatMap((part) => parseTypeName(part, nesting + 1));
  if (CONTAINERS.has(lastName))
    return [
      {
        kind: 'container',
        element: parameters.findLast((part) => part.trim() !== '...') ?? '',
        ...(lastName.toLowerCase() === 'tuple' ? { elements: parameters } : {}),
      },
    ];
  if (CLASS_OBJECTS.has(lastName)) {
    return parseTypeName(parameters[0] ?? '', nesting + 1).map((inner) =>
      inner.kind === 'instance' ? { kind: 'class', name: inner.name } : inner,
    );
  }
  return [{ kind: 'instance', name }];
}

/** Quotes of Python forward references, pointers, modifiers, annotations and wildcards. */
function stripDecoration(text: string): string {
  let type = text.trim();
  for (;;) {
    const before = type;
    type = type
      .replace(/^(?:readonly|final|const|asserts|unique|new|\?\s*(?:extends|super))\s+/, '')
      .replace(/^@[\w.]+(?:\([^)]*\))?\s*/, '')
      .replace(/^(?:\.\.\.|[*&:?])\s*/, '')
      .replace(/(?:\.\.\.|[?!])$/, '')
      .replace(/^(["'])(.*)\1$/s, '$2')
      .trim();
    if (type === before) return type;
  }
}

/** Splits at separators outside of brackets. */
export function splitTop(text: string, separators: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if ('<[({'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && text[at - 1] !== '=')) depth--;
    else if (depth === 0 && separators.includes(character)) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.length === 1 ? parts : parts.filter((part) => part.trim() !== '');
}
