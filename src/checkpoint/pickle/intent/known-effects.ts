/** How the arguments of a known function are put into words. */
export type EffectForm =
  /** Its text, or the words of a list: a command line. */
  | 'command'
  /** Its first text, such as a path, an address or source code. */
  | 'text'
  /** Nothing: the words say enough. */
  | 'none';

/** What a well-known function of Python does to whoever loads a pickle that calls it. */
export interface KnownEffect {
  /** Of `module.name`, in today's spelling: `builtins`, and `os` for `posix` and `nt`. */
  readonly pattern: RegExp;
  /** After "would have". */
  readonly words: string;
  readonly form: EffectForm;
}

/** The first match counts. */
export const KNOWN_EFFECTS: readonly KnownEffect[] = [
  {
    pattern:
      /^(?:os\.(?:system|popen\d?|exec[lv]\w*|spawn[lv]\w*|posix_spawnp?|startfile)|subprocess\.(?:Popen|run|call|check_call|check_output|getoutput|getstatusoutput)|(?:commands|popen2)\.\w+|pty\.spawn|platform\.popen|asyncio\.create_subprocess_\w+)$/,
    words: 'run the command',
    form: 'command',
  },
  {
    pattern:
      /^(?:builtins\.(?:eval|exec|execfile|compile)|timeit\.\w+|pdb\.run\w*|bdb\.\w+(?:\.run\w*)?|c?[Pp]rofile\.run\w*|trace\.\w+|code\.\w+(?:\.\w+)?|idlelib\..+|numpy\.testing\..*(?:exec|runstring).*|torch\._dynamo\..*exec.*)$/,
    words: 'evaluated the Python code',
    form: 'text',
  },
  { pattern: /^runpy\.\w+$/, words: 'run the Python module', form: 'text' },
  {
    pattern:
      /^(?:builtins\.__import__|importlib\.(?:import_module|__import__)|imp\.\w+|pydoc\.locate|pkgutil\.resolve_name)$/,
    words: 'imported, and so run, the module',
    form: 'text',
  },
  { pattern: /^torch\.hub\.\w+$/, words: 'downloaded and run the code of', form: 'text' },
  {
    pattern:
      /^(?:(?:c?[Pp]ickle|_pickle|dill|cloudpickle|joblib|marshal|shelve|torch|pandas|numpy|torch\.storage)\.(?:_?loads?\w*|read_pickle|open|Unpickler))$/,
    words: 'loaded another pickle, which can run anything',
    form: 'none',
  },
  {
    pattern: /^(?:builtins|io|_io|codecs|os|pathlib|tarfile|zipfile)\.(?:open|fdopen|FileIO|Path)$/,
    words: 'opened the file',
    form: 'text',
  },
  { pattern: /^(?:os\.(?:remove|unlink|rmdir|removedirs)|shutil\.rmtree)$/, words: 'deleted', form: 'text' },
  {
    pattern:
      /^(?:urllib\d?\.(?:request\.)?\w+|requests\.(?:api\.)?\w+|http\.client\.\w+|httpx\.\w+|webbrowser\.\w+|torch\.utils\.model_zoo\.\w+)$/,
    words: 'asked the network for',
    form: 'text',
  },
  {
    pattern: /^(?:socket|_socket|ftplib|smtplib|telnetlib|ssl)\.\w+$/,
    words: 'opened a network connection',
    form: 'none',
  },
  {
    pattern:
      /^(?:ctypes\.(?:\w+\.)?(?:\w*DLL|LoadLibrary)|torch\.ops\.load_library|torch\.(?:_ops\.\w+|classes)\.load_library)$/,
    words: 'loaded the native library',
    form: 'text',
  },
  { pattern: /^(?:pip|setuptools|ensurepip)\b.*$/, words: 'installed packages', form: 'none' },
  {
    pattern: /^(?:os\.(?:_exit|abort|kill\w*)|sys\.exit|builtins\.(?:exit|quit))$/,
    words: 'ended the process',
    form: 'none',
  },
];

/** Modules whose every name is a means of attack: what a file that names one is for is beyond doubt. */
const HOSTILE_MODULES: ReadonlySet<string> = new Set([
  'os',
  'subprocess',
  'commands',
  'popen2',
  'pty',
  'sys',
  'shutil',
  'socket',
  '_socket',
  'ctypes',
  '_ctypes',
  'importlib',
  'imp',
  'runpy',
  'code',
  'codeop',
  'types',
  'operator',
  '_operator',
  'functools',
  '_functools',
  'inspect',
  'pdb',
  'bdb',
  'timeit',
  'cProfile',
  'profile',
  'trace',
  'pickle',
  '_pickle',
  'cPickle',
  'dill',
  'cloudpickle',
  'marshal',
  'shelve',
  'webbrowser',
  'urllib',
  'urllib2',
  'requests',
  'http',
  'httpx',
  'ftplib',
  'smtplib',
  'telnetlib',
  'asyncio',
  'multiprocessing',
  'signal',
  'threading',
  '_thread',
  'pip',
  'setuptools',
  'ensurepip',
  'idlelib',
  'pydoc',
  'pkgutil',
  'platform',
  'posixpath',
  'ntpath',
  'tempfile',
  'pathlib',
  'io',
  '_io',
  'copyreg',
  'gc',
  'weakref',
  'linecache',
  'distutils',
  'zipfile',
  'tarfile',
  'lib2to3',
]);

/** Builtins that only make values. */
const HARMLESS_BUILTINS: ReadonlySet<string> = new Set([
  'set',
  'frozenset',
  'bytearray',
  'bytes',
  'complex',
  'list',
  'dict',
  'tuple',
  'int',
  'float',
  'str',
  'bool',
  'object',
  'slice',
  'range',
  'xrange',
  'unicode',
  'long',
  'Ellipsis',
  'NotImplemented',
]);

/** `module.name` in today's spelling. */
export function currentName(module: string, name: string): string {
  const current = module === '__builtin__' ? 'builtins' : module === 'posix' || module === 'nt' ? 'os' : module;
  return `${current}.${name}`;
}

/** The effect of calling something, by its current name. */
export function findEffect(qualified: string): KnownEffect | undefined {
  return KNOWN_EFFECTS.find(({ pattern }) => pattern.test(qualified));
}

/** Whether a name can only be there to attack. */
export function isHostileName(module: string, name: string): boolean {
  const qualified = currentName(module, name);
  const [root = ''] = qualified.split('.', 1);
  if (root === 'builtins') return !HARMLESS_BUILTINS.has(name);
  return HOSTILE_MODULES.has(root) || findEffect(qualified) !== undefined;
}
