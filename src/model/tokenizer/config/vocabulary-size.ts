import { malformed } from '../tokenizer-error.ts';
import { MAX_ADDED_TOKENS, type AddedToken } from './added-tokens.ts';
import type { SpecialFrame } from './special-frame.ts';

/** What names ids beside the vocabulary. */
export interface NamedIds extends SpecialFrame {
  readonly addedTokens: readonly AddedToken[];
  /** Id of what the vocabulary lacks; null where such is left out. */
  readonly unknownId: number | null;
}

/**
 * Checks ids against the vocabulary. Added tokens may lie beyond it: they are rows of the embedding matrix all the same.
 *
 * @returns one more than the highest id.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`.
 */
export function vocabularySizeOf(config: NamedIds, pieceCount: number): number {
  if (config.unknownId !== null && config.unknownId >= pieceCount) {
    throw malformed('model.unk_id', `is ${config.unknownId} of ${pieceCount} pieces`);
  }
  const size = config.addedTokens.reduce((most, token) => Math.max(most, token.id + 1), pieceCount);
  // Ids far beyond the vocabulary would make callers allocate for them.
  if (size > pieceCount + MAX_ADDED_TOKENS)
    throw malformed('added_tokens', `have id ${size - 1} with ${pieceCount} pieces`);
  for (const special of [...config.prefixIds, ...config.suffixIds]) {
    if (special >= size) throw malformed('post_processor', `names id ${special} of ${size}`);
  }
  return size;
}

/** Added tokens with the ids the vocabulary gives them: what the file says counts for those it lacks. */
export function withVocabularyIds(tokens: readonly AddedToken[], idOf: (text: string) => number): AddedToken[] {
  return tokens.map((token) => {
    const known = idOf(token.content);
    return known < 0 ? token : { ...token, id: known };
  });
}
