import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../../../../scripts/build-kernel.ts';
import { Bitmap } from '../../../../../src/store/embedded/bitmap.ts';
import { VectorSlab, type ScoredSlot } from '../../../../../src/store/embedded/kernel/vector-slab.ts';
import { quantizeInto, quantizeQuery } from '../../../../../src/store/embedded/quantization.ts';

const SEGMENT_ROWS = 64;

/** The same search without the kernel, rounding where the kernel rounds. */
function referenceSearch(
  rows: ReadonlyMap<number, Int8Array>,
  query: Int16Array,
  k: number,
  filter: (slot: number) => boolean,
): ScoredSlot[] {
  const square = query.reduce((sum, value) => sum + value * value, 0);
  const inverseQueryLength = 1 / Math.max(Math.sqrt(square), Number.MIN_VALUE);
  return [...rows]
    .filter(([slot]) => filter(slot))
    .map(([slot, row]) => {
      const rowSquare = row.reduce((sum, value) => sum + value * value, 0);
      const dot = row.reduce((sum, value, index) => sum + value * query[index]!, 0);
      const inverse = rowSquare === 0 ? 0 : Math.fround(1 / Math.fround(Math.sqrt(Math.fround(rowSquare))));
      const score = Math.fround(Math.fround(dot) * inverse);
      return { slot, score, cosine: Math.max(-1, Math.min(1, score * inverseQueryLength)) };
    })
    .sort((left, right) => right.score - left.score || left.slot - right.slot)
    .slice(0, k)
    .map(({ slot, cosine }) => ({ slot, score: cosine }));
}

function fillSlab(slab: VectorSlab, rows: ReadonlyMap<number, Int8Array>, segments: number): void {
  for (let segment = 0; segment < segments; segment++) {
    const own = [...rows].filter(([slot]) => Math.floor(slot / SEGMENT_ROWS) === segment);
    const count = Math.max(0, ...own.map(([slot]) => (slot % SEGMENT_ROWS) + 1));
    // Rows not in use hold what was there before: they must not be found.
    const bytes = new Int8Array(count * slab.stride).fill(127);
    for (const [slot, row] of own) bytes.set(row, (slot % SEGMENT_ROWS) * slab.stride);
    slab.setSegment(
      segment,
      new Uint8Array(bytes.buffer),
      own.map(([slot]) => slot % SEGMENT_ROWS),
    );
  }
}

const searches = fc.record({
  stride: fc.integer({ min: 1, max: 6 }).map((registers) => registers * 16),
  slots: fc.uniqueArray(fc.integer({ min: 0, max: 4 * SEGMENT_ROWS - 1 }), { maxLength: 200 }),
  k: fc.integer({ min: 1, max: 220 }),
  /** Few values make ties. */
  largest: fc.constantFrom(1, 2, 127),
  seed: fc.integer(),
  share: fc.constantFrom(0, 0.05, 0.5, 1),
});

/** A small generator with a state of its own: rows of thousands of values are too many for fast-check's. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

describe('VectorSlab', () => {
  it('finds what a plain loop finds, in the same order', () => {
    fc.assert(
      fc.property(searches, ({ stride, slots, k, largest, seed, share }) => {
        const random = randomSource(seed);
        const component = (): number => Math.round((random() * 2 - 1) * largest);
        const rows = new Map(slots.map((slot) => [slot, Int8Array.from({ length: stride }, component)]));
        const slab = new VectorSlab(stride, SEGMENT_ROWS);
        fillSlab(slab, rows, 4);
        const query = new Int16Array(stride);
        quantizeQuery(Float32Array.from({ length: stride }, component), query);
        expect(slab.search(query, k)).toEqual(referenceSearch(rows, query, k, () => true));
        const filter = new Bitmap();
        for (let slot = 0; slot < 4 * SEGMENT_ROWS; slot++) if (random() < share) filter.add(slot);
        expect(slab.search(query, k, filter)).toEqual(referenceSearch(rows, query, k, (slot) => filter.has(slot)));
      }),
      { numRuns: 150 },
    );
  });

  it.each([384, 768, 1024, 4096])('keeps the sums of %i dimensions in 32 bits', (stride) => {
    const slab = new VectorSlab(stride, SEGMENT_ROWS);
    const rows = new Int8Array(2 * stride).fill(127, 0, stride).fill(-127, stride);
    slab.setSegment(0, new Uint8Array(rows.buffer), [0, 1]);
    const query = new Int16Array(stride);
    quantizeQuery(new Float32Array(stride).fill(0.3), query);
    const hits = slab.search(query, 2);
    expect(hits.map((hit) => hit.slot)).toEqual([0, 1]);
    expect(hits[0]!.score).toBeCloseTo(1, 6);
    expect(hits[1]!.score).toBeCloseTo(-1, 6);
  });

  it('gives a row of zeros the score 0 and forgets replaced segments', () => {
    const slab = new VectorSlab(16, SEGMENT_ROWS);
    const query = new Int16Array(16).fill(100);
    slab.setSegment(0, new Uint8Array(32), [0, 1]);
    expect(slab.search(query, 5)).toEqual([
      { slot: 0, score: 0 },
      { slot: 1, score: 0 },
    ]);
    slab.setSegment(0, new Uint8Array(32), [1]);
    expect(slab.search(query, 5)).toEqual([{ slot: 1, score: 0 }]);
    slab.setSegment(0, new Uint8Array(0), []);
    expect(slab.search(query, 5)).toEqual([]);
  });

  it('refuses sizes the kernel cannot read', () => {
    expect(() => new VectorSlab(24, SEGMENT_ROWS)).toThrow(RangeError);
    expect(() => new VectorSlab(16, 100)).toThrow(RangeError);
    const slab = new VectorSlab(16, SEGMENT_ROWS);
    expect(() => slab.setSegment(0, new Uint8Array(17), [])).toThrow(RangeError);
    expect(() => slab.setSegment(0, new Uint8Array(16 * (SEGMENT_ROWS + 1)), [])).toThrow(RangeError);
    expect(slab.canHold(1000)).toBe(true);
    expect(slab.canHold(2 ** 31)).toBe(false);
  });

  it('is compiled from its source', async () => {
    const kept = await readFile(
      new URL('../../../../../src/store/embedded/kernel/vector-kernel.wasm', import.meta.url),
    );
    expect(Buffer.from(await compileKernel()).equals(kept)).toBe(true);
  });
});

describe('quantization', () => {
  it('keeps the cosine of random vectors', () => {
    const random = randomSource(5);
    const vector = Float32Array.from({ length: 384 }, () => random() - 0.5);
    const target = new Int8Array(400).fill(9);
    const scale = quantizeInto(vector, target);
    expect([...target.subarray(384)]).toEqual(Array.from({ length: 16 }, () => 0));
    for (const [index, value] of vector.entries())
      expect(Math.abs(target[index]! * scale - value)).toBeLessThan(scale * 0.51);
    expect(Math.max(...target.map(Math.abs))).toBe(127);
  });

  it('refuses components that are not finite', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      expect(() => quantizeInto(Float32Array.of(1, bad), new Int8Array(2))).toThrow(RangeError);
      expect(() => quantizeQuery(Float32Array.of(1, bad), new Int16Array(2))).toThrow(RangeError);
    }
  });
});
