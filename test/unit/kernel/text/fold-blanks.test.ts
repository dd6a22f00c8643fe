import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldBlanks } from '../../../../src/kernel/text/fold-blanks.ts';

it('writes every run of white space as one blank', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab \t\n\r\v\u00a0\u2003é')) }), (text) => {
      expect(foldBlanks(text)).toBe(text.replace(/\s+/gu, ' '));
    }),
  );
});
