import { describe, expect, it } from 'vitest';
import { quantizeWeight } from '../../../../src/model/onnx/quantize-weight.ts';
import { randomNumbers } from '../synthetic-model.ts';

describe('quantizeWeight', () => {
  it('keeps every weight within half a step, one scale a row', () => {
    const random = randomNumbers(3);
    const weight = Float32Array.from({ length: 6 * 32 }, (_, index) => random() * 10 ** -Math.floor(index / 32));
    const { elements, scales } = quantizeWeight(weight, 6);
    for (const [index, value] of weight.entries()) {
      const scale = scales[Math.floor(index / 32)]!;
      // The largest weight of a row may be 127.5 steps and saturate at 127.
      expect(Math.abs(elements[index]! * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
    }
    expect(scales[0]! / scales[3]!).toBeGreaterThan(100);
  });

  it('has a scale for a row of zeros', () => {
    const { elements, scales } = quantizeWeight(new Float32Array(4), 2);
    expect([...elements]).toEqual([0, 0, 0, 0]);
    expect([...scales]).toEqual([2 ** -23, 2 ** -23]);
  });
});
