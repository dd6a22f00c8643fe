/** Pointers and guards whose members are those of what they hold. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'Arc',
  'Box',
  'Cow',
  'ManuallyDrop',
  'MutexGuard',
  'NonNull',
  'Pin',
  'Rc',
  'Ref',
  'RefMut',
  'RwLockReadGuard',
  'RwLockWriteGuard',
]);

/** Types that hold values of their last parameter: it is got out of them by a method, by `?`, a pattern or a loop. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'BTreeMap',
  'BTreeSet',
  'BinaryHeap',
  'Cell',
  'HashMap',
  'HashSet',
  'IndexMap',
  'IndexSet',
  'LazyLock',
  'LinkedList',
  'Mutex',
  'OnceCell',
  'OnceLock',
  'Option',
  'Peekable',
  'Poll',
  'RefCell',
  'RwLock',
  'SmallVec',
  'Vec',
  'VecDeque',
  'Weak',
]);

/** Containers of their first parameter: the others say how it fails or where it lies. */
const FIRST: ReadonlySet<string> = new Set(['Vec', 'VecDeque', 'Option', 'HashSet', 'IndexSet', 'Box', 'Rc', 'Arc']);

const MARKERS: ReadonlySet<string> = new Set(['Send', 'Sync', 'Sized', 'Unpin', 'Copy', 'Clone', 'Debug']);

const MAX_TYPE_LENGTH = 400;
const MAX_NESTING = 10;

/** Splits at a separator outside of brackets; the `>` of `->` closes nothing. */
function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ('<([{'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && text.charAt(at - 1) !== '-')) depth--;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * A type in the notation that resolution reads: references, pointers and guards are left out, paths are dotted, and what
 * holds a value is a list of it. `&'a mut Option<Box<dyn io::Read + Send>>` is `io.Read[]`.
 *
 * @param text - A type, or the bounds of one, as written.
 * @returns Empty where the type is no name: functions, tuples, arrays of these.
 */
export function canonicalType(text: string, nesting = 0): string {
  if (text.length > MAX_TYPE_LENGTH || nesting > MAX_NESTING) return '';
  const type = text
    .trim()
    .replace(/^(?:->|:)\s*/u, '')
    .replace(/^(?:(?:&|\*\s*(?:const|mut)\b|mut\b|dyn\b|impl\b|for\s*<[^>]*>|'\w+|\?)\s*)+/u, '');
  const bounds = splitTop(type, '+').filter((bound) => !/^(?:'|\?|use\b)/u.test(bound));
  if (bounds.length > 1) {
    const named = bounds.filter((bound) => !MARKERS.has(bound)).map((bound) => canonicalType(bound, nesting + 1));
    return named.filter((bound) => bound !== '').join(' & ');
  }
  const only = bounds[0] ?? '';
  if (only.startsWith('(')) return only.endsWith(')') ? canonicalTuple(only, text.trim() === only, nesting) : '';
  if (only.startsWith('[')) {
    const element = canonicalType(splitTop(only.slice(1, -1), ';')[0] ?? '', nesting + 1);
    return element === '' ? '' : `${element}[]`;
  }
  return canonicalPath(only, nesting);
}

/** Parentheses of one type only group, unless they are the fields of a struct. */
function canonicalTuple(text: string, isWhole: boolean, nesting: number): string {
  const elements = splitTop(text.slice(1, -1), ',').map((element) =>
    canonicalType(element.replace(/^(?:(?:#\[[^\]]*\]|pub(?:\s*\([^)]*\))?)\s*)+/u, ''), nesting + 1),
  );
  const isGroup = elements.length === 1 && !(isWhole && nesting === 0);
  return isGroup ? (elements[0] ?? '') : elements.length === 0 ? '' : `tuple<${elements.join(', ')}>`;
}

function canonicalPath(text: string, nesting: number): string {
  const path = /^(?:::)?((?:\w+::)*\w+)/u.exec(text)?.[1];
  if (path === undefined || /^(?:fn|unsafe|extern)\b/u.test(text)) return '';
  const name = path.slice(path.lastIndexOf(':') + 1);
  const rest = text.slice(text.indexOf(path) + path.length).replace(/^::/u, '');
  const parameters = rest.startsWith('<') && rest.endsWith('>') ? splitTop(rest.slice(1, -1), ',') : [];
  const types = parameters.filter((parameter) => !parameter.startsWith("'"));
  const first = types[0];
  if (name === 'Result') return first === undefined ? '' : listOf(first, nesting);
  if (first !== undefined && WRAPPERS.has(name)) return canonicalType(first, nesting + 1);
  if (first !== undefined && CONTAINERS.has(name)) {
    return listOf(FIRST.has(name) ? first : (types.slice(0, 2).at(-1) ?? first), nesting);
  }
  const item = /^Item\s*=\s*(.+)$/su;
  const items = types.flatMap((parameter) => item.exec(parameter)?.[1] ?? []);
  if (items[0] !== undefined) return listOf(items[0], nesting);
  // `Fn(A) -> B` and macros in type position name nothing.
  return rest === '' || rest.startsWith('<') ? path.replaceAll('::', '.') : '';
}

function listOf(type: string, nesting: number): string {
  const element = canonicalType(type, nesting + 1);
  return `${element}[]`;
}

/** The name of the type an `impl` block is for: `Pool` of `&mut db::Pool<T>`. */
export function headOfType(text: string): string {
  const type = canonicalType(text.replace(/<[\s\S]*$/u, ''));
  return type.slice(type.lastIndexOf('.') + 1);
}
