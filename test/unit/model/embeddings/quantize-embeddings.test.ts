import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { EmbeddingMatrix } from '../../../../src/model/embedding-matrix.ts';
import { embeddingRanges, quantizeEmbeddings } from '../../../../src/model/embeddings/quantize-embeddings.ts';
import type { QuantizedEmbeddings } from '../../../../src/model/embeddings/quantized-embeddings.ts';

function matrixOf(...rows: readonly number[][]): EmbeddingMatrix {
  return new EmbeddingMatrix(rows.length, rows[0]?.length ?? 4, Float32Array.from(rows.flat()));
}

describe('quantizeEmbeddings', () => {
  it('returns what the precision promises, to the type checker as well', () => {
    const embeddings = matrixOf([1, 2], [3, 4]);
    const [float32, int8] = [quantizeEmbeddings(embeddings, 'float32'), quantizeEmbeddings(embeddings, 'int8')];
    const ubinary = quantizeEmbeddings(embeddings, 'ubinary');
    expectTypeOf(float32).toEqualTypeOf<EmbeddingMatrix>();
    expectTypeOf(int8).toEqualTypeOf<QuantizedEmbeddings<Int8Array>>();
    expectTypeOf(ubinary).toEqualTypeOf<QuantizedEmbeddings<Uint8Array>>();
    expect(float32).toBe(embeddings);
    expect([int8.precision, int8.dimensions, int8.sourceDimensions]).toEqual(['int8', 2, 2]);
    expect([ubinary.precision, ubinary.dimensions, ubinary.sourceDimensions]).toEqual(['ubinary', 1, 2]);
    // 2 / (2 / 255) is a little less than 255 in float32, and steps are rounded down: as in NumPy.
    expect([...int8].map((row) => [...row])).toEqual([
      [-128, -128],
      [126, 126],
    ]);
    expect(int8.row(1)).toEqual(Int8Array.of(126, 126));
    expect(() => int8.row(2)).toThrow(RangeError);
  });

  it('refuses a precision that is none, as callers without types may give it', () => {
    expect(() => quantizeEmbeddings(matrixOf([1, 2]), JSON.parse('"int4"'))).toThrow('precision is int4 instead of');
  });

  it('keeps what is known about the texts', () => {
    const embeddings = matrixOf([1, 2], [3, 4]);
    embeddings.tokenCounts.set([3, 1_000]);
    embeddings.truncated.set([0, 1]);
    embeddings.windows.set([1, 2]);
    const { tokenCounts, truncated, windows } = quantizeEmbeddings(embeddings, 'binary');
    expect([...tokenCounts, ...truncated, ...windows]).toEqual([3, 1_000, 0, 1, 1, 2]);
  });

  it('makes nothing of nothing', () => {
    const none = new EmbeddingMatrix(0, 12);
    expect([quantizeEmbeddings(none, 'int8').rows, quantizeEmbeddings(none, 'int8').dimensions]).toEqual([0, 12]);
    expect([quantizeEmbeddings(none, 'binary').rows, quantizeEmbeddings(none, 'binary').dimensions]).toEqual([0, 2]);
  });

  it('refuses ranges that it cannot have', () => {
    const [one, two] = [matrixOf([1, 2]), matrixOf([1, 2], [3, 4])];
    expect(() => quantizeEmbeddings(one, 'uint8')).toThrow('a single embedding');
    expect(() => quantizeEmbeddings(two, 'int8', { ranges: [[0], [1]] })).toThrow('2 dimensions');
    expect(() =>
      quantizeEmbeddings(two, 'int8', {
        ranges: [
          [0, 1],
          [1, 0],
        ],
      }),
    ).toThrow('dimension 1 goes from 1 to 0');
    expect(() =>
      quantizeEmbeddings(two, 'int8', {
        ranges: [
          [0, 0],
          [1, Infinity],
        ],
      }),
    ).toThrow(RangeError);
    expect(() => quantizeEmbeddings(two, 'int8', { calibrationEmbeddings: matrixOf([1]) })).toThrow('1 x 1');
    expect(() => quantizeEmbeddings(two, 'int8', { calibrationEmbeddings: new EmbeddingMatrix(0, 2) })).toThrow(
      '0 x 2',
    );
    expect(() => quantizeEmbeddings(matrixOf([1, 2], [NaN, 4]), 'int8')).toThrow('NaN');
    expect(() =>
      quantizeEmbeddings(matrixOf([1, NaN]), 'int8', {
        ranges: [
          [0, 0],
          [1, 1],
        ],
      }),
    ).toThrow('NaN');
    expect(() => embeddingRanges(new EmbeddingMatrix(0, 2))).toThrow(RangeError);
  });

  it('keeps the order of values within a dimension, and ends at both ends of its range', () => {
    const values = fc.array(fc.float({ noNaN: true, min: -4, max: 4 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(values, (column) => {
        const quantized = quantizeEmbeddings(matrixOf(...column.map((value) => [value])), 'uint8').data;
        const order = [...column.keys()].toSorted((left, right) => column[left]! - column[right]!);
        for (let at = 1; at < order.length; at++) {
          expect(quantized[order[at]!]).toBeGreaterThanOrEqual(quantized[order[at - 1]!]!);
        }
        expect(quantized[order[0]!]).toBe(0);
      }),
    );
  });

  it('binary is ubinary shifted', () => {
    const embeddings = matrixOf([1, -1, 0, 2, 3, -4, 5, 6, 7], [-1, -1, -1, -1, -1, -1, -1, -1, -1]);
    expect([...quantizeEmbeddings(embeddings, 'ubinary').data]).toEqual([0b10011011, 0b10000000, 0, 0]);
    expect([...quantizeEmbeddings(embeddings, 'binary').data]).toEqual([0b10011011 - 128, 0, -128, -128]);
  });
});

describe('EmbeddingMatrix', () => {
  it('is cut before it is normalized', () => {
    const whole = matrixOf([3, 4, 12], [0, 0, 5]);
    whole.windows.set([1, 7]);
    const cut = whole.truncateTo(2);
    expect([...cut.windows]).toEqual([1, 7]);
    expect(whole.truncateTo(3)).toBe(whole);
    cut.normalize();
    expect([...cut.data].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.6, 0.8, 0, 0]);
  });

  it('refuses data of another size', () => {
    expect(() => new EmbeddingMatrix(2, 3, new Float32Array(5))).toThrow(RangeError);
  });
});
