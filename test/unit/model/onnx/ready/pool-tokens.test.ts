import { describe, expect, it } from 'vitest';
import { normalizeRow, poolTokens } from '../../../../../src/model/onnx/ready/pool-tokens.ts';

/** Three tokens of two numbers. */
const TOKENS = { values: Float32Array.of(1, -4, 2, 8, 6, -1), count: 3, width: 2 };

describe('poolTokens', () => {
  // Expected values by hand, as sentence_transformers.models.Pooling computes them without padding.
  it.each([
    ['cls', [1, -4]],
    ['lasttoken', [6, -1]],
    ['max', [6, 8]],
    ['mean', [3, 1]],
    ['mean_sqrt_len_tokens', [9 / Math.sqrt(3), 3 / Math.sqrt(3)]],
    ['weightedmean', [(1 + 4 + 18) / 6, (-4 + 16 - 3) / 6]],
  ] as const)('computes %s', (pooling, expected) => {
    expect([...poolTokens(TOKENS, [pooling])]).toEqual([...Float32Array.from(expected)]);
  });

  it('joins several in their order', () => {
    expect([...poolTokens(TOKENS, ['max', 'cls'])]).toEqual([6, 8, 1, -4]);
  });

  it('keeps a maximum below zero', () => {
    expect([...poolTokens({ values: Float32Array.of(-3, -2), count: 1, width: 2 }, ['max'])]).toEqual([-3, -2]);
  });

  it('does not look at rows behind the tokens', () => {
    expect([...poolTokens({ ...TOKENS, count: 2 }, ['mean', 'lasttoken'])]).toEqual([1.5, 2, 2, 8]);
  });
});

describe('normalizeRow', () => {
  it('gives length 1, and leaves zeros alone', () => {
    const [row, zeros] = [Float32Array.of(3, 4), Float32Array.of(0, 0)];
    normalizeRow(row);
    normalizeRow(zeros);
    expect([...row]).toEqual([...Float32Array.of(0.6, 0.8)]);
    expect([...zeros]).toEqual([0, 0]);
  });
});
