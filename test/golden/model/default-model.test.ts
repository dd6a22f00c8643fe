import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingMatrix } from '../../../src/model/embedding-matrix.ts';
import { openEncoder } from '../../../src/model/open-encoder.ts';
import { EMBEDDED_MODEL } from '../../../src/model/resolve-model.ts';
import { readGoldens, sortedCosines } from './goldens.ts';

// Dynamic int8 is chaotic at the last digit: a change of 1e-6 in the input flips a rounding, and the flips grow through
// twelve layers. So whole models are compared by the distribution of cosines over 140 texts in 11 languages and code,
// with the bounds two right implementations keep; single Linears are compared exactly (linear-nodes.test.ts).
const BOUNDS = {
  full: {
    float32: { minimum: 0.9977 - 0.002, median: 0.9988 - 0.0005 },
    int8FullRange: { minimum: 0.998 - 0.003, median: 0.9994 - 0.001 },
  },
  torch: {
    float32: { minimum: 0.9908 - 0.002, median: 0.9956 - 0.0005 },
    // 7 bits against 7 bits differ by rounding flips of double size; the row of the published model's noise.
    torchInt8: { minimum: 0.9846 - 0.003, median: 0.9966 - 0.001 },
  },
} as const;

const goldens = readGoldens(new URL('../../fixtures/model/goldens-default.json.gz', import.meta.url));
let cacheDir: string;

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'codegraphai-golden-'));
});
afterAll(() => rm(cacheDir, { recursive: true }));

async function encodeWith(options: { numerics?: 'full' | 'torch'; workers?: number }): Promise<EmbeddingMatrix> {
  const opened = await openEncoder(EMBEDDED_MODEL, { cacheDir, strict: true, ...options });
  await using encoder = opened.encoder;
  // The goldens are of the first 512 tokens.
  return await encoder.encode(goldens.texts, { longTexts: 'truncate' });
}

/** How far the distribution stays above its bound, at its worst; negative when it does not. */
function margin(cosines: readonly number[], bound: { minimum: number; median: number }): number {
  return Math.min(cosines[0]! - bound.minimum, cosines[Math.floor(cosines.length / 2)]! - bound.median);
}

describe('the embedded model', () => {
  it('agrees with float32 and with another full 8-bit implementation', async () => {
    const matrix = await encodeWith({ numerics: 'full' });
    expect(Array.from(matrix.tokenCounts, (count) => Math.min(count, 512))).toEqual(
      goldens.ids.map((ids) => ids.length),
    );
    expect(margin(sortedCosines(matrix, goldens.float32), BOUNDS.full.float32)).toBeGreaterThanOrEqual(0);
    expect(margin(sortedCosines(matrix, goldens.int8FullRange), BOUNDS.full.int8FullRange)).toBeGreaterThanOrEqual(0);
  });

  it('agrees with PyTorch in torch numerics', async () => {
    const matrix = await encodeWith({ numerics: 'torch' });
    expect(margin(sortedCosines(matrix, goldens.float32), BOUNDS.torch.float32)).toBeGreaterThanOrEqual(0);
    expect(margin(sortedCosines(matrix, goldens.torchInt8), BOUNDS.torch.torchInt8)).toBeGreaterThanOrEqual(0);
  });
});
