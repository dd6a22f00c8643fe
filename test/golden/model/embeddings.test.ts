import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EmbeddingMatrix } from '../../../src/model/embedding-matrix.ts';
import { quantizeEmbeddings, type EmbeddingRanges } from '../../../src/model/embeddings/quantize-embeddings.ts';
import type { EmbeddingPrecision } from '../../../src/model/embeddings/quantized-embeddings.ts';
import { similarity, similarityPairwise } from '../../../src/model/embeddings/similarity.ts';
import type { Similarity } from '../../../src/model/manifest.ts';

interface QuantizeCase {
  readonly name: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly embeddings: readonly number[];
  readonly ranges?: EmbeddingRanges;
  readonly calibration_embeddings?: readonly number[][];
  readonly expected: Readonly<
    Record<Exclude<EmbeddingPrecision, 'float32'>, { type: string; shape: [number, number]; values: number[] }>
  >;
}

interface SimilarityCase {
  readonly name: Similarity;
  readonly matrix: readonly number[][];
  readonly pairs: readonly number[];
}

/** Made by scripts/model/embedding-goldens.py; the file names the versions. */
const goldens: {
  readonly quantize: readonly QuantizeCase[];
  readonly similarity: { dimensions: number; left: number[]; right: number[]; functions: SimilarityCase[] };
} = JSON.parse(readFileSync(new URL('../../fixtures/model/embedding-goldens.json', import.meta.url), 'utf8'));

function matrixOf(values: readonly number[], dimensions: number): EmbeddingMatrix {
  return new EmbeddingMatrix(values.length / dimensions, dimensions, Float32Array.from(values));
}

describe('quantizeEmbeddings', () => {
  it.each(goldens.quantize)('gives the numbers of sentence-transformers: $name', (golden) => {
    const embeddings = matrixOf(golden.embeddings, golden.dimensions);
    const calibration = golden.calibration_embeddings;
    const options = {
      ranges: golden.ranges,
      calibrationEmbeddings: calibration && matrixOf(calibration.flat(), golden.dimensions),
    };
    for (const precision of ['int8', 'uint8', 'binary', 'ubinary'] as const) {
      const quantized = quantizeEmbeddings(embeddings, precision, options);
      const { type, shape, values } = golden.expected[precision];
      expect([quantized.rows, quantized.dimensions]).toEqual(shape);
      expect(quantized.data.constructor.name).toBe(type === 'int8' ? 'Int8Array' : 'Uint8Array');
      expect(Array.from(quantized.data), precision).toEqual(values);
    }
  });
});

describe('similarity', () => {
  const { dimensions } = goldens.similarity;
  const [left, right] = [matrixOf(goldens.similarity.left, dimensions), matrixOf(goldens.similarity.right, dimensions)];

  it.each(goldens.similarity.functions)(
    'gives the numbers of sentence-transformers: $name',
    ({ name, matrix, pairs }) => {
      const rows = [...similarity(left, right, name)];
      expect(rows.map((row) => row.length)).toEqual(matrix.map((row) => row.length));
      for (const [index, row] of rows.entries()) {
        for (const [column, value] of row.entries()) expect(value).toBeCloseTo(matrix[index]![column]!, 5);
      }
      const count = pairs.length;
      const found = similarityPairwise([...left].slice(0, count), [...right].slice(0, count), name);
      for (const [index, value] of found.entries()) expect(value).toBeCloseTo(pairs[index]!, 5);
    },
  );
});
