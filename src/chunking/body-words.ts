import type { LexicalSyntax } from './lexical-syntax.ts';
import { STRUCTURE_WORDS } from './lexical-syntax.ts';
import { identifiersIn, isAsciiWord } from './words-in.ts';
import { foldBlanks } from '../kernel/text/fold-blanks.ts';

/** What a stretch of source says, sorted by how much it tells. Order of appearance is kept; identifiers repeat. */
export interface BodyWords {
  readonly identifiers: string[];
  /** Text of comments, without markers, one entry a comment line. */
  readonly comments: string[];
  /** Words inside string literals. */
  readonly literals: string[];
}

const IDENTIFIER = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /\d\w*/y;
/** Markers and rulers around the text of a comment. */
const COMMENT_DECORATION: ReadonlySet<string> = new Set(' \t\r\f\v*/#-;!=~<>|{}_');

const LONGEST_STRUCTURE_WORD = Math.max(...[...STRUCTURE_WORDS].map((word) => word.length));

const starts = new WeakMap<LexicalSyntax, Uint8Array>();

function startsOf(syntax: LexicalSyntax): Uint8Array {
  let table = starts.get(syntax);
  if (table === undefined) {
    table = new Uint8Array(0x80);
    const markers = [
      ...syntax.lineComments,
      ...syntax.blockComments.map(([open]) => open),
      ...syntax.blockQuotes,
      ...Array.from(syntax.lineQuotes),
    ];
    for (const marker of markers) table[marker.charCodeAt(0)] = 1;
    starts.set(syntax, table);
  }
  return table;
}

export function emptyBodyWords(): BodyWords {
  return { identifiers: [], comments: [], literals: [] };
}

/**
 * Sorts the words of `text.slice(from, to)` into identifiers, comments and string literals. It knows no grammar, only
 * how comments and strings start, and never looks at a character more than a few times.
 *
 * @param into - Collects the words, so that several stretches can be read into one.
 */
export function scanBodyWords(text: string, from: number, to: number, syntax: LexicalSyntax, into: BodyWords): void {
  const scanner = new BodyScanner(text, to, syntax, into);
  scanner.scan(from);
}

class BodyScanner {
  readonly #text: string;
  readonly #end: number;
  readonly #syntax: LexicalSyntax;
  readonly #into: BodyWords;
  /** 1 for the ASCII characters that may start a comment or a string. */
  readonly #starts: Uint8Array;

  constructor(text: string, end: number, syntax: LexicalSyntax, into: BodyWords) {
    this.#text = text;
    this.#end = end;
    this.#syntax = syntax;
    this.#into = into;
    this.#starts = startsOf(syntax);
  }

  scan(from: number): void {
    let at = from;
    while (at < this.#end) at = this.#step(at);
  }

  #step(at: number): number {
    const code = this.#text.charCodeAt(at);
    // Letters, underscore and everything outside ASCII; digits start nothing.
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code > 0x7f) {
      return this.#identifier(at);
    }
    if (code >= 0x30 && code <= 0x39) return this.#number(at);
    if (code <= 0x20) return at + 1;
    if (this.#starts[code] === 0) return at + 1;
    return this.#comment(at) ?? this.#string(at) ?? at + 1;
  }

  /** `0x1f`, `10n`, `1e9`: nothing to search for. */
  #number(at: number): number {
    NUMBER.lastIndex = at;
    return Math.min(at + (NUMBER.exec(this.#text)?.[0].length ?? 1), this.#end);
  }

  #identifier(at: number): number {
    const length = this.#identifierLength(at);
    if (length === 0) return at + 1;
    const end = Math.min(at + length, this.#end);
    const kept = this.#text.slice(at, end);
    if (this.#syntax.fillerWords?.has(kept.toLowerCase()) !== true) addWord(this.#into.identifiers, kept);
    return end;
  }

  #identifierLength(at: number): number {
    let end = at;
    while (isAsciiWord(this.#text.charCodeAt(end))) end++;
    // Past the end of the text there is no code.
    if (!(this.#text.charCodeAt(end) > 0x7f)) return end - at;
    IDENTIFIER.lastIndex = at;
    return IDENTIFIER.exec(this.#text)?.[0].length ?? 0;
  }

  #comment(at: number): number | undefined {
    const block = this.#syntax.blockComments.find(([open]) => this.#text.startsWith(open, at));
    if (block !== undefined) {
      const [open, close] = block;
      const end = this.#find(close, at + open.length);
      for (const line of this.#text.slice(at + open.length, end).split('\n')) this.#addComment(line);
      return Math.min(end + close.length, this.#end);
    }
    const line = this.#syntax.lineComments.find((marker) => this.#text.startsWith(marker, at));
    if (line === undefined) return undefined;
    const end = this.#find('\n', at);
    this.#addComment(this.#text.slice(at + line.length, end));
    return end;
  }

  #addComment(line: string): void {
    const comment = foldBlanks(stripDecoration(line));
    if (comment.length > 1) this.#into.comments.push(comment);
  }

  #string(at: number): number | undefined {
    const block = this.#syntax.blockQuotes.find((marker) => this.#text.startsWith(marker, at));
    if (block !== undefined) {
      const end = this.#closing(at + block.length, block, false);
      this.#addLiteral(at + block.length, end);
      return Math.min(end + block.length, this.#end);
    }
    const quote = this.#text.charAt(at);
    if (!this.#syntax.lineQuotes.includes(quote) || this.#isApostrophe(at, quote)) return undefined;
    const end = this.#closing(at + 1, quote, true);
    this.#addLiteral(at + 1, end);
    return Math.min(end + 1, this.#end);
  }

  /** `don't` in the text of a template or a markup language. One letter before a quote is a prefix such as `r''`. */
  #isApostrophe(at: number, quote: string): boolean {
    return quote === "'" && at > 1 && /^[\p{L}\p{N}]{2}$/u.test(this.#text.slice(at - 2, at));
  }

  /** Where a string closes; its line or the stretch ends it otherwise. Backslashes escape. */
  #closing(from: number, marker: string, onLine: boolean): number {
    for (let at = from; at < this.#end; at++) {
      const char = this.#text.charAt(at);
      if (char === '\\') at++;
      else if (onLine && char === '\n') return at;
      else if (char === marker.charAt(0) && this.#text.startsWith(marker, at)) return at;
    }
    return this.#end;
  }

  #addLiteral(from: number, to: number): void {
    for (const word of identifiersIn(this.#text.slice(from, to))) addWord(this.#into.literals, word);
  }

  #find(marker: string, from: number): number {
    // Searched in the stretch only: a marker missing from the whole file must not cost a scan of it each time.
    const at = this.#text.slice(from, this.#end).indexOf(marker);
    return at < 0 ? this.#end : from + at;
  }
}

/** By hand: a regular expression anchored at the end looks at long runs of blanks a quadratic number of times. */
function stripDecoration(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && COMMENT_DECORATION.has(line.charAt(from))) from++;
  while (to > from && COMMENT_DECORATION.has(line.charAt(to - 1))) to--;
  return line.slice(from, to);
}

function addWord(words: string[], word: string): void {
  if (word.length < 2) return;
  if (word.length > LONGEST_STRUCTURE_WORD || !STRUCTURE_WORDS.has(word.toLowerCase())) words.push(word);
}
