/** What a token is. */
export interface TokenKinds {
  /** Unquoted identifier or keyword. */
  readonly word: 0;
  /** Identifier in quotes, backticks or brackets. */
  readonly quoted: 1;
  /** `@v`, `@@v`, `:b`. */
  readonly variable: 2;
  /** T-SQL temporary table, `#t`. */
  readonly temporary: 3;
  readonly string: 4;
  /** PostgreSQL `$tag$ … $tag$`; its inside is another program. */
  readonly dollar: 5;
  readonly number: 6;
  readonly operator: 7;
  /** `GO` or `/` on a line of its own, or the delimiter a MySQL script has declared. */
  readonly batchEnd: 8;
}
export type TokenKindValue = TokenKinds[keyof TokenKinds];

/** Kinds of tokens by name; those that can name something come first. */
export const TokenKind: TokenKinds = Object.freeze({
  word: 0,
  quoted: 1,
  variable: 2,
  temporary: 3,
  string: 4,
  dollar: 5,
  number: 6,
  operator: 7,
  batchEnd: 8,
});

/** A mistake the tokenizer got over. */
export interface TokenFault {
  readonly kind: 'string' | 'comment' | 'dollar';
  readonly offset: number;
}

/**
 * Tokens of one text, in columns instead of objects: a script of five million semicolons is read as well.
 * Positions past either end answer with an operator that equals nothing.
 */
export class TokenList {
  readonly text: string;
  readonly faults: TokenFault[] = [];
  /** Start and end of each comment, in order. */
  readonly comments: { readonly start: number; readonly end: number }[] = [];
  #kinds = new Uint8Array(256);
  #starts = new Uint32Array(256);
  #ends = new Uint32Array(256);
  readonly #words: string[] = [];

  constructor(text: string) {
    this.text = text;
  }

  get length(): number {
    return this.#words.length;
  }

  /**
   * @param word - What {@link word} answers.
   */
  push(kind: TokenKindValue, start: number, end: number, word: string): void {
    const at = this.#words.length;
    if (at === this.#kinds.length) this.#grow();
    this.#kinds[at] = kind;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#words.push(word);
  }

  kind(at: number): number {
    return at < 0 || at >= this.length ? TokenKind.operator : (this.#kinds[at] ?? TokenKind.operator);
  }

  /** Lower case for words, the text itself for operators, empty for everything else: a quoted `"from"` is no keyword. */
  word(at: number): string {
    return this.#words[at] ?? '';
  }

  /** Offset of the token; of the inside for strings. */
  start(at: number): number {
    return at >= this.length ? this.text.length : (this.#starts[at] ?? 0);
  }

  /** Offset after the token. */
  end(at: number): number {
    return at < 0 ? 0 : at >= this.length ? this.text.length : (this.#ends[at] ?? 0);
  }

  /** A token that can name something: a word or a quoted, temporary or variable name. */
  isName(at: number): boolean {
    return at >= 0 && at < this.length && this.kind(at) <= TokenKind.temporary;
  }

  /** The name as written, without its quotes. */
  name(at: number): string {
    const raw = this.text.slice(this.start(at), this.end(at));
    return this.kind(at) === TokenKind.quoted ? raw.slice(1, -1) : raw;
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    const kinds = new Uint8Array(size);
    const starts = new Uint32Array(size);
    const ends = new Uint32Array(size);
    kinds.set(this.#kinds);
    starts.set(this.#starts);
    ends.set(this.#ends);
    this.#kinds = kinds;
    this.#starts = starts;
    this.#ends = ends;
  }
}
