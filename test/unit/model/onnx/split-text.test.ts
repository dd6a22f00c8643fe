import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_WINDOWS, splitText } from '../../../../src/model/onnx/split-text.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { jsonBytes, PIECE_ID, smallTokenizer } from '../tokenizer/small-tokenizer.ts';

const tokenizer = UnigramTokenizer.fromJson(jsonBytes(smallTokenizer()));
const [start, end] = [PIECE_ID['<s>']!, PIECE_ID['</s>']!];

function contentOf(text: string): number[] {
  return Array.from(tokenizer.encode(text, { addSpecialTokens: false }).ids);
}

describe('splitText', () => {
  it('puts special tokens around every window and loses no token', () => {
    const text = 'ab a b ab a b ab';
    const split = splitText(tokenizer, text, '', 6);
    for (const window of split.windows) {
      expect(window.length).toBeLessThanOrEqual(6);
      expect([window[0], window.at(-1)]).toEqual([start, end]);
    }
    expect(split.windows.flatMap((window) => Array.from(window.slice(1, -1)))).toEqual(contentOf(text));
    expect(split.weights).toEqual(split.windows.map((window) => window.length - 2));
    expect(split.tokenCount).toBe(tokenizer.countTokens(text));
    expect(split.truncated).toBe(false);
  });

  it('puts the prompt at the head of every window, and does not count it', () => {
    const [prompt, text] = ['b b ', 'a a a a a a a a'];
    const head = contentOf(prompt);
    const split = splitText(tokenizer, text, prompt, 12);
    expect(split.windows.length).toBeGreaterThan(1);
    for (const window of split.windows) expect(Array.from(window.slice(0, 1 + head.length))).toEqual([start, ...head]);
    const behind = split.windows.flatMap((window) => Array.from(window.slice(1 + head.length, -1)));
    expect(behind).toEqual(contentOf(text));
    expect(split.weights.reduce((sum, weight) => sum + weight, 0)).toBe(contentOf(text).length);
    expect(split.tokenCount).toBe(tokenizer.countTokens(prompt + text));
  });

  it('does not repeat a prompt that would fill the windows', () => {
    const [prompt, text] = ['b b b b ', 'a a a a'];
    const split = splitText(tokenizer, text, prompt, 8);
    expect(split.windows.flatMap((window) => Array.from(window.slice(1, -1)))).toEqual(contentOf(prompt + text));
  });

  it('leaves out what is more than a text may have, and says so', () => {
    const split = splitText(tokenizer, 'a '.repeat(MAX_WINDOWS + 7), '', 3);
    expect([split.windows.length, split.weights.length, split.truncated]).toEqual([MAX_WINDOWS, MAX_WINDOWS, true]);
    expect(split.tokenCount).toBe(MAX_WINDOWS + 7 + 2);
  });

  it('gives windows that fit and weights that count, whatever prompt and text are', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', 'x', '👍'), maxLength: 60 });
    fc.assert(
      fc.property(words, words, fc.integer({ min: 3, max: 20 }), (prompt, text, maxTokens) => {
        const { windows, weights, tokenCount } = splitText(tokenizer, text, prompt, maxTokens);
        expect(windows.length).toBe(weights.length);
        for (const [index, window] of windows.entries()) {
          expect(window.length).toBeLessThanOrEqual(maxTokens);
          expect([window[0], window.at(-1)]).toEqual([start, end]);
          expect(weights[index]).toBeGreaterThanOrEqual(0);
        }
        expect(tokenCount).toBe(tokenizer.countTokens(prompt + text));
      }),
    );
  });
});
