import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../src/model/tokenizer/compile-tokenizer.ts';
import { openTokenizer } from '../../../../src/model/tokenizer/open-tokenizer.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { jsonBytes, PIECE_ID, smallTokenizer } from './small-tokenizer.ts';

const tokenizer = UnigramTokenizer.fromJson(jsonBytes(smallTokenizer()));
const [start, end] = [PIECE_ID['<s>'] ?? -1, PIECE_ID['</s>'] ?? -1];
/** `▁` `b` `b`: three tokens a word. */
const WORD = [PIECE_ID['▁'] ?? -1, PIECE_ID['b'] ?? -1, PIECE_ID['b'] ?? -1];

describe('encodeWindows', () => {
  it('is one window where the text fits', () => {
    expect(tokenizer.encodeWindows('bb bb', { maxLength: 8 })).toEqual([
      { ids: Int32Array.from([start, ...WORD, ...WORD, end]), tokenCount: 6 },
    ]);
  });

  it('cuts between words, with special tokens around each window', () => {
    const windows = tokenizer.encodeWindows('bb bb bb', { maxLength: 7 });
    expect(windows.map(({ ids }) => Array.from(ids))).toEqual([1, 2, 3].map(() => [start, ...WORD, end]));
    const two = tokenizer.encodeWindows('bb bb bb', { maxLength: 8 });
    expect(two.map(({ tokenCount }) => tokenCount)).toEqual([6, 3]);
  });

  it('cuts within a word only where that is longer than a window', () => {
    const windows = tokenizer.encodeWindows(`bb ${'b'.repeat(9)} bb`, { maxLength: 6 });
    expect(windows.map(({ tokenCount }) => tokenCount)).toEqual([3, 4, 4, 2, 3]);
  });

  it('has a window for a text without tokens', () => {
    expect(tokenizer.encodeWindows('', { maxLength: 8 })).toEqual([
      { ids: Int32Array.from([start, end]), tokenCount: 0 },
    ]);
  });

  it('wants room for one token beside the special ones', () => {
    expect(() => tokenizer.encodeWindows('bb', { maxLength: 2 })).toThrow(RangeError);
    expect(tokenizer.encodeWindows('bb', { maxLength: 3 })).toHaveLength(3);
  });
});

describe('countTokens', () => {
  it('counts what encode makes of the whole text', () => {
    for (const text of ['', 'bb', 'bb <s> bb', 'é 👍 xyz']) {
      expect(tokenizer.countTokens(text)).toBe(tokenizer.encode(text).ids.length);
    }
  });
});

describe('tokenize', () => {
  it('shows the tokens as the vocabulary writes them', () => {
    expect(tokenizer.tokenize('ab 👍').tokens).toEqual(['<s>', '▁ab', '▁', '👍', '</s>']);
    expect(tokenizer.tokenize('ab é', { maxLength: 3 })).toMatchObject({
      tokens: ['<s>', '▁ab', '</s>'],
      truncated: true,
    });
    expect(tokenizer.tokenize('ab', { addSpecialTokens: false }).tokens).toEqual(['▁ab']);
  });

  it('shows those of WordPiece and byte-level BPE', () => {
    const wordPiece = {
      normalizer: { type: 'BertNormalizer' },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, play: 1, '##ing': 2, 中: 3 } },
    };
    expect(openTokenizer(compileTokenizer(jsonBytes(wordPiece))).tokenize('Playing中?').tokens).toEqual([
      'play',
      '##ing',
      '中',
      '[UNK]',
    ]);
    const byteLevel = {
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
      model: { vocab: { a: 0, b: 1, Ġ: 2, ab: 3, Ã: 4, '©': 5 }, merges: ['a b'] },
    };
    expect(openTokenizer(compileTokenizer(jsonBytes(byteLevel))).tokenize('ab é').tokens).toEqual([
      'ab',
      'Ġ',
      'Ã',
      '©',
    ]);
  });
});

describe('a vocabulary of another shape than its model has', () => {
  it.each([
    ['Unigram', { a: 0 }],
    ['WordPiece', [['a', 0]]],
  ])('is refused with %s', (type, vocab) => {
    const document = { ...smallTokenizer(), model: { type, unk_id: 0, unk_token: 'a', vocab } };
    expect(() => compileTokenizer(jsonBytes(document))).toThrow(/model\.vocab is not what/);
  });
});
