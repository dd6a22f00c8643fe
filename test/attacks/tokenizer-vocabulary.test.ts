import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileDocument, compileTokenizer } from '../../src/model/tokenizer/compile-tokenizer.ts';
import { openTokenizer } from '../../src/model/tokenizer/open-tokenizer.ts';
import { readWordPieceVocabulary } from '../../src/model/tokenizer/vocabulary-files.ts';
import { Random } from '../fuzz/random.ts';
import { refusalOf } from './tokenizer-refusal.ts';
import { tokenizerFixture } from '../golden/tokenizer/default-model.ts';

const SETTINGS = { config: {}, specialTokens: {}, sentences: {}, addedTokens: {}, model: {}, faults: [] };

function wordPiece(model: object, rest: object = {}): Uint8Array {
  const vocab = { '[UNK]': 0, a: 1 };
  const document = {
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab, ...model },
    ...rest,
  };
  return Buffer.from(JSON.stringify(document));
}

function byteLevel(model: object, rest: object = {}): Uint8Array {
  const vocab = { a: 0, b: 1, ab: 2 };
  const document = {
    pre_tokenizer: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: [], ...model },
    ...rest,
  };
  return Buffer.from(JSON.stringify(document));
}

const split = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false };

describe('vocabularies that ask for much, or lie', () => {
  it.each<[what: string, file: () => Uint8Array, refusal: string]>([
    ['an id far beyond the others', () => wordPiece({ vocab: { '[UNK]': 0, a: 2_000_000 } }), 'TOKENIZER_MALFORMED'],
    ['an id given twice', () => wordPiece({ vocab: { '[UNK]': 0, a: 0 } }), 'TOKENIZER_MALFORMED'],
    ['an id that is none', () => wordPiece({ vocab: { '[UNK]': 0, a: 1.5 } }), 'TOKENIZER_MALFORMED'],
    ['a negative id', () => wordPiece({ vocab: { '[UNK]': 0, a: -1 } }), 'TOKENIZER_MALFORMED'],
    ['no unknown token', () => wordPiece({ unk_token: '<unk>' }), 'TOKENIZER_MALFORMED: model.unk_token'],
    ['a word limit that is none', () => wordPiece({ max_input_chars_per_word: 'x' }), 'TOKENIZER_MALFORMED'],
    ['words without limit', () => wordPiece({ max_input_chars_per_word: 1e9 }), 'TOKENIZER_LIMIT_EXCEEDED'],
    [
      'a prefix of 100 characters',
      () => wordPiece({ continuing_subword_prefix: '#'.repeat(100) }),
      'TOKENIZER_LIMIT_EXCEEDED',
    ],
    ['its own pattern with WordPiece', () => wordPiece({}, { pre_tokenizer: split }), 'TOKENIZER_UNSUPPORTED'],
    [
      'its own pattern with BPE',
      () => byteLevel({}, { pre_tokenizer: { type: 'Sequence', pretokenizers: [split, { type: 'ByteLevel' }] } }),
      'TOKENIZER_UNSUPPORTED',
    ],
    ['merges that are none', () => byteLevel({ merges: ['a'] }), 'TOKENIZER_MALFORMED: model.merges[0]'],
    ['merges of unknown tokens', () => byteLevel({ merges: ['a c'] }), 'TOKENIZER_MALFORMED: model.merges[0]'],
    ['no merges', () => byteLevel({ merges: null }), 'TOKENIZER_MALFORMED: model.merges'],
    [
      '200,000 merges in pairs',
      () => byteLevel({ merges: Array.from({ length: 200_000 }, () => ['a', 'b']) }),
      'TOKENIZER_LIMIT_EXCEEDED',
    ],
    ['dropout', () => byteLevel({ dropout: 0.1 }), 'TOKENIZER_UNSUPPORTED'],
    ['byte_fallback', () => byteLevel({ byte_fallback: true }), 'TOKENIZER_UNSUPPORTED'],
    ['end_of_word_suffix', () => byteLevel({ end_of_word_suffix: '</w>' }), 'TOKENIZER_UNSUPPORTED'],
    [
      'a sequence 40 levels deep',
      () => {
        let normalizer: object = { type: 'Lowercase' };
        for (let depth = 0; depth < 40; depth += 1) normalizer = { type: 'Sequence', normalizers: [normalizer] };
        return wordPiece({}, { normalizer });
      },
      'TOKENIZER_LIMIT_EXCEEDED',
    ],
    [
      'two frames',
      () =>
        wordPiece(
          {},
          {
            post_processor: {
              type: 'Sequence',
              processors: [{ type: 'BertProcessing', cls: ['a', 1], sep: ['a', 1] }, { type: 'BertProcessing' }],
            },
          },
        ),
      'TOKENIZER_UNSUPPORTED',
    ],
    [
      'a frame of an id that is none',
      () => wordPiece({}, { post_processor: { type: 'BertProcessing', cls: ['a', 99], sep: ['a', 1] } }),
      'TOKENIZER_MALFORMED',
    ],
  ])('are refused: %s', (_what, file, refusal) => {
    expect(refusalOf(() => openTokenizer(compileTokenizer(file())))).toContain(refusal);
  });

  it('are refused: more than a million lines of vocab.txt', () => {
    const lines = Buffer.from(`[UNK]\n${'\n'.repeat(1 << 20)}`);
    expect(refusalOf(() => compileDocument(readWordPieceVocabulary(lines, SETTINGS)))).toContain(
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 1048577 pieces',
    );
  });

  it('are refused: 3.2 million characters of which no two pieces share one', () => {
    const random = new Random(1);
    const pieces = Array.from({ length: 6400 }, () =>
      String.fromCharCode(...Array.from({ length: 500 }, () => 0x61 + random.below(26))),
    );
    const lines = Buffer.from(`[UNK]\n[CLS]\n[SEP]\n${pieces.join('\n')}`);
    expect(refusalOf(() => compileDocument(readWordPieceVocabulary(lines, SETTINGS)))).toContain(
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 8388608 slots for the beginnings of its pieces',
    );
  });

  it('are refused: merges chosen to crowd one place of their table', () => {
    const letters = Array.from({ length: 700 }, (_, number) => String.fromCharCode(0x4e00 + number));
    const merges: string[][] = [];
    const vocab: Record<string, number> = Object.fromEntries(letters.map((letter, id) => [letter, id]));
    for (const [left, first] of letters.entries()) {
      for (const [right, second] of letters.entries()) {
        // As `MergeTable` computes it; 1024 slots hold 700 merges.
        const mixed = Math.imul(left + 1, 0x9e3779b1) ^ Math.imul(right + 1, 0x85ebca6b);
        if (((mixed ^ (mixed >>> 15)) & 1023) > 1 || merges.length === 700) continue;
        vocab[first + second] = 700 + merges.length;
        merges.push([first, second]);
      }
    }
    expect(merges).toHaveLength(700);
    expect(refusalOf(() => compileTokenizer(byteLevel({ vocab, merges })))).toContain(
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 513 merges in one place of their table',
    );
  });

  it('are refused: a vocab.txt that is no UTF-8', () => {
    const bytes = Buffer.from([0x5b, 0xff, 0xfe]);
    expect(refusalOf(() => compileDocument(readWordPieceVocabulary(bytes, SETTINGS)))).toContain('TOKENIZER_MALFORMED');
  });
});

describe.each(['wordpiece', 'byte-level'])('a small %s tokenizer and texts that ask for much', (name) => {
  const image = compileTokenizer(readFileSync(tokenizerFixture(`small-${name}.json`)));

  it.each([
    ['words', 'some words and more '.repeat(500_000)],
    ['one word', 'abcdefghij'.repeat(200_000)],
    ['one letter', 'a'.repeat(2_000_000)],
    ['spaces', ' '.repeat(2_000_000)],
    ['apostrophes', "'".repeat(1_000_000)],
    ['ideographs', '漢字'.repeat(1_000_000)],
    ['marks', `e${'\u0301'.repeat(200_000)}`],
    ['added tokens', '[MASK]<mask>'.repeat(100_000)],
  ])('stops early: %s', (_what, text) => {
    const tokenizer = openTokenizer(image);
    const { ids } = tokenizer.encode(text, { maxLength: 512 });
    expect(ids.length).toBeLessThanOrEqual(512);
    // A prefix of the text that is longer than the ids begins with the same ones, except within a single word.
    if (/ |漢/.test(text.slice(0, 50)))
      expect(Array.from(tokenizer.encode(text.slice(0, 20_000), { maxLength: 512 }).ids)).toEqual(Array.from(ids));
  });
});
