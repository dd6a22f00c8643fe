import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../../../src/kernel/text/line-index.ts';

describe('LineIndex', () => {
  it('answers for lines and offsets past either end', () => {
    const lines = new LineIndex('a\n\n  b\n');
    expect(lines.lineCount).toBe(4);
    expect([0, 1, 2, 3].map((line) => lines.startOf(line))).toEqual([0, 2, 3, 7]);
    expect([0, 1, 2, 3].map((line) => lines.isBlank(line))).toEqual([false, true, false, true]);
    expect(lines.trimmed(2)).toBe('b');
    expect(lines.lineOf(7)).toBe(3);
    expect(lines.lineOf(100)).toBe(3);
    expect(lines.startOf(9)).toBe(7);
  });

  it('finds the line of every offset', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', ' ')), (parts) => {
        const text = parts.join('');
        const lines = new LineIndex(text);
        for (let at = 0; at <= text.length; at++) {
          expect(lines.lineOf(at)).toBe(text.slice(0, at).split('\n').length - 1);
        }
      }),
    );
  });
});
