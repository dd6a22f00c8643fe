/** What points-to resolution must know of a language beside its syntax. */
export interface FlowProtocols {
  /** Functions of the language that give what they are given. */
  readonly passThrough: ReadonlySet<string>;
  /** Functions that make an empty or copied container; true for tables. */
  readonly containers: ReadonlyMap<string, boolean>;
  /** Functions that call an argument: its position and its name as a keyword. */
  readonly callers: ReadonlyMap<string, { readonly position: number; readonly keyword: string }>;
  /** Functions that call a method of their argument. */
  readonly methodCallers: ReadonlyMap<string, string>;
  /** Decorators (last name) that bind no object. */
  readonly staticDecorators: ReadonlySet<string>;
  /** Decorators (last name) that bind the class; methods that do so by their name. */
  readonly classDecorators: ReadonlySet<string>;
  readonly classMethods: ReadonlySet<string>;
  /** Decorators (last name) that make a generator something to enter. */
  readonly contextDecorators: ReadonlySet<string>;
  readonly call: string;
  readonly iterate: string;
  readonly next: string;
  readonly item: string;
  /** Methods called on entering and leaving. */
  readonly enter: readonly string[];
  readonly leave: readonly string[];
}

/** Python's, by the names of its data model and of the standard library. */
export const PYTHON_PROTOCOLS: FlowProtocols = {
  passThrough: new Set([
    'list',
    'tuple',
    'set',
    'frozenset',
    'sorted',
    'reversed',
    'iter',
    'aiter',
    'deque',
    'copy',
    'deepcopy',
    'chain',
    'from_iterable',
    'cycle',
    'wraps',
    'update_wrapper',
    'gather',
    'run',
    'wait_for',
    'create_task',
    'ensure_future',
    'staticmethod',
    'classmethod',
    'lru_cache',
    'cache',
    'contextmanager',
    'closing',
    'enter_context',
  ]),
  containers: new Map([
    ['list', false],
    ['set', false],
    ['tuple', false],
    ['frozenset', false],
    ['deque', false],
    ['dict', true],
    ['OrderedDict', true],
    ['defaultdict', true],
    ['WeakValueDictionary', true],
    ['ChainMap', true],
    ['MappingProxyType', true],
  ]),
  callers: new Map([
    ['map', { position: 0, keyword: 'func' }],
    ['filter', { position: 0, keyword: 'function' }],
    ['sorted', { position: 9, keyword: 'key' }],
    ['min', { position: 9, keyword: 'key' }],
    ['max', { position: 9, keyword: 'key' }],
    ['reduce', { position: 0, keyword: 'function' }],
    ['starmap', { position: 0, keyword: 'func' }],
    ['takewhile', { position: 0, keyword: 'predicate' }],
    ['dropwhile', { position: 0, keyword: 'predicate' }],
    ['groupby', { position: 1, keyword: 'key' }],
    ['sort', { position: 9, keyword: 'key' }],
  ]),
  methodCallers: new Map([
    ['len', '__len__'],
    ['str', '__str__'],
    ['repr', '__repr__'],
    ['iter', '__iter__'],
    ['next', '__next__'],
    ['hash', '__hash__'],
    ['abs', '__abs__'],
    ['bool', '__bool__'],
    ['int', '__int__'],
    ['float', '__float__'],
    ['bytes', '__bytes__'],
    ['reversed', '__reversed__'],
    ['format', '__format__'],
    ['aiter', '__aiter__'],
    ['anext', '__anext__'],
  ]),
  staticDecorators: new Set(['staticmethod']),
  classDecorators: new Set(['classmethod']),
  classMethods: new Set(['__new__', '__init_subclass__', '__class_getitem__']),
  contextDecorators: new Set(['contextmanager', 'asynccontextmanager']),
  call: '__call__',
  iterate: '__iter__',
  next: '__next__',
  item: '__getitem__',
  enter: ['__enter__', '__aenter__'],
  leave: ['__exit__', '__aexit__'],
};
