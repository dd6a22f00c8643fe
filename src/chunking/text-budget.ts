import { foldBlanks } from '../kernel/text/fold-blanks.ts';

/**
 * What a chunk's text may cost. Texts of up to 128 tokens found as much as whole code in windows of 256 for half the
 * work; 120 leave room for the model's prompt.
 */
export const MAX_CHUNK_TOKENS = 120;

/**
 * Characters a token of XLM-RoBERTa holds on average in such texts (3.50 over 657 chunks of this package's own sources
 * and SQL fixtures; the longest of them came to 163 tokens). Chunks are cut by this estimate instead of by the
 * tokenizer, so that they do not depend on the model.
 */
export const CHARACTERS_PER_TOKEN = 3.5;

/** Tokens a character costs from the scripts that use many: Chinese, Japanese, Korean. */
const TOKENS_PER_WIDE_CHARACTER = 0.7;
const FIRST_WIDE_CODE = 0x2e80;

/** Estimates how many tokens a text makes. */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= FIRST_WIDE_CODE) wide++;
  return (text.length - wide) / CHARACTERS_PER_TOKEN + wide * TOKENS_PER_WIDE_CHARACTER;
}

/** A text that grows until its budget is spent. */
export class BudgetedText {
  /** Joined at the end: a text that is appended to piece by piece is slow to hash and to store. */
  readonly #parts: string[] = [];
  #isEmpty = true;
  #left: number;

  constructor(maxTokens: number) {
    this.#left = maxTokens;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** True once so little is left that another word would rarely fit. */
  get isFull(): boolean {
    return this.#left < 1;
  }

  /**
   * Starts a new line with as much of `line` as fits, cut between words.
   *
   * @param maxTokens - A smaller limit for this line.
   */
  addLine(line: string, maxTokens: number = Infinity): void {
    const lineBreak = this.#isEmpty ? 0 : 1 / CHARACTERS_PER_TOKEN;
    const fitting = cutToTokens(foldBlanks(line).trim(), Math.min(this.#left - lineBreak, maxTokens));
    if (fitting !== '') this.#append(this.#isEmpty ? fitting : `\n${fitting}`);
  }

  /** Adds one word to the line, after `separator`; false where it does not fit. */
  addWord(word: string, separator: string): boolean {
    const addition = this.#isEmpty ? word : separator + word;
    const tokens = estimateTokens(addition);
    if (tokens > this.#left) return false;
    this.#push(addition);
    this.#left -= tokens;
    return true;
  }

  #append(addition: string): void {
    this.#push(addition);
    this.#left -= estimateTokens(addition);
  }

  #push(addition: string): void {
    if (addition === '') return;
    this.#parts.push(addition);
    this.#isEmpty = false;
  }
}

/** The longest beginning of a text within a number of tokens, ending with a whole word where it has more than one. */
export function cutToTokens(text: string, maxTokens: number): string {
  if (maxTokens <= 0) return '';
  // Every character costs at least 1 / CHARACTERS_PER_TOKEN: no more than this many can fit.
  const candidate = text.slice(0, Math.ceil(maxTokens * CHARACTERS_PER_TOKEN));
  let tokens = 0;
  let end = 0;
  while (end < candidate.length) {
    tokens += candidate.charCodeAt(end) >= FIRST_WIDE_CODE ? TOKENS_PER_WIDE_CHARACTER : 1 / CHARACTERS_PER_TOKEN;
    if (tokens > maxTokens) break;
    end++;
  }
  if (end === text.length) return text;
  const space = candidate.lastIndexOf(' ', end);
  if (space > 0) return candidate.slice(0, space);
  // Never half of a surrogate pair.
  const last = candidate.charCodeAt(end - 1);
  return candidate.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}
