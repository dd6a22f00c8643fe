import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../src/model/tokenizer/compile-tokenizer.ts';
import { parseSentencePieceModel } from '../../../../src/model/tokenizer/sentencepiece.ts';
import { TokenizerError } from '../../../../src/model/tokenizer/tokenizer-error.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { codeOf } from './small-tokenizer.ts';

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function bytesField(field: number, content: Iterable<number>): number[] {
  const bytes = Array.from(content);
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function numberField(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function piece(text: string, score: number, type: number): number[] {
  const float = new Uint8Array(Float32Array.of(score).buffer);
  return bytesField(1, [...bytesField(1, Buffer.from(text)), 2 * 8 + 5, ...float, ...numberField(3, type)]);
}

/** A Darts array of one unit that matches nothing, and no replacements. */
const CHARSMAP = [4, 0, 0, 0, 0, 0, 0, 0];
const FIRST = [...piece('<unk>', 0, 2), ...piece('<s>', 0, 3), ...piece('</s>', 0, 3)];
const PIECES = [...piece('▁a', -1, 1), ...piece('b', -2, 1), ...piece('▁', -3, 1)];

function model(parts: { pieces?: number[]; trainer?: number[]; normalizer?: number[] } = {}): Uint8Array {
  const trainer = parts.trainer ?? numberField(3, 1);
  const normalizer = parts.normalizer ?? bytesField(2, CHARSMAP);
  return Uint8Array.from([
    ...(parts.pieces ?? [...FIRST, ...PIECES]),
    ...bytesField(2, trainer),
    ...bytesField(3, normalizer),
  ]);
}

describe('parseSentencePieceModel', () => {
  it('moves the pieces to XLM-RoBERTa ids', () => {
    const tokenizer = UnigramTokenizer.fromCompiled(compileTokenizer(model()));
    expect(tokenizer.vocabularySize).toBe(8);
    // <s> <pad> </s> <unk> ▁a b ▁ <mask>
    expect(Array.from(tokenizer.encode('ab b  <mask>x').ids)).toEqual([0, 4, 5, 6, 5, 7, 6, 3, 2]);
  });

  it('skips fields it does not know', () => {
    const fixed32 = [...varint(97 * 8 + 5), 1, 2, 3, 4];
    const fixed64 = [...varint(96 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8];
    const unknown = [...numberField(99, 300), ...bytesField(98, [1, 2]), ...fixed32, ...fixed64];
    const { pieces } = parseSentencePieceModel(Uint8Array.from([...unknown, ...model(), ...unknown]));
    expect(pieces.count).toBe(8);
  });

  it.each([
    ['a BPE model', model({ trainer: numberField(3, 2) })],
    ['byte fallback', model({ trainer: [...numberField(3, 1), ...numberField(35, 1)] })],
    ['white space as suffix', model({ trainer: numberField(24, 1) })],
    ['no dummy prefix', model({ normalizer: [...bytesField(2, CHARSMAP), ...numberField(3, 0)] })],
    ['no character map', model({ normalizer: [] })],
    ['other first pieces', model({ pieces: [...piece('<pad>', 0, 3), ...FIRST, ...PIECES] })],
    ['user-defined pieces', model({ pieces: [...FIRST, ...PIECES, ...piece('x', 0, 4)] })],
  ])('refuses %s as unsupported', (_name, bytes) => {
    expect(codeOf(() => parseSentencePieceModel(bytes))).toBe('TOKENIZER_UNSUPPORTED');
  });

  it.each([
    ['no bytes', new Uint8Array()],
    ['no pieces', model({ pieces: FIRST })],
    ['a length beyond the end', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0x0f)],
    ['a number without end', new Uint8Array(20).fill(0xff)],
    ['a piece that is no UTF-8', model({ pieces: [...FIRST, ...bytesField(1, bytesField(1, [0xff]))] })],
    ['a score that is none', model({ pieces: [...FIRST, ...piece('x', Number.NaN, 1)] })],
    ['a wrong wire type', model({ pieces: [...FIRST, ...numberField(1, 5)] })],
    ['a group', Uint8Array.from([...model(), 0x53])],
  ])('refuses %s as malformed', (_name, bytes) => {
    expect(codeOf(() => parseSentencePieceModel(bytes))).toBe('TOKENIZER_MALFORMED');
  });

  it('meets damage with a typed error or a model', () => {
    const bytes = model();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 4 }), fc.nat(12), (at, insert, cut) => {
        try {
          compileTokenizer(Uint8Array.from([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + cut)]));
        } catch (error) {
          expect(error).toBeInstanceOf(TokenizerError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
