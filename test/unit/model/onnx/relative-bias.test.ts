import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { relativePositionBucket } from '../../../../src/model/onnx/relative-bias.ts';

describe('relativePositionBucket', () => {
  it('is that of transformers at every distance', () => {
    const url = new URL('../../../fixtures/model/networks/mpnet-buckets.json', import.meta.url);
    const { distances, buckets } = JSON.parse(readFileSync(url, 'utf8')) as { distances: number[]; buckets: number[] };
    expect(distances.map(relativePositionBucket)).toEqual(buckets);
  });
});
