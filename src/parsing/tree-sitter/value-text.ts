import { foldBlanks } from '../../kernel/text/fold-blanks.ts';

/** Longer expressions are programs of their own. */
const MAX_SOURCE_LENGTH = 10_000;
const MAX_VALUE_LENGTH = 200;

const SLASH = 0x2f;
const STARTS_WITH_NAME = /^[\p{L}_$]/u;

/** A name, or names joined by dots: most values are. */
const PATH = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/u;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const MARKS: ReadonlySet<number> = new Set(Array.from('([{)]}"\'`', (mark) => mark.charCodeAt(0)));

/**
 * The expression that makes a value, as short as it can be understood: without `await`, and with nothing between
 * parentheses and brackets. `await this.pool.acquire(id, { wait })` is `this.pool.acquire()`.
 *
 * @param source - A call, a member, an index or a name as written.
 * @param hasSlashComments - `//` and `/*` begin comments, as in scripts.
 * @returns The text, or undefined where brackets and quotes do not match, or where it is too long or does not
 * start with a name.
 */
export function valueTextOf(source: string, hasSlashComments = false): string | undefined {
  if (source.length > MAX_SOURCE_LENGTH) return undefined;
  if (PATH.test(source)) return source.length <= MAX_VALUE_LENGTH ? source : undefined;
  const text = withoutContents(source, hasSlashComments);
  if (text === undefined) return undefined;
  let folded = foldBlanks(text);
  if (folded.includes(' ')) folded = folded.replace(/ ?(\??\.) ?/gu, '$1').replace(/^await /u, '');
  if (folded.endsWith('!')) folded = folded.slice(0, -1);
  const isReadable = folded.length <= MAX_VALUE_LENGTH && STARTS_WITH_NAME.test(folded) && !folded.includes('=>');
  return isReadable ? folded : undefined;
}

/** The text with nothing between its brackets and quotes; undefined where these do not match. */
function withoutContents(source: string, hasSlashComments: boolean): string | undefined {
  const open: string[] = [];
  let text = '';
  /** Start of what is kept and not yet taken over. */
  let from = 0;
  for (let at = 0; at < source.length; at++) {
    const comment = hasSlashComments && source.charCodeAt(at) === SLASH ? endOfComment(source, at) : undefined;
    if (comment !== undefined) {
      if (open.length === 0) {
        text += source.slice(from, at);
        from = comment + 1;
      }
      at = comment;
      continue;
    }
    // Letters, digits and most other characters are neither brackets nor quotes.
    if (!MARKS.has(source.charCodeAt(at))) continue;
    const character = source.charAt(at);
    const closing = CLOSING[character];
    if (closing !== undefined) {
      if (open.length === 0) text += source.slice(from, at + 1);
      open.push(closing);
    } else if (character === ')' || character === ']' || character === '}') {
      if (open.pop() !== character) return undefined;
      if (open.length === 0) from = at;
    } else {
      const end = endOfString(source, at);
      if (end === undefined) return undefined;
      if (open.length === 0) {
        text += source.slice(from, at) + character + character;
        from = end + 1;
      }
      at = end;
    }
  }
  return open.length === 0 ? text + source.slice(from) : undefined;
}

/** Offset of the last character of a comment; undefined where none begins. */
export function endOfComment(source: string, start: number): number | undefined {
  const next = source.charAt(start + 1);
  if (next !== '/' && next !== '*') return undefined;
  const end = next === '/' ? source.indexOf('\n', start) : source.indexOf('*/', start + 2) + 1;
  return end <= 0 ? source.length : end;
}

function endOfString(source: string, start: number): number | undefined {
  const quote = source.charAt(start);
  for (let at = start + 1; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '\\') at++;
    else if (character === quote) return at;
  }
  return undefined;
}

/**
 * How a {@link TypedName} says that the type is that of an expression: a call as it is, anything else behind `= `.
 *
 * @see ../language.ts
 */
export function typeOfValue(expression: string): string {
  return /^[^(].*\)$/su.test(expression) ? expression : `= ${expression}`;
}
