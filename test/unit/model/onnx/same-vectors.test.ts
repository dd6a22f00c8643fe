import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingMatrix } from '../../../../src/model/embedding-matrix.ts';
import { openEncoder } from '../../../../src/model/open-encoder.ts';
import { EMBEDDED_MODEL } from '../../../../src/model/resolve-model.ts';
import { readGoldens } from '../../../golden/model/goldens.ts';
import { temporaryFolder } from '../model-folder.ts';

const OPTIONS = { maxTokens: 32 };

/** 500 texts in eleven languages and code, short ones but for some that take several windows. */
const texts = ((): string[] => {
  const { texts: sources } = readGoldens(new URL('../../../fixtures/model/goldens-default.json.gz', import.meta.url));
  return Array.from({ length: 500 }, (_, index) => {
    const source = sources[index % sources.length]!;
    const start = (index * 37) % Math.max(1, source.length - 40);
    return index % 20 === 0 ? source : source.slice(start, start + 8 + (index % 50));
  });
})();

let cache: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  cache = await temporaryFolder();
});
afterAll(() => cache[Symbol.asyncDispose]());

async function encodeWith(workers: number, order: readonly number[]): Promise<EmbeddingMatrix> {
  const options = { cacheDir: cache.path, strict: true, workers };
  const { encoder } = await openEncoder(EMBEDDED_MODEL, options);
  await using open = encoder;
  const ordered = order.map((index) => texts[index]!);
  return await open.encode(ordered, OPTIONS);
}

/** The same order every time, far from the first. */
function shuffled(seed: number): number[] {
  return [...texts.keys()].toSorted((left, right) => ((left * seed) % 503) - ((right * seed) % 503));
}

function sameBits(left: Float32Array, right: Float32Array): boolean {
  const bytes = [left, right].map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength));
  return bytes[0]!.equals(bytes[1]!);
}

// Bit for bit: a difference would show that vectors depend on something else than the text.
describe('the vectors of 500 texts', () => {
  it('are the same in any order, with any number of workers, together and alone', { timeout: 120_000 }, async () => {
    const together = await encodeWith(1, [...texts.keys()]);
    expect(together.windows.filter((count) => count > 1).length).toBeGreaterThan(5);
    for (const workers of [2, 3]) {
      const order = shuffled(17 * workers);
      const matrix = await encodeWith(workers, order);
      expect(order.filter((index, row) => !sameBits(matrix.row(row), together.row(index)))).toEqual([]);
    }
    const { encoder } = await openEncoder(EMBEDDED_MODEL, { cacheDir: cache.path, strict: true, workers: 2 });
    await using alone = encoder;
    for (let index = 0; index < texts.length; index += 12) {
      const [row] = await alone.encode([texts[index]!], OPTIONS);
      expect(sameBits(row!, together.row(index)), texts[index]).toBe(true);
    }
  });
});
