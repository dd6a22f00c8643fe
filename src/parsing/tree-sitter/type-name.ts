/** Longer types are not read: no name worth resolving is in them. */
const MAX_TYPE_LENGTH = 1_000;

/** Alternatives that say "or nothing" in a union. */
const EMPTY_ALTERNATIVES: ReadonlySet<string> = new Set(['null', 'undefined', 'None', 'void']);

const NAME = /^[\p{L}_$][\p{L}\p{N}_$.]*$/u;
const PREFIX = /^(?:(?:readonly|final|const|unique|asserts|chan)\b|\*|&|\.\.\.|\[\d*\]|~|[:\s]|->)\s*/u;
const SUFFIX = /(?:\[\]|\.\.\.|[\s?!])$/u;
const QUOTES = /^(["'])(.*)\1$/u;
const OPENING = '<([{';
const CLOSING = '>)]}';

/** How a language writes types. */
export interface TypeNotation {
  /** Generic types that stand for their first argument: `Promise`, `Optional`. */
  readonly transparentTypes: ReadonlySet<string>;
  /** A type may stand in quotes, as names that are defined further down do in Python. @defaultValue false */
  readonly quotedTypes?: boolean | undefined;
  /**
   * The type in the common notation, where a language writes types in a way of its own: dotted paths, `T[]` for what holds
   * a `T`; empty where it names nothing.
   */
  canonicalType?(text: string): string;
  /** Types are kept whole, with their arguments, functions and structures: resolution reads them. @defaultValue false */
  readonly wholeTypes?: boolean | undefined;
}

/** Splits at a separator that is outside all brackets. */
function splitOutsideBrackets(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (OPENING.includes(character)) depth++;
    // The `>` of an arrow `=>` closes nothing.
    else if (CLOSING.includes(character) && text.charAt(i - 1) !== '=') depth--;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function stripMarks(text: string, quoted: boolean): string {
  let rest = text;
  for (;;) {
    let shorter = rest.replace(PREFIX, '').replace(SUFFIX, '');
    if (quoted) shorter = shorter.replace(QUOTES, '$2');
    if (shorter === rest) return rest;
    rest = shorter;
  }
}

/**
 * The one type name to look a member up in: generics are cut to their head (`Map<K, V>` is `Map`), containers, pointers
 * and optionals are opened (`Promise<T>`, `T[]`, `Optional[T]`, `*T` are `T`).
 *
 * @param text - A type as written; a leading `:` or `->` is accepted.
 * @param notation - How the language writes types.
 * @returns The name, dotted where it is qualified, or undefined where the type is no single name.
 */
export function typeNameOf(text: string, notation: TypeNotation): string | undefined {
  if (text.length > MAX_TYPE_LENGTH) return undefined;
  const { transparentTypes, quotedTypes = false } = notation;
  let rest = text;
  if (notation.canonicalType !== undefined) {
    rest = notation.canonicalType(text);
    // What holds a value is another type than the value.
    if (rest.endsWith('[]')) return undefined;
  }
  for (;;) {
    rest = stripMarks(rest, quotedTypes);
    const alternatives = splitOutsideBrackets(rest, '|')
      .map((part) => part.trim())
      .filter((part) => part !== '' && !EMPTY_ALTERNATIVES.has(part));
    const only = alternatives[0];
    if (only === undefined || alternatives.length > 1) return undefined;
    if (only !== rest) {
      rest = only;
      continue;
    }
    if (NAME.test(rest)) return rest;
    const opening = rest.search(/[<[]/u);
    if (opening <= 0 || !CLOSING.includes(rest.charAt(rest.length - 1))) return undefined;
    const head = rest.slice(0, opening).trim();
    if (!NAME.test(head)) return undefined;
    if (!transparentTypes.has(head)) return head;
    const first = splitOutsideBrackets(rest.slice(opening + 1, -1), ',')[0];
    if (first === undefined) return undefined;
    rest = first;
  }
}

/** Longer types as written are left out: they are structures, not names. */
const MAX_WRITTEN_LENGTH = 200;

/**
 * A type as written, on one line, without the mark before it (`:`, `->`).
 *
 * @returns undefined where it names nothing: structures, functions, and what is too long.
 */
export function writtenTypeOf(text: string, notation?: TypeNotation): string | undefined {
  if (notation?.wholeTypes === true) return wholeTypeOf(text);
  const type = (notation?.canonicalType === undefined ? text : notation.canonicalType(text))
    .replace(/^\s*(?::|->)/u, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const isNamed = type !== '' && type.length <= MAX_WRITTEN_LENGTH && !/^[{]|=>/u.test(type);
  return isNamed ? type : undefined;
}

/** Longer types are left out: reading them would take longer than what they say is worth. */
const MAX_WHOLE_LENGTH = 1_500;

/** Source read for a type, before comments and what is nested deepest are taken out. */
const MAX_WHOLE_SOURCE = 16_000;

/** A type with all its parts, on one line, without comments. One that ends like a call is put in parentheses. */
function wholeTypeOf(text: string): string | undefined {
  if (text.length > MAX_WHOLE_SOURCE) return undefined;
  const bare = text.includes('/') ? text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/gu, ' ') : text;
  let type = bare.replace(/^\s*:/u, '').replace(/\s+/gu, ' ').trim();
  // What is nested deepest says least.
  while (type.length > MAX_WHOLE_LENGTH) {
    const shorter = type.replace(/\{(?:[^{}]|\{\})+\}/gu, '{}');
    if (shorter === type) return undefined;
    type = shorter;
  }
  if (type === '') return undefined;
  return type.endsWith(')') && !type.startsWith('(') ? `(${type})` : type;
}

/** The type of what `new` makes. */
export function createdTypeOf(text: string, notation: TypeNotation): string | undefined {
  if (notation.wholeTypes !== true) return typeNameOf(text, notation);
  const made = (/^new\s+([^(]+)/u.exec(text)?.[1] ?? text).trim();
  return NAME.test(made.replace(/<.*$/su, '')) ? wholeTypeOf(made) : undefined;
}
