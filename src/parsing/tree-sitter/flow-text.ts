/** Longer values are programs or data of their own. */
const MAX_SOURCE_LENGTH = 8_000;
/** A value up to this length is kept with the arguments of its calls. */
const MAX_FULL_LENGTH = 160;
/** Tables of functions are long; what else is, says little. */
const MAX_VALUE_LENGTH = 1_500;
const MAX_ARGUMENT_LENGTH = 200;
const MAX_ARGUMENTS = 16;

/** How a language writes what flows. */
export interface FlowNotation {
  /** What starts a comment that ends with the line. */
  readonly lineComment: string;
  /** Values that are no function, class or object of the project: numbers, strings, calls of conversions. */
  readonly idle: RegExp;
  /** Start of a function written in place. */
  readonly lambda: RegExp;
}

/** End of the string that starts here, behind its quote; the text's length where it is not closed. */
function endOfString(source: string, start: number): number {
  const quote = source.charAt(start);
  if (source.startsWith(quote.repeat(3), start)) {
    const end = source.indexOf(quote.repeat(3), start + 3);
    return end < 0 ? source.length : end + 3;
  }
  for (let at = start + 1; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '\\') at++;
    else if (character === quote) return at + 1;
  }
  return source.length;
}

const isQuote = (character: string): boolean => character === '"' || character === "'" || character === '`';

/** The text on one line, without comments. */
function fold(source: string, { lineComment }: FlowNotation): string {
  if (!source.includes('\n')) return source.trim();
  let text = '';
  for (let at = 0; at < source.length;) {
    const character = source.charAt(at);
    if (isQuote(character)) {
      const end = endOfString(source, at);
      text += source.slice(at, end);
      at = end;
    } else if (source.startsWith(lineComment, at)) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
    } else if (/\s/u.test(character)) {
      if (!/[\s([{]$/u.test(text)) text += ' ';
      at++;
    } else {
      text += character;
      at++;
    }
  }
  return text.trim();
}

/** Without what is between the parentheses of calls. */
function withoutCallArguments(text: string): string {
  let result = '';
  let depth = 0;
  const open: boolean[] = [];
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    const end = isQuote(character) ? endOfString(text, at) : at + 1;
    const isCall = character === '(' && /[\p{L}\p{N}_)\]]$/u.test(text.slice(Math.max(0, at - 1), at));
    if (character === ')' && open.pop() === true) depth--;
    if (depth === 0) result += text.slice(at, end);
    if (character === '(') {
      open.push(isCall);
      if (isCall) depth++;
    }
    at = end;
  }
  return result;
}

/**
 * A value as flows keep it: on one line, a long one without the arguments of its calls.
 *
 * @returns undefined for what leads nowhere.
 */
export function flowTextOf(source: string, notation: FlowNotation): string | undefined {
  if (source.length > MAX_SOURCE_LENGTH || notation.idle.test(source)) return undefined;
  const folded = fold(source, notation);
  const text = folded.length <= MAX_FULL_LENGTH ? folded : withoutCallArguments(folded);
  return text.length <= MAX_VALUE_LENGTH ? text : undefined;
}

/** Splits at commas outside of brackets and strings; those between the parameters of a `lambda` do not count. */
function splitArguments(text: string, { lambda }: FlowNotation): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    if (isQuote(character)) {
      at = endOfString(text, at);
      continue;
    }
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      const part = text.slice(start, at).replace(/^\s*[\w$]+\s*=\s*/u, '');
      if (!lambda.test(part.trim()) || part.includes(':')) {
        parts.push(text.slice(start, at));
        start = at + 1;
      }
    }
    at++;
  }
  if (text.slice(start).trim() !== '') parts.push(text.slice(start));
  return parts;
}

/**
 * The arguments of a call as references keep them.
 *
 * @param source - With its parentheses.
 * @returns undefined where none of them says anything.
 */
export function argumentTextsOf(source: string, notation: FlowNotation): string[] | undefined {
  if (source.length <= 2 || source.length > MAX_SOURCE_LENGTH || !source.startsWith('(')) return undefined;
  const parts = splitArguments(fold(source, notation).slice(1, -1), notation).slice(0, MAX_ARGUMENTS);
  const texts = parts.map((part) => argumentTextOf(part.trim(), notation));
  const last = texts.findLastIndex((text) => text !== '');
  return last < 0 ? undefined : texts.slice(0, last + 1);
}

function argumentTextOf(part: string, notation: FlowNotation): string {
  const keyword = /^[\p{L}_$][\p{L}\p{N}_$]*\s*=(?!=)\s*/u.exec(part)?.[0] ?? '';
  const value = part.slice(keyword.length);
  const name = keyword.replace(/\s+/gu, '');
  const isString = /^[rRbBuU]{0,2}["'`]/u.test(value) && endOfString(value, value.search(/["'`]/u)) === value.length;
  if (isString) return part.length <= MAX_ARGUMENT_LENGTH ? name + value : '';
  if (notation.idle.test(value)) return '';
  const inPlace = notation.lambda.exec(value)?.[0];
  const text = inPlace === undefined ? value : `=>${value.slice(inPlace.length)}`;
  const short = text.length <= MAX_FULL_LENGTH ? text : withoutCallArguments(text);
  return short.length <= MAX_ARGUMENT_LENGTH ? name + short : inPlace === undefined ? '' : `${name}=>`;
}
