import { TokenizerError } from '../../src/model/tokenizer/tokenizer-error.ts';

/** Code and message of the error, which must be one of the tokenizer's own; `none` where there is none. */
export function refusalOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof TokenizerError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}
