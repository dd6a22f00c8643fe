import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../../src/model/tokenizer/compile-tokenizer.ts';
import { openTokenizer } from '../../../../../src/model/tokenizer/open-tokenizer.ts';
import type { Tokenizer } from '../../../../../src/model/tokenizer/tokenizer.ts';

function byteLevel(preTokenizer: object, added: readonly object[] = []): Tokenizer {
  const document = {
    added_tokens: added,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, ...preTokenizer },
    model: {
      type: 'BPE',
      vocab: { a: 0, Ġ: 1, aĠ: 2, Ġa: 3, "'": 4, s: 5, "'s": 6 },
      merges: ['a Ġ', 'Ġ a', "' s"],
    },
  };
  return openTokenizer(compileTokenizer(Buffer.from(JSON.stringify(document))));
}

describe('ByteLevelTokenizer', () => {
  it('merges over spaces of a long text where the pre-tokenizer does not split', () => {
    const { ids } = byteLevel({ use_regex: false }).encode('a '.repeat(10_000));
    expect(Array.from(ids)).toEqual(Array.from({ length: 10_000 }, () => 2));
  });

  it('merges within the words of a long text where it does', () => {
    const { ids } = byteLevel({}).encode(`${'a '.repeat(10_000)}a`);
    expect(Array.from(ids)).toEqual([0, ...Array.from({ length: 10_000 }, () => 3)]);
  });

  it('ends a word where an added token begins', () => {
    const tokenizer = byteLevel({}, [{ id: 7, content: 'sss', normalized: true }]);
    expect(Array.from(tokenizer.encode("a's 'sss").ids)).toEqual([0, 6, 1, 4, 7]);
  });

  it('lets an added token take the space behind it wherever a long text is cut', () => {
    const tokenizer = byteLevel({}, [{ id: 7, content: 'x', normalized: true, rstrip: true }]);
    const { ids } = tokenizer.encode('x a'.repeat(3000));
    expect(Array.from(ids)).toEqual(Array.from({ length: 6000 }, (_, at) => (at % 2 === 0 ? 7 : 0)));
  });
});
