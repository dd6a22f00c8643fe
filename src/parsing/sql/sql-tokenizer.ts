import type { SqlDialect } from './sql-dialect.ts';
import type { TokenFault, TokenKindValue } from './sql-tokens.ts';
import { TokenKind, TokenList } from './sql-tokens.ts';

const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_$#]*/uy;
const NUMBER = /\d+(?:\.\d+)?\w*/y;
const VARIABLE = /@{1,2}[\p{L}\p{N}_#$]+|:[\p{L}_][\p{L}\p{N}_]*/uy;
const TEMPORARY = /#{1,2}[\p{L}_][\p{L}\p{N}_]*/uy;
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const OPERATOR = /:=|=>|\|\||<>|!=|<=|>=|::|<<|>>|[\s\S]/y;
/** SQL Server allows 128 characters; twice that for doubled brackets. */
const MAX_QUOTED_NAME = 260;
const CLOSING_QUOTE: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' };
/** After so many kinds of quotes without an end no more are searched for: each search may read to the end of the text. */
const MAX_UNCLOSED_QUOTES = 16;

/**
 * Cuts SQL into tokens. Never fails: what does not close is noted in `faults` and read as far as makes sense.
 * Every character is looked at a bounded number of times.
 *
 * @param from - Where to start in `text`; offsets of tokens always refer to the whole text.
 */
export function tokenizeSql(text: string, dialect: SqlDialect, from = 0, to: number = text.length): TokenList {
  return new SqlTokenizer(text, dialect, from, to).run();
}

class SqlTokenizer {
  readonly #text: string;
  readonly #dialect: SqlDialect;
  readonly #end: number;
  readonly #tokens: TokenList;
  #at: number;
  /** Quotes that did not close once: from then on their strings end with their line, or reading would be quadratic. */
  readonly #unclosed = new Set<string>();
  /** What ends a statement in a MySQL script after `DELIMITER`, if not `;`. */
  #delimiter = '';

  constructor(text: string, dialect: SqlDialect, from: number, to: number) {
    this.#text = text;
    this.#dialect = dialect;
    this.#at = from;
    this.#end = to;
    this.#tokens = new TokenList(text);
  }

  run(): TokenList {
    while (this.#at < this.#end) this.#next();
    return this.#tokens;
  }

  #next(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code <= 0x20 || code === 0xfeff || code === 0xa0) {
      this.#at++;
      return;
    }
    const char = this.#text.charAt(this.#at);
    if (this.#delimiter !== '' && this.#text.startsWith(this.#delimiter, this.#at))
      this.#add(TokenKind.batchEnd, this.#delimiter.length, '');
    else if (isWordStart(code)) this.#wordOrPrefix();
    else if (code >= 0x30 && code <= 0x39) this.#match(NUMBER, TokenKind.number);
    else if (!this.#comment(char) && !this.#quoted(char) && !this.#special(char)) this.#operator(char);
  }

  #wordOrPrefix(): void {
    const start = this.#at;
    const second = this.#text.charAt(start + 1);
    if (second === "'") {
      const prefix = this.#text.charAt(start).toLowerCase();
      if (prefix === 'q' && this.#dialect === 'plsql') return this.#oracleQuote(start + 1);
      if ('nexb'.includes(prefix)) return this.#string(start + 1, "'", prefix === 'e' || this.#dialect === 'mysql');
    }
    if (this.#dialect === 'plsql' && /^nq'/iu.test(this.#text.slice(start, start + 3)))
      return this.#oracleQuote(start + 2);
    const matched = this.#matched(WORD) ?? this.#text.charAt(start);
    // `END$$`: the delimiter is not part of the word, although it could be.
    const cut = this.#delimiter === '' ? -1 : matched.indexOf(this.#delimiter);
    const word = cut > 0 ? matched.slice(0, cut) : matched;
    const lower = word.toLowerCase();
    if (lower === 'go' && this.#dialect !== 'plsql' && this.#isAloneOnLine(word.length))
      return this.#add(TokenKind.batchEnd, word.length, '');
    if (lower === 'delimiter' && this.#declaresDelimiter(word.length)) return undefined;
    return this.#add(TokenKind.word, word.length, lower);
  }

  /** `DELIMITER $$` on a line of its own, in MySQL scripts. */
  #declaresDelimiter(length: number): boolean {
    if (this.#dialect !== 'mysql' || !this.#isFirstOnLine()) return false;
    const lineEnd = this.#lineEnd(this.#at);
    const [delimiter = ''] = this.#text
      .slice(this.#at + length, Math.min(lineEnd, this.#at + 60))
      .trim()
      .split(/\s/u);
    if (delimiter === '') return false;
    this.#add(TokenKind.batchEnd, length, '');
    this.#delimiter = delimiter === ';' ? '' : delimiter;
    this.#at = lineEnd;
    return true;
  }

  #comment(char: string): boolean {
    const start = this.#at;
    if (this.#text.startsWith('--', start) || (char === '#' && this.#dialect === 'mysql')) {
      this.#at = this.#lineEnd(start);
    } else if (this.#text.startsWith('/*', start)) {
      const close = this.#find('*/', start + 2);
      if (close < 0) this.#tokens.faults.push({ kind: 'comment', offset: start });
      this.#at = close < 0 ? this.#end : close + 2;
    } else return false;
    this.#tokens.comments.push({ start, end: this.#at });
    return true;
  }

  #quoted(char: string): boolean {
    if (char === "'" || (char === '"' && this.#dialect === 'mysql')) {
      this.#string(this.#at, char, this.#dialect === 'mysql');
      return true;
    }
    if (char === '"' || char === '`') return this.#quotedName(char);
    return char === '[' && this.#dialect === 'tsql' && this.#quotedName(']');
  }

  #quotedName(close: string): boolean {
    const inside = this.#text.slice(this.#at + 1, Math.min(this.#end, this.#at + MAX_QUOTED_NAME));
    let length = inside.indexOf(close);
    while (length >= 0 && inside[length + 1] === close) length = inside.indexOf(close, length + 2);
    if (length < 1 || inside.slice(0, length).includes('\n')) return false;
    this.#add(TokenKind.quoted, length + 2, '');
    return true;
  }

  /** A string whose quote is at `open`; a doubled quote inside is a quote. */
  #string(open: number, quote: string, hasBackslashes: boolean): void {
    const limit = this.#isUnclosed(quote) ? this.#lineEnd(open) : this.#end;
    let at = open + 1;
    for (; at < limit; at++) {
      const char = this.#text.charAt(at);
      if (char === '\\' && hasBackslashes) at++;
      else if (char === quote) {
        if (this.#text.charAt(at + 1) !== quote || at + 1 >= limit) break;
        at++;
      }
    }
    if (at < limit) return this.#addString(open + 1, at, at + 1);
    this.#noteUnclosed(quote, 'string', open);
    return this.#addString(open + 1, this.#lineEnd(open), this.#lineEnd(open));
  }

  /** `q'[It's]'`, with the quote at `open`. */
  #oracleQuote(open: number): void {
    const opening = this.#text.charAt(open + 1);
    const closing = `${CLOSING_QUOTE[opening] ?? opening}'`;
    const close = this.#isUnclosed(closing) ? -1 : this.#find(closing, open + 2);
    if (close >= 0) return this.#addString(open + 2, close, close + 2);
    this.#noteUnclosed(closing, 'string', open);
    return this.#addString(open + 1, this.#lineEnd(open), this.#lineEnd(open));
  }

  #special(char: string): boolean {
    if (char === '@' || char === ':') return this.#match(VARIABLE, TokenKind.variable);
    if (char === '#') return this.#match(TEMPORARY, TokenKind.temporary);
    if (char === '$' && (this.#dialect === 'plpgsql' || this.#dialect === 'ansi')) return this.#dollarQuote();
    if (char === '/' && this.#dialect !== 'tsql' && this.#isAloneOnLine(1)) {
      this.#add(TokenKind.batchEnd, 1, '');
      return true;
    }
    return false;
  }

  #dollarQuote(): boolean {
    const tag = this.#matched(DOLLAR_TAG);
    if (tag === undefined) return false;
    const start = this.#at + tag.length;
    const close = this.#isUnclosed(tag) ? -1 : this.#find(tag, start);
    if (close < 0) {
      this.#noteUnclosed(tag, 'dollar', this.#at);
      // A body without an end: its statements are read as if the tag were not there.
      this.#at = start;
      return true;
    }
    this.#tokens.push(TokenKind.dollar, start, close, '');
    this.#at = close + tag.length;
    return true;
  }

  #isUnclosed(quote: string): boolean {
    return this.#unclosed.has(quote) || this.#unclosed.size >= MAX_UNCLOSED_QUOTES;
  }

  #noteUnclosed(quote: string, kind: TokenFault['kind'], offset: number): void {
    if (this.#isUnclosed(quote)) return;
    this.#unclosed.add(quote);
    this.#tokens.faults.push({ kind, offset });
  }

  #operator(char: string): void {
    // Most are one character long and never part of a longer one.
    if (';,().'.includes(char)) this.#add(TokenKind.operator, 1, char);
    else this.#match(OPERATOR, TokenKind.operator);
    if (char === ';' && this.#tokens.word(this.#tokens.length - 2) === 'stdin') this.#skipCopiedRows();
  }

  /** Rows after `COPY t FROM stdin;` in a PostgreSQL dump, up to the line `\.`. */
  #skipCopiedRows(): void {
    if (this.#tokens.word(this.#tokens.length - 3) !== 'from') return;
    const end = this.#find('\n\\.', this.#at);
    if (end >= 0) this.#at = end + 3;
  }

  #match(pattern: RegExp, kind: TokenKindValue): boolean {
    const matched = this.#matched(pattern);
    if (matched === undefined) return false;
    this.#add(kind, matched.length, kind === TokenKind.operator ? matched : '');
    return true;
  }

  #matched(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0].slice(0, this.#end - this.#at);
  }

  #add(kind: TokenKindValue, length: number, word: string): void {
    this.#tokens.push(kind, this.#at, this.#at + length, word);
    this.#at += length;
  }

  #addString(start: number, end: number, next: number): void {
    this.#tokens.push(TokenKind.string, start, Math.min(end, this.#end), '');
    this.#at = Math.max(this.#at + 1, Math.min(next, this.#end));
  }

  #isFirstOnLine(): boolean {
    for (let at = this.#at - 1; at >= 0; at--) {
      const char = this.#text.charAt(at);
      if (char === '\n') return true;
      if (char !== ' ' && char !== '\t') return false;
    }
    return true;
  }

  #isAloneOnLine(length: number): boolean {
    if (!this.#isFirstOnLine()) return false;
    for (let at = this.#at + length; at < this.#end; at++) {
      const char = this.#text.charAt(at);
      if (char === '\n') return true;
      // `GO 10` runs a batch ten times.
      if (!' \t\r;0123456789'.includes(char)) return false;
    }
    return true;
  }

  #lineEnd(from: number): number {
    const at = this.#find('\n', from);
    return at < 0 ? this.#end : at;
  }

  #find(marker: string, from: number): number {
    const at = this.#text.slice(from, this.#end).indexOf(marker);
    return at < 0 ? -1 : from + at;
  }
}

function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code > 0x7f;
}
