/** Names a language gives to every file: functions, values and types. A use of one is `external`, never a miss. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const SCRIPT_BUILTINS: ReadonlySet<string> = new Set(
  words(`
  AbortController AbortSignal Array ArrayBuffer AsyncGenerator AsyncIterable AsyncIterator Atomics BigInt BigInt64Array
  BigUint64Array Blob Boolean Buffer DataView Date DOMException Error EvalError Event EventTarget FinalizationRegistry
  Float32Array Float64Array FormData Function Generator Headers Infinity Int16Array Int32Array Int8Array Intl Iterable
  IterableIterator Iterator JSON Map Math MessageChannel MessagePort NaN NodeJS Number Object Promise PromiseLike Proxy RangeError
  ReadableStream ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer String Symbol SyntaxError TextDecoder TextEncoder
  TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet
  WebAssembly WebSocket Worker XMLHttpRequest alert any arguments asserts atob bigint boolean btoa cancelAnimationFrame clearImmediate
  clearInterval clearTimeout console crypto customElements decodeURI decodeURIComponent document encodeURI encodeURIComponent
  escape eval exports fetch global globalThis history import isFinite isNaN localStorage location module navigator never null number object
  parseFloat parseInt performance process queueMicrotask require requestAnimationFrame self sessionStorage setImmediate
  setInterval setTimeout string structuredClone symbol undefined unescape unknown void window __dirname __filename
  Element HTMLElement Node NodeList Document Window MouseEvent KeyboardEvent Readonly Partial Required Record Pick Omit Exclude
  PropertyKey PropertyDescriptor Uppercase Lowercase Capitalize Uncapitalize NoInfer TemplateStringsArray ErrorOptions ArrayLike ArrayBufferLike
  ArrayBufferView BufferSource Disposable AsyncDisposable AsyncIterableIterator ConstructorParameters ThisParameterType OmitThisParameter SuppressedError
  Extract NonNullable Parameters ReturnType InstanceType Awaited ReadonlyArray ReadonlyMap ReadonlySet ThisType
`),
);

/** Globals of test runners (jest, vitest, mocha): external wherever the project does not define them. */
export const SCRIPT_TEST_GLOBALS: ReadonlySet<string> = new Set(
  words('describe it test expect beforeEach afterEach beforeAll afterAll before after jest vi suite'),
);

export const PYTHON_BUILTINS: ReadonlySet<string> = new Set(
  words(`
  ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError
  BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning
  EOFError Ellipsis EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning
  GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt
  LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError OverflowError
  PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
  StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError
  UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
  __build_class__ __debug__ __doc__ __file__ __import__ __name__ __package__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr
  classmethod compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr
  globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct
  open ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip
  unicode basestring xrange unichr long raw_input reduce
`),
);

export const JAVA_BUILTINS: ReadonlySet<string> = new Set(
  words(`
  Appendable ArithmeticException ArrayIndexOutOfBoundsException AssertionError AutoCloseable Boolean Byte CharSequence Character Class
  ClassCastException ClassLoader ClassNotFoundException CloneNotSupportedException Cloneable Comparable Deprecated Double Enum Error Exception
  Float FunctionalInterface IllegalArgumentException IllegalStateException IndexOutOfBoundsException Integer InterruptedException Iterable
  Long Math Module NegativeArraySizeException NoSuchFieldException NoSuchMethodException NullPointerException Number NumberFormatException Object
  OutOfMemoryError Override Process ProcessBuilder Readable Record ReflectiveOperationException Runnable Runtime RuntimeException SafeVarargs
  SecurityException Short StackOverflowError StackTraceElement StrictMath String StringBuffer StringBuilder StringIndexOutOfBoundsException
  SuppressWarnings System Thread ThreadGroup ThreadLocal Throwable UnsupportedOperationException Void
  AbstractMethodError ArrayStoreException ClassCircularityError ClassFormatError EnumConstantNotPresentException ExceptionInInitializerError
  IllegalAccessError IllegalAccessException IllegalCallerException IllegalMonitorStateException IllegalThreadStateException
  IncompatibleClassChangeError InheritableThreadLocal InstantiationError InstantiationException InternalError LayerInstantiationException
  LinkageError MatchException ModuleLayer NoClassDefFoundError NoSuchFieldError NoSuchMethodError Package ProcessHandle RuntimePermission
  ScopedValue SecurityManager StackWalker TypeNotPresentException UnknownError UnsatisfiedLinkError UnsupportedClassVersionError VerifyError
  VirtualMachineError WrongThreadException
  boolean byte char double float int long short void var null true false java javax jakarta jdk kotlin scala
`),
);

export const GO_BUILTINS: ReadonlySet<string> = new Set(
  words(`
  any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false float32 float64 imag int int16
  int32 int64 int8 iota len make max min new nil panic print println real recover rune string true uint uint16 uint32 uint64 uint8 uintptr
`),
);

/** Members every object, class, function or collection has: on a type of the project they are external, not missing. */
export const BUILTIN_MEMBERS: Readonly<Record<'script' | 'python' | 'java' | 'go', ReadonlySet<string>>> = {
  script: new Set(
    words(`
    add apply at bind call charAt charCodeAt clear codePointAt concat constructor copyWithin delete endsWith entries every exec fill filter
    finally find findIndex findLast findLastIndex flat flatMap forEach get has hasOwnProperty includes indexOf isPrototypeOf join keys lastIndexOf
    length localeCompare map match matchAll name next normalize padEnd padStart pop propertyIsEnumerable prototype push reduce reduceRight
    repeat replace replaceAll return reverse search set shift size slice some sort splice split startsWith subarray substring test then throw
    toFixed toLocaleString toLowerCase toReversed toSorted toSpliced toString toUpperCase trim trimEnd trimStart unshift valueOf values with catch
  `),
  ),
  python: new Set(
    words(`
    append capitalize clear copy count decode difference discard encode endswith extend find format fromkeys get index insert intersection isalnum
    isalpha isdigit islower isspace isupper issubset issuperset items join keys ljust lower lstrip mro partition pop popitem remove replace
    reverse rfind rjust rpartition rsplit rstrip setdefault sort split splitlines startswith strip swapcase title translate union update
    upper values zfill add __add__ __call__ __class__ __delattr__ __dict__ __dir__ __doc__ __enter__ __eq__ __exit__ __format__ __ge__ __getattribute__
    __gt__ __hash__ __init__ __init_subclass__ __iter__ __le__ __len__ __lt__ __module__ __mro__ __name__ __ne__ __new__ __next__ __qualname__ __reduce__
    __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__ __subclasses__ __subclasshook__
  `),
  ),
  java: new Set(
    words(`
    clone compareTo describeConstable equals finalize getClass getDeclaringClass hashCode name notify notifyAll ordinal toString valueOf values wait length
    add addAll clear contains containsKey forEach get isEmpty iterator put remove size stream
  `),
  ),
  go: new Set(['Error']),
};
