import type { Tokenizer, TokenWindow } from '../tokenizer/tokenizer.ts';

/**
 * Most windows one text is encoded in: half a million tokens of a model with 512, about two megabytes of prose. An
 * average over more would say nothing about any part of the text, and one text must not hold the machine for hours.
 */
export const MAX_WINDOWS = 1_024;

/** A text that is longer than the network takes. */
export interface SplitText {
  /** Ids of each window, special tokens around them, in the order of the text. */
  readonly windows: readonly Int32Array[];
  /** Tokens of the text in each window, without special tokens and prompt: its weight in the average. */
  readonly weights: readonly number[];
  /** Tokens of the whole text, prompt and special tokens included. */
  readonly tokenCount: number;
  /** True when the text has more than {@link MAX_WINDOWS} windows, the rest of which is left out. */
  readonly truncated: boolean;
}

/**
 * Cuts a text into windows. The prompt stands at the head of every one: a model that was trained with `passage: ` before
 * each text gets every window as it would get that part of the text alone.
 *
 * @param maxTokens - Most ids of a window, special tokens and prompt included.
 */
export function splitText(tokenizer: Tokenizer, text: string, prompt: string, maxTokens: number): SplitText {
  const head = promptHead(tokenizer, text, prompt, maxTokens);
  const all = tokenizer.encodeWindows(prompt + text, { maxLength: maxTokens - head.ids.length });
  const kept = all.slice(0, MAX_WINDOWS);
  const special = all[0] === undefined ? 0 : all[0].ids.length - all[0].tokenCount;
  return {
    windows: kept.map((window, index) => (index === 0 ? window.ids : withPrompt(window, head))),
    // Never below zero: a first window may end within the prompt, where a word too long for it follows.
    weights: kept.map(({ tokenCount }, index) =>
      index === 0 ? Math.max(0, tokenCount - head.ids.length) : tokenCount,
    ),
    tokenCount: special + all.reduce((sum, window) => sum + window.tokenCount, 0),
    truncated: all.length > MAX_WINDOWS,
  };
}

interface PromptHead {
  /** Ids of the prompt, special tokens aside. */
  readonly ids: Int32Array;
  /** How many special tokens stand before them. */
  readonly position: number;
}

const NO_HEAD: PromptHead = { ids: new Int32Array(0), position: 0 };

/** The tokens that the prompt shares with prompt and text together: its last may have grown into the text's first. */
function promptHead(tokenizer: Tokenizer, text: string, prompt: string, maxTokens: number): PromptHead {
  if (prompt === '') return NO_HEAD;
  const alone = tokenizer.encode(prompt, { addSpecialTokens: false }).ids;
  const together = tokenizer.encode(prompt + text, { addSpecialTokens: false, maxLength: alone.length }).ids;
  let length = 0;
  while (length < together.length && together[length] === alone[length]) length++;
  const ids = alone.slice(0, length);
  const special = tokenizer.encode('').ids.length;
  // A prompt that leaves the text less than half of each window is not worth repeating.
  if (ids.length * 2 + special > maxTokens) return NO_HEAD;
  return { ids, position: specialTokensBefore(tokenizer, prompt, alone) };
}

function specialTokensBefore(tokenizer: Tokenizer, text: string, content: Int32Array): number {
  const { ids } = tokenizer.encode(text);
  let position = 0;
  while (position < ids.length && !content.every((id, index) => ids[position + index] === id)) position++;
  return position;
}

function withPrompt({ ids }: TokenWindow, head: PromptHead): Int32Array {
  const result = new Int32Array(ids.length + head.ids.length);
  result.set(ids.subarray(0, head.position));
  result.set(head.ids, head.position);
  result.set(ids.subarray(head.position), head.position + head.ids.length);
  return result;
}
