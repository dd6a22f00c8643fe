import { describe, expect, it } from 'vitest';
import { assertQuantization } from '../../../src/tensor/quantization.ts';
import type { TensorQuantization } from '../../../src/tensor/tensor.ts';

const PER_CHANNEL = {
  granularity: 'per-channel',
  axis: 0,
  scales: Float64Array.of(1, 2),
  zeroPoints: Float64Array.of(0, 0),
  zeroPointType: 'int',
} as const;

const invalid = expect.objectContaining({ code: 'TENSOR_INVALID_QUANTIZATION' }) as Error;

describe('assertQuantization', () => {
  it('accepts what torch writes', () => {
    expect(() => assertQuantization('float32', [2], null)).not.toThrow();
    expect(() =>
      assertQuantization('qint8', [], { granularity: 'per-tensor', scale: 0.1, zeroPoint: -5 }),
    ).not.toThrow();
    expect(() => assertQuantization('qint8', [2, 9], PER_CHANNEL)).not.toThrow();
    const fractional = { ...PER_CHANNEL, zeroPoints: Float64Array.of(-0.5, 300.25), zeroPointType: 'float' } as const;
    expect(() => assertQuantization('quint8', [2, 9], fractional)).not.toThrow();
  });

  it.each([0, -1, Number.NaN, Infinity, 1e-60, 1e60])('refuses the scale %d', (scale) => {
    expect(() => assertQuantization('qint8', [2], { granularity: 'per-tensor', scale, zeroPoint: 0 })).toThrow(invalid);
    expect(() => assertQuantization('qint8', [2], { ...PER_CHANNEL, scales: Float64Array.of(1, scale) })).toThrow(
      invalid,
    );
  });

  it.each<[string, number[], TensorQuantization]>([
    ['too few scales', [3], PER_CHANNEL],
    ['an axis that is not there', [2], { ...PER_CHANNEL, axis: 1 }],
    ['a negative axis', [2], { ...PER_CHANNEL, axis: -1 }],
    ['other many zero points', [2], { ...PER_CHANNEL, zeroPoints: Float64Array.of(0) }],
    ['a fractional zero point', [2], { ...PER_CHANNEL, zeroPoints: Float64Array.of(0, 0.5) }],
    ['a zero point beyond int32', [2], { granularity: 'per-tensor', scale: 1, zeroPoint: 2 ** 31 }],
    [
      'an infinite float zero point',
      [2],
      { ...PER_CHANNEL, zeroPoints: Float64Array.of(0, Infinity), zeroPointType: 'float' },
    ],
  ])('refuses %s', (_, shape, quantization) => {
    expect(() => assertQuantization('qint8', shape, quantization)).toThrow(invalid);
  });

  it('refuses a quantized dtype without parameters and the reverse', () => {
    expect(() => assertQuantization('qint8', [2], null)).toThrow(invalid);
    expect(() => assertQuantization('int8', [2], PER_CHANNEL)).toThrow(invalid);
  });
});
