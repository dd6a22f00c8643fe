import { describe, expect, it } from 'vitest';
import { Charsmap } from '../../../../../src/model/tokenizer/text/charsmap.ts';
import { TextNormalizer } from '../../../../../src/model/tokenizer/text/text-normalizer.ts';
import { defaultModelFile } from '../../../../golden/tokenizer/default-model.ts';

// The default model's own file.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const document = JSON.parse(defaultModelFile('tokenizer.json').toString()) as {
  normalizer: { precompiled_charsmap: string };
};
const { units, replacements } = Charsmap.parse(Buffer.from(document.normalizer.precompiled_charsmap, 'base64'));
const charsmap = new Charsmap(units, replacements);

describe('Charsmap', () => {
  it.each([
    ['plain text', 'plain text'],
    ['ﬁ ½ Ａ ①', 'fi 1⁄2 A 1'],
    ['a\tb\nc', 'a b c'],
    // NUL ends the search, so it stays; other controls go.
    ['\u0000a\u007f', '\u0000a'],
    ['한', '한'],
  ])('normalizes %j', (text, expected) => {
    expect(charsmap.normalize(text)).toBe(expected);
  });

  it('replaces a grapheme below six bytes by what its first match gives: two line end characters by one space', () => {
    expect(charsmap.normalize('a\r\nb')).toBe('a b');
    expect(charsmap.normalize('a\n\rb')).toBe('a  b');
    // e + U+0301 has an entry of its own; U+00A0 takes the mark along, and it is lost.
    expect(charsmap.normalize('e\u0301')).toBe('é');
    expect(charsmap.normalize('\u00a0\u0301x')).toBe(' x');
  });

  it('replaces the code points of a longer grapheme one by one', () => {
    expect(charsmap.normalize('\u00a0\u0301\u0301x')).toBe(' \u0301\u0301x');
  });
});

describe('TextNormalizer', () => {
  const normalizer = new TextNormalizer([{ type: 'charsmap' }], charsmap);

  it('cuts long texts only before a single space between plain characters', () => {
    const start = 'x'.repeat(5000);
    expect(normalizer.stretchEnd(`${start} y z`, 0)).toBe(5000);
    expect(normalizer.stretchEnd(`${start} y z`, 5000)).toBe(5004);
    for (const ending of ['é y', ' ', '  y', '\u0600 y', ' \u0301', 'x  y', ' é', 'x \ty']) {
      expect(normalizer.stretchEnd(start + ending, 0)).toBe(start.length + ending.length);
    }
    expect(normalizer.stretchEnd('short text', 0)).toBe(10);
  });
});
