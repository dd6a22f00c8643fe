import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../../src/model/tokenizer/compile-tokenizer.ts';
import { openTokenizer } from '../../../../../src/model/tokenizer/open-tokenizer.ts';
import type { Tokenizer } from '../../../../../src/model/tokenizer/tokenizer.ts';

function wordPiece(model: object = {}, rest: object = {}): Tokenizer {
  const vocab = { '[UNK]': 0, a: 1, '##a': 2, 𝒳: 3, '##𝒳': 4 };
  const document = {
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab, ...model },
    ...rest,
  };
  return openTokenizer(compileTokenizer(Buffer.from(JSON.stringify(document))));
}

describe('WordPieceTokenizer', () => {
  it.each([
    ['a', 'which are units of UTF-16 too'],
    ['𝒳', 'which are two units of UTF-16 each'],
  ])('takes words of up to 100 characters: %s, %s', (letter) => {
    const tokenizer = wordPiece();
    expect(tokenizer.encode(letter.repeat(100)).ids).toHaveLength(100);
    expect(Array.from(tokenizer.encode(letter.repeat(101)).ids)).toEqual([0]);
  });

  it('takes words of as many characters as the file says', () => {
    const tokenizer = wordPiece({ max_input_chars_per_word: 3 });
    expect(Array.from(tokenizer.encode('aaa aaaa').ids)).toEqual([1, 2, 2, 0]);
  });

  it('finds an added token of two words wherever a long text is cut', () => {
    const tokenizer = wordPiece({}, { added_tokens: [{ id: 5, content: 'b a', normalized: true }] });
    const { ids } = tokenizer.encode('a b a '.repeat(2000));
    expect(Array.from(ids)).toEqual(Array.from({ length: 4000 }, (_, at) => (at % 2 === 0 ? 1 : 5)));
  });

  it('cuts no long text within a word, or within a character', () => {
    const tokenizer = wordPiece({}, { normalizer: { type: 'BertNormalizer' } });
    const { ids } = tokenizer.encode(`a${'𝒳'.repeat(40)}\t`.repeat(120));
    const word = [1, ...Array.from({ length: 40 }, () => 4)];
    expect(Array.from(ids)).toEqual(Array.from({ length: 120 }, () => word).flat());
  });
});
