import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestNames, editDistance } from '../../../src/kernel/text/closest-names.ts';

/** The recursion of the definition, without a bound. */
function naiveDistance(left: string, right: string): number {
  const rows = Array.from({ length: left.length + 1 }, () => Array.from({ length: right.length + 1 }, () => 0));
  const at = (row: number, column: number): number => rows[row]![column]!;
  for (let row = 0; row <= left.length; row++) {
    for (let column = 0; column <= right.length; column++) {
      if (row === 0 || column === 0) {
        rows[row]![column] = row + column;
        continue;
      }
      let cost = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1),
      );
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, at(row - 2, column - 2) + 1);
      }
      rows[row]![column] = cost;
    }
  }
  return at(left.length, right.length);
}

describe('editDistance', () => {
  it.each([
    ['acquire', 'aquire', 1],
    ['acquire', 'acqiure', 1],
    ['acquire', 'acquire', 0],
    ['acquire', 'require', 2],
    ['', 'abc', 3],
    ['ca', 'abc', 3],
  ])('of %s and %s is %d', (left, right, distance) => {
    expect(editDistance(left, right, 5)).toBe(distance);
  });

  it('equals the definition up to its bound, and says more beyond it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 5 }), (left, right, bound) => {
        expect(editDistance(left, right, bound)).toBe(Math.min(naiveDistance(left, right), bound + 1));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('closestNames', () => {
  it('names the nearest first, each once, case aside', () => {
    expect(closestNames('aquire', ['Acquire', 'acquire', 'acquire', 'require', 'release'], 5)).toEqual([
      'Acquire',
      'acquire',
      'require',
    ]);
  });

  it('allows more errors in longer names, and few in short ones', () => {
    expect(closestNames('get', ['set', 'put', 'gut'], 5)).toEqual(['gut', 'set']);
    expect(closestNames('getUsrByIdd', ['getUserById'], 5)).toEqual(['getUserById']);
  });

  it('gives no more than it is asked for', () => {
    expect(closestNames('abc', ['abd', 'abe', 'abf'], 2)).toEqual(['abd', 'abe']);
  });
});
