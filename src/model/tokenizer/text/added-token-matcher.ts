import type { AddedToken } from '../config/added-tokens.ts';
import { limitExceeded } from '../tokenizer-error.ts';
import { skipWhiteSpace, trimmedEnd } from './white-space.ts';

/** A found added token; `start` and `end` include the white space it takes along. */
export interface AddedTokenMatch {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** `\w` of the Rust library's regular expressions. */
const WORD_CHARACTER = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Most UTF-16 units of all tokens together (CWE-770): 10,000 tokens of 13. */
const MAX_ADDED_TOKEN_UNITS = 131_072;

/** What follows a beginning of added tokens, by UTF-16 unit. */
interface Node {
  readonly next: Map<number, Node>;
  token: AddedToken | undefined;
}

/** Finds added tokens in a text: leftmost, of those the longest, as the Rust library does. */
export class AddedTokenMatcher {
  readonly #root: Node = { next: new Map(), token: undefined };
  /** 1 for units some token starts with: most characters of a text are settled by this table. */
  readonly #starts = new Uint8Array(65_536);

  /** @throws {@link TokenizerError} `TOKENIZER_LIMIT_EXCEEDED` when the tokens are too long together. */
  constructor(tokens: readonly AddedToken[]) {
    const unitCount = tokens.reduce((sum, token) => sum + token.content.length, 0);
    if (unitCount > MAX_ADDED_TOKEN_UNITS) {
      throw limitExceeded('characters in all added tokens', MAX_ADDED_TOKEN_UNITS, unitCount);
    }
    for (const token of tokens) {
      this.#starts[token.content.charCodeAt(0)] = 1;
      let node = this.#root;
      for (let i = 0; i < token.content.length; i += 1) {
        const unit = token.content.charCodeAt(i);
        const next: Node = node.next.get(unit) ?? { next: new Map(), token: undefined };
        node.next.set(unit, next);
        node = next;
      }
      // Of two with the same content the first counts.
      node.token ??= token;
    }
  }

  /** All matches from left to right, found as they are asked for. */
  *matches(text: string): Generator<AddedTokenMatch> {
    if (this.#root.next.size === 0) return;
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
    let longest: AddedToken | undefined;
    let node: Node | undefined = this.#root;
    for (let end = at; node !== undefined; end += 1) {
      longest = node.token ?? longest;
      node = node.next.get(text.charCodeAt(end));
    }
    return longest;
  }
}

function isWordAlone(text: string, start: number, end: number): boolean {
  const low = start > 1 && (text.charCodeAt(start - 1) & 0xfc00) === 0xdc00;
  const before = start === 0 ? '' : text.slice(start - (low ? 2 : 1), start);
  const after = end === text.length ? '' : String.fromCodePoint(text.codePointAt(end) ?? 0);
  return !WORD_CHARACTER.test(before) && !WORD_CHARACTER.test(after);
}
