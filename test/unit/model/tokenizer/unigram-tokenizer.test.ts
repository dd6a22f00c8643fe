import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../src/model/tokenizer/compile-tokenizer.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { defaultModelFile } from '../../../golden/tokenizer/default-model.ts';
import { jsonBytes, PIECE_ID, smallTokenizer } from './small-tokenizer.ts';

const small = UnigramTokenizer.fromJson(jsonBytes(smallTokenizer()));
const compiled = compileTokenizer(defaultModelFile('tokenizer.json'));
const tokenizer = UnigramTokenizer.fromCompiled(compiled);

function ids(text: string): number[] {
  return Array.from(small.encode(text, { addSpecialTokens: false }).ids);
}

function idsOf(...pieces: string[]): number[] {
  return pieces.map((piece) => PIECE_ID[piece] ?? -1);
}

/** Any string: surrogates alone, controls, joiners and special tokens included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('<s>', '<mask>', ' ', '▁', 'a', 'def ', '\u0301', '\u200d', '👍', '中', '\r\n'),
    maxLength: 80,
  }),
);

describe('UnigramTokenizer', () => {
  it('takes the best path, words by themselves', () => {
    expect(ids('ab')).toEqual(idsOf('▁ab'));
    expect(ids('a  b\tab')).toEqual(idsOf('▁a', '▁', 'b', '▁ab'));
  });

  it('keeps the path whose last piece starts first when two are equal', () => {
    const document = smallTokenizer();
    document.model.vocab = [...document.model.vocab.slice(0, 4), ['▁', -1], ['a', -1], ['aa', -2], ['▁a', -2]];
    const tied = UnigramTokenizer.fromJson(jsonBytes(document));
    // ▁|aa before ▁a|a and ▁|a|a, all of score -3.
    expect(Array.from(tied.encode('aa', { addSpecialTokens: false }).ids)).toEqual([4, 6]);
  });

  it('makes a run of unknown characters one id, in each word', () => {
    expect(ids('xyz👍x xy')).toEqual(idsOf('▁', '<unk>', '👍', '<unk>', '▁', '<unk>'));
  });

  it('adds special tokens unless told not to', () => {
    expect(Array.from(small.encode('a').ids)).toEqual([0, ...idsOf('▁a'), 2]);
    expect(Array.from(small.encode('').ids)).toEqual([0, 2]);
    expect(small.encode('', { addSpecialTokens: false }).ids.length).toBe(0);
  });

  it('finds special tokens in the text, as the Rust library does', () => {
    expect(ids('a</s>b')).toEqual(idsOf('▁a', '</s>', '▁', 'b'));
  });

  it('says whether tokens were left out', () => {
    expect(small.encode('a a a', { maxLength: 5 })).toEqual({ ids: Int32Array.of(0, 8, 8, 8, 2), truncated: false });
    expect(small.encode('a a a a', { maxLength: 5 })).toEqual({ ids: Int32Array.of(0, 8, 8, 8, 2), truncated: true });
    expect(small.encode('a', { maxLength: 2 })).toEqual({ ids: Int32Array.of(0, 2), truncated: true });
  });

  it('refuses a maxLength without room for the special tokens', () => {
    expect(() => small.encode('a', { maxLength: 1 })).toThrow(RangeError);
    expect(() => small.encode('a', { maxLength: Number.NaN })).toThrow(RangeError);
  });

  it('never throws, and truncates to a prefix', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, maxLength) => {
        const whole = tokenizer.encode(text).ids;
        const { ids: part, truncated } = tokenizer.encode(text, { maxLength });
        expect(truncated).toBe(whole.length > maxLength);
        expect(part.at(-1)).toBe(2);
        expect(Array.from(part.subarray(0, -1))).toEqual(
          Array.from(whole.subarray(0, Math.min(whole.length, maxLength) - 1)),
        );
        expect(whole.every((id) => id >= 0 && id < tokenizer.vocabularySize)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives every thread the same ids from shared memory', () => {
    const shared = new SharedArrayBuffer(compiled.byteLength);
    new Uint8Array(shared).set(compiled);
    const sharing = UnigramTokenizer.fromCompiled(shared);
    const unaligned = new Uint8Array(compiled.byteLength + 3).subarray(3);
    unaligned.set(compiled);
    const copied = UnigramTokenizer.fromCompiled(unaligned);
    fc.assert(
      fc.property(anyText, (text) => {
        const { ids: wanted } = tokenizer.encode(text);
        expect(sharing.encode(text).ids).toEqual(wanted);
        expect(copied.encode(text).ids).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['no spaces', 'x9_'.repeat(120_000)],
    ['one letter', 'a'.repeat(360_000)],
    ['Han', '中文字'.repeat(120_000)],
    ['combining marks', 'e\u0301\u0302'.repeat(120_000)],
    ['words', 'const value = call(a, b); '.repeat(14_000)],
    ['white space', ' \t\n'.repeat(120_000)],
    ['special tokens', '<s>'.repeat(120_000)],
    ['starts of special tokens', '<'.repeat(360_000)],
    ['unknown characters', '\u{10ffff}'.repeat(180_000)],
  ])('takes a long text of %s in linear time, cut or whole', (_name, text) => {
    const whole = tokenizer.encode(text);
    const part = tokenizer.encode(text, { maxLength: 512 });
    expect(whole.truncated).toBe(false);
    expect(part.ids.length).toBe(Math.min(512, whole.ids.length));
    expect(part.ids.subarray(0, part.ids.length - 1)).toEqual(whole.ids.subarray(0, part.ids.length - 1));
  });
});
