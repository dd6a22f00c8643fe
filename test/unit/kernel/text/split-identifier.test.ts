import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from '../../../../src/kernel/text/fold-text.ts';
import { splitIdentifier } from '../../../../src/kernel/text/split-identifier.ts';

describe('splitIdentifier', () => {
  it.each([
    ['getUserByID2', ['get', 'user', 'by', 'id', '2']],
    ['HTTPServer', ['http', 'server']],
    ['userIDs', ['user', 'ids']],
    ['parseURLs2', ['parse', 'urls', '2']],
    ['snake_case_NAME', ['snake', 'case', 'name']],
    ['kebab-case.ts', ['kebab', 'case', 'ts']],
    ['utf8Decode', ['utf', '8', 'decode']],
    ['__init__', ['init']],
    ['@BatchId', ['batch', 'id']],
    ['açãoFinal', ['acao', 'final']],
    ['数据库Pool', ['数据库', 'pool']],
    ['A', ['a']],
    ['', []],
    ['$$', []],
  ])('splits %s', (identifier, parts) => {
    expect(splitIdentifier(identifier)).toEqual(parts);
  });

  it('gives folded words that do not split again at a change of case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const part of splitIdentifier(text)) {
          expect(part).not.toBe('');
          expect(foldText(part)).toBe(part);
        }
      }),
    );
  });

  it('takes linear time on long runs of capitals', () => {
    expect(splitIdentifier('A'.repeat(1_000_000))).toHaveLength(1);
  });
});

describe('foldText', () => {
  it.each([
    ['Ação', 'acao'],
    ['ÜBER', 'uber'],
    ['ﬁle', 'file'],
    ['İstanbul', 'istanbul'],
    ['한국어', '한국어'],
    ['ガ', 'ガ'],
    ['हिन्दी', 'हिन्दी'],
    ['GET_User', 'get_user'],
  ])('folds %s to %s', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });

  it('splits ASCII as the regular expression that defines parts does', () => {
    const part = /\p{Lu}{2,}s(?!\p{L})|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu;
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ABSabs12_. ')) }), (text) => {
        expect(splitIdentifier(text)).toEqual((text.match(part) ?? []).map((word) => word.toLowerCase()));
      }),
      { numRuns: 1_000 },
    );
  });
});
