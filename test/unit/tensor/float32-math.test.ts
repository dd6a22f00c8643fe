import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fusedMultiplyAdd, roundHalfEven } from '../../../src/tensor/float32-math.ts';

describe('roundHalfEven', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
    [-2.5, -2],
    [2.4999, 2],
    [2.5001, 3],
    [-7.6, -8],
    [2 ** 52 + 1, 2 ** 52 + 1],
  ])('rounds %d to %d', (value, expected) => {
    expect(roundHalfEven(value)).toBe(expected);
  });
});

/** The value as an integer multiple of 2^-shift. */
function scaled(value: number, shift: number): bigint {
  let exponent = 0;
  let integer = value;
  while (!Number.isInteger(integer)) {
    integer *= 2;
    exponent += 1;
  }
  return BigInt(integer) << BigInt(shift - exponent);
}

/** Exact a·b + c of float32 values as an integer multiple of 2^-400, rounded to float32 by comparing candidates. */
function exactFma(a: number, b: number, c: number): number {
  const sum = scaled(a, 200) * scaled(b, 200) + scaled(c, 400);
  const guess = Math.fround(a * b + c);
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, guess);
  const bits = view.getInt32(0);
  let best = guess;
  let bestDistance: bigint | undefined;
  let bestEven = false;
  for (const candidateBits of [bits - 1, bits, bits + 1]) {
    view.setInt32(0, candidateBits);
    const candidate = view.getFloat32(0);
    if (!Number.isFinite(candidate)) continue;
    const difference = scaled(candidate, 400) - sum;
    const distance = difference < 0n ? -difference : difference;
    const isEven = candidateBits % 2 === 0;
    if (bestDistance === undefined || distance < bestDistance || (distance === bestDistance && isEven && !bestEven)) {
      [best, bestDistance, bestEven] = [candidate, distance, isEven];
    }
  }
  return best;
}

describe('fusedMultiplyAdd', () => {
  it('rounds once where rounding the double sum first would go the wrong way', () => {
    // a·b is a hair below half the spacing of floats at c; c is odd, so a tie would round up.
    const [a, b, c] = [1 + 2 ** -23, (1 - 2 ** -23) * 2 ** -24, 1 + 2 ** -23];
    expect(Math.fround(a * b + c)).toBe(1 + 2 ** -22);
    expect(fusedMultiplyAdd(a, b, c)).toBe(1 + 2 ** -23);
    expect(fusedMultiplyAdd(-a, b, -c)).toBe(-(1 + 2 ** -23));
  });

  it('equals exact arithmetic', () => {
    const float = fc
      .integer({ min: -(2 ** 24), max: 2 ** 24 })
      .chain((m) => fc.integer({ min: -30, max: 10 }).map((e) => m * 2 ** e));
    fc.assert(
      fc.property(float, float, float, (a, b, c) => {
        fc.pre(a * b + c !== 0);
        expect(fusedMultiplyAdd(a, b, c)).toBe(exactFma(a, b, c));
      }),
      { numRuns: 1000 },
    );
  });

  it('passes infinities and NaN on', () => {
    expect(fusedMultiplyAdd(Infinity, 1, 1)).toBe(Infinity);
    expect(fusedMultiplyAdd(3e38, 3e38, 0)).toBe(Infinity);
    expect(fusedMultiplyAdd(Number.NaN, 1, 1)).toBeNaN();
  });
});
