import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';

/** True where a word is one of some. */
export function isOneOf(word: string, ...choices: readonly string[]): boolean {
  return choices.includes(word);
}

/** The index after the parenthesis that closes the one at `at`, or of the `;` or end of batch before it. */
export function skipParentheses(tokens: TokenList, at: number): number {
  let depth = 0;
  let next = at;
  while (next < tokens.length && tokens.kind(next) !== TokenKind.batchEnd && tokens.word(next) !== ';') {
    const word = tokens.word(next++);
    if (word === '(') depth++;
    else if (word === ')' && --depth === 0) break;
  }
  return next;
}

/** The index of the `;` or end of batch after the token at `at`. */
export function skipStatement(tokens: TokenList, at: number): number {
  let next = at + 1;
  while (next < tokens.length && tokens.word(next) !== ';' && tokens.kind(next) !== TokenKind.batchEnd) next++;
  return next;
}
