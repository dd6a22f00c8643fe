import { describe, expect, it } from 'vitest';
import { averageWindows } from '../../../../src/model/embeddings/average-windows.ts';

const windows = [
  { embedding: Float32Array.of(1, 0), tokens: 3 },
  { embedding: Float32Array.of(0, 1), tokens: 1 },
];

describe('averageWindows', () => {
  it('weighs windows by their tokens', () => {
    expect([...averageWindows(windows, false)]).toEqual([0.75, 0.25]);
  });

  it('normalizes where the model does', () => {
    const [first, second] = averageWindows(windows, true);
    expect(first! / second!).toBeCloseTo(3, 5);
    expect(Math.hypot(first!, second!)).toBeCloseTo(1, 6);
  });

  it('leaves windows that cancel each other out as they are', () => {
    const opposite = [1, -1].map((value) => ({ embedding: Float32Array.of(value), tokens: 5 }));
    expect([...averageWindows(opposite, true)]).toEqual([0]);
  });
});
