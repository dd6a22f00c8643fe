import { describe, expect, it } from 'vitest';
import { MAX_WINDOWS, splitText } from '../../../../src/model/onnx/split-text.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { jsonBytes, PIECE_ID, smallTokenizer } from '../tokenizer/small-tokenizer.ts';

const tokenizer = UnigramTokenizer.fromJson(jsonBytes(smallTokenizer()));
const [start, end] = [PIECE_ID['<s>']!, PIECE_ID['</s>']!];

describe('splitText', () => {
  it('puts special tokens around every window and loses no token', () => {
    const text = 'ab a b ab a b ab';
    const split = splitText(tokenizer, text, 6);
    expect(split.windows.length).toBeGreaterThan(1);
    for (const window of split.windows) {
      expect(window.length).toBeLessThanOrEqual(6);
      expect([window[0], window.at(-1)]).toEqual([start, end]);
    }
    const content = tokenizer.encode(text, { addSpecialTokens: false }).ids;
    expect(split.windows.flatMap((window) => Array.from(window.slice(1, -1)))).toEqual(Array.from(content));
    expect(split.weights).toEqual(split.windows.map((window) => window.length - 2));
    expect(split.tokenCount).toBe(tokenizer.countTokens(text));
    expect(split.truncated).toBe(false);
  });

  it('leaves out what is more than a text may have, and says so', () => {
    const split = splitText(tokenizer, 'a '.repeat(MAX_WINDOWS + 7), 3);
    expect([split.windows.length, split.weights.length, split.truncated]).toEqual([MAX_WINDOWS, MAX_WINDOWS, true]);
    expect(split.tokenCount).toBe(MAX_WINDOWS + 7 + 2);
    expect(splitText(tokenizer, 'a '.repeat(MAX_WINDOWS), 3).truncated).toBe(false);
  });
});
