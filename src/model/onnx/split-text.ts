import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * Most windows one text is encoded in: half a million tokens of a model with 512, about two megabytes of prose. An
 * average over more would say nothing about any part of the text, and one text must not hold the machine for hours.
 */
export const MAX_WINDOWS = 1_024;

/** A text that is longer than the network takes. */
export interface SplitText {
  /** Ids of each window, special tokens around them, in the order of the text. */
  readonly windows: readonly Int32Array[];
  /** Tokens of the text in each window, without special tokens: its weight in the average. */
  readonly weights: readonly number[];
  /** Tokens of the whole text, special tokens included. */
  readonly tokenCount: number;
  /** True when the text has more than {@link MAX_WINDOWS} windows, the rest of which is left out. */
  readonly truncated: boolean;
}

/**
 * Cuts a text into windows. A prompt counts as the beginning of the text: with one in every window the average is
 * farther from the vector that a network with room for the whole text gives (ADR 0012).
 *
 * @param maxTokens - Most ids of a window, special tokens included.
 */
export function splitText(tokenizer: Tokenizer, text: string, maxTokens: number): SplitText {
  const all = tokenizer.encodeWindows(text, { maxLength: maxTokens });
  const kept = all.slice(0, MAX_WINDOWS);
  const special = all[0] === undefined ? 0 : all[0].ids.length - all[0].tokenCount;
  return {
    windows: kept.map(({ ids }) => ids),
    weights: kept.map(({ tokenCount }) => tokenCount),
    tokenCount: special + all.reduce((sum, { tokenCount }) => sum + tokenCount, 0),
    truncated: all.length > MAX_WINDOWS,
  };
}
