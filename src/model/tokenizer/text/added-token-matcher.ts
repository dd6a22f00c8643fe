import type { AddedToken } from '../tokenizer-config.ts';
import { skipWhiteSpace, trimmedEnd } from './white-space.ts';

/** A found added token; `start` and `end` include the white space it takes along. */
export interface AddedTokenMatch {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** `\w` of the Rust library's regular expressions. */
const WORD_CHARACTER = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Finds added tokens in a text: leftmost, of those the longest, as the Rust library does. */
export class AddedTokenMatcher {
  readonly #byFirstUnit = new Map<number, AddedToken[]>();
  /** 1 for units some token starts with: most characters of a text are settled by this table. */
  readonly #starts = new Uint8Array(65_536);

  constructor(tokens: readonly AddedToken[]) {
    for (const token of tokens.toSorted((a, b) => b.content.length - a.content.length)) {
      const unit = token.content.charCodeAt(0);
      this.#starts[unit] = 1;
      const list = this.#byFirstUnit.get(unit) ?? [];
      if (list.length === 0) this.#byFirstUnit.set(unit, list);
      list.push(token);
    }
  }

  /** All matches from left to right, found as they are asked for. */
  *matches(text: string): Generator<AddedTokenMatch> {
    if (this.#byFirstUnit.size === 0) return;
    let previousEnd = 0;
    for (let at = 0; at < text.length;) {
      const token = this.#starts[text.charCodeAt(at)] === 1 ? this.#longestAt(text, at) : undefined;
      if (token === undefined) {
        at += 1;
        continue;
      }
      const contentEnd = at + token.content.length;
      if (!token.singleWord || isWordAlone(text, at, contentEnd)) {
        const start = token.stripLeft ? trimmedEnd(text, previousEnd, at) : at;
        const end = token.stripRight ? skipWhiteSpace(text, contentEnd) : contentEnd;
        yield { id: token.id, start, end };
        previousEnd = end;
        at = end;
      } else at = contentEnd;
    }
  }

  #longestAt(text: string, at: number): AddedToken | undefined {
    return this.#byFirstUnit.get(text.charCodeAt(at))?.find((token) => text.startsWith(token.content, at));
  }
}

function isWordAlone(text: string, start: number, end: number): boolean {
  const low = start > 1 && (text.charCodeAt(start - 1) & 0xfc00) === 0xdc00;
  const before = start === 0 ? '' : text.slice(start - (low ? 2 : 1), start);
  const after = end === text.length ? '' : String.fromCodePoint(text.codePointAt(end) ?? 0);
  return !WORD_CHARACTER.test(before) && !WORD_CHARACTER.test(after);
}
