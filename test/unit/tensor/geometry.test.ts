import { describe, expect, it } from 'vitest';
import { assertGeometry, countElements, denseStrides, elementSpan, isDense } from '../../../src/tensor/geometry.ts';

describe('countElements', () => {
  it('multiplies the sizes, one for a scalar', () => {
    expect(countElements([])).toBe(1);
    expect(countElements([2, 3, 4])).toBe(24);
    expect(countElements([2 ** 40, 2 ** 40, 0])).toBe(0);
  });

  it('refuses products beyond 2^53', () => {
    expect(() => countElements([2 ** 27, 2 ** 27])).toThrow(
      expect.objectContaining({ code: 'TENSOR_INVALID_GEOMETRY' }),
    );
  });
});

describe('strides', () => {
  it('are products of the sizes behind them', () => {
    expect(denseStrides([2, 3, 4])).toEqual([12, 4, 1]);
    expect(denseStrides([])).toEqual([]);
  });

  it('are dense whatever those of size-1 dimensions say', () => {
    expect(isDense([1, 4], [64, 1])).toBe(true);
    expect(isDense([4, 1], [1, 999])).toBe(true);
    expect(isDense([2, 2], [1, 2])).toBe(false);
    expect(isDense([3], [0])).toBe(false);
  });

  it('span from the first to the last element', () => {
    expect(elementSpan([3, 2], [10, 3])).toBe(24);
    expect(elementSpan([3, 0], [10, 3])).toBe(0);
    expect(elementSpan([], [])).toBe(1);
  });
});

describe('assertGeometry', () => {
  it('accepts the last element and refuses the one after', () => {
    expect(() => assertGeometry({ shape: [2, 3], strides: [3, 1], storageOffset: 4 }, 10)).not.toThrow();
    expect(() => assertGeometry({ shape: [2, 3], strides: [3, 1], storageOffset: 5 }, 10)).toThrow(
      expect.objectContaining({ code: 'TENSOR_INVALID_GEOMETRY' }),
    );
  });

  it.each([
    [{ shape: [1.5], strides: [1], storageOffset: 0 }, 'TENSOR_INVALID_GEOMETRY'],
    [{ shape: [1], strides: [-1], storageOffset: 0 }, 'TENSOR_INVALID_GEOMETRY'],
    [{ shape: [1], strides: [], storageOffset: 0 }, 'TENSOR_INVALID_GEOMETRY'],
    [{ shape: [2, 2], strides: [2 ** 52, 2 ** 52], storageOffset: 2 ** 53 - 1 }, 'TENSOR_INVALID_GEOMETRY'],
    [{ shape: Array(65).fill(1), strides: Array(65).fill(1), storageOffset: 0 }, 'TENSOR_LIMIT_EXCEEDED'],
  ])('refuses %o', (geometry, code) => {
    expect(() => assertGeometry(geometry, 100)).toThrow(expect.objectContaining({ code }));
  });
});
