import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roundToFloat16, widenBfloat16, widenFloat16 } from '../../../src/tensor/half-precision.ts';

function readFloats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

describe('widenFloat16', () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0x3555, 0.333251953125],
    [0xc500, -5],
    [0x7bff, 65_504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
  ])('widens 0x%s', (bits, expected) => {
    expect(widenFloat16(Uint16Array.of(bits))[0]).toBe(expected);
  });

  it('is undone by rounding, for every finite float16', () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, index) => index);
    const finite = widenFloat16(bits).filter(Number.isFinite);
    expect(finite).toHaveLength(2 * 0x7c00);
    expect(finite.map(roundToFloat16)).toEqual(finite);
  });
});

describe('widenBfloat16', () => {
  it('takes the bits as the upper half of a float32', () => {
    const widened = widenBfloat16(Uint16Array.of(0x3f80, 0xbf80, 0x4049, 0x7f80, 0x0001));
    expect([...widened]).toEqual([1, -1, 3.140625, Infinity, 2 ** -133]);
  });
});

describe('roundToFloat16', () => {
  it('rounds as numpy does', () => {
    const golden = JSON.parse(
      readFileSync(new URL('../../fixtures/tensor/float16-rounding.json', import.meta.url), 'utf8'),
    ) as {
      input: string;
      rounded: string;
    };
    const input = readFloats(golden.input);
    expect(input.length).toBe(415);
    expect(input.map(roundToFloat16)).toEqual(readFloats(golden.rounded));
  });

  it('keeps NaN', () => {
    expect(roundToFloat16(Number.NaN)).toBeNaN();
  });
});
