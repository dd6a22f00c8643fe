import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifiersIn, wordsIn } from '../../../src/chunking/words-in.ts';

const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('aZ_09 .-é中٣')) }));

describe('wordsIn', () => {
  it('finds letters, digits and underscores of any script', () => {
    expect(wordsIn('getUser(2nd_id) — ação, 中文!')).toEqual(['getUser', '2nd_id', 'ação', '中文']);
  });

  it('is what the definition of a word says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(wordsIn(text)).toEqual(text.match(/[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*/gu) ?? []);
      }),
    );
  });
});

describe('identifiersIn', () => {
  it('starts no word with a digit', () => {
    expect(identifiersIn('12px 3_a x1 é2')).toEqual(['px', '_a', 'x1', 'é2']);
  });

  it('is what the definition of an identifier says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(identifiersIn(text)).toEqual(text.match(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu) ?? []);
      }),
    );
  });
});
