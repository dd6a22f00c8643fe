/** Longer expressions are programs of their own. */
const MAX_SOURCE_LENGTH = 1_000;
const MAX_VALUE_LENGTH = 200;

const STARTS_WITH_NAME = /^[\p{L}_$]/u;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * The expression that makes a value, as short as it can be understood: without `await`, and with nothing between
 * parentheses and brackets. `await this.pool.acquire(id, { wait })` is `this.pool.acquire()`.
 *
 * @param source - A call, a member, an index or a name as written.
 * @returns The text, or undefined where brackets and quotes do not match, or where it is too long or does not
 * start with a name.
 */
export function valueTextOf(source: string): string | undefined {
  if (source.length > MAX_SOURCE_LENGTH) return undefined;
  const open: string[] = [];
  let text = '';
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    const closing = CLOSING[character];
    if (character === '"' || character === "'" || character === '`') {
      const end = endOfString(source, at);
      if (end === undefined) return undefined;
      if (open.length === 0) text += character + character;
      at = end;
    } else if (closing !== undefined) {
      if (open.length === 0) text += character;
      open.push(closing);
    } else if (character === ')' || character === ']' || character === '}') {
      if (open.pop() !== character) return undefined;
      if (open.length === 0) text += character;
    } else if (open.length === 0) text += character;
  }
  const folded = text
    .replace(/\s+/gu, ' ')
    .replace(/ ?(\??\.) ?/gu, '$1')
    .replace(/^await /u, '')
    .replace(/!$/u, '');
  const isReadable =
    open.length === 0 && folded.length <= MAX_VALUE_LENGTH && STARTS_WITH_NAME.test(folded) && !folded.includes('=>');
  return isReadable ? folded : undefined;
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
