import { describe, expect, it } from 'vitest';
import { EmbeddingMatrix } from '../../../../src/model/embedding-matrix.ts';
import { similarity, SimilarityMatrix, similarityPairwise } from '../../../../src/model/embeddings/similarity.ts';

const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0, 2)];

describe('similarity', () => {
  it('takes an embedding, several, or a matrix', () => {
    const matrix = new EmbeddingMatrix(2, 2, Float32Array.of(1, 0, 0, 2));
    for (const right of [[x, y], matrix]) {
      const result = similarity(x, right, 'cosine');
      expect([result.rows, result.columns, ...result.data]).toEqual([1, 2, 1, 0]);
    }
    expect([similarity(matrix, [], 'dot').rows, similarity(matrix, [], 'dot').columns]).toEqual([2, 0]);
    expect(similarity(matrix, y, 'dot').at(1, 0)).toBe(4);
  });

  it('gives distances as negative numbers', () => {
    expect(similarity(x, y, 'euclidean').at(0, 0)).toBeCloseTo(-Math.sqrt(5), 6);
    expect(similarity(x, y, 'manhattan').at(0, 0)).toBe(-3);
    expect(Object.is(similarityPairwise([x], [y], 'dot')[0], 0)).toBe(true);
  });

  it('refuses embeddings of different sizes', () => {
    expect(() => similarity(x, Float32Array.of(1), 'cosine')).toThrow('2 and of 1 dimensions');
    expect(() => similarityPairwise([x, y], [x], 'cosine')).toThrow('2 embeddings cannot be paired with 1');
  });
});

describe('SimilarityMatrix', () => {
  it('is read by row and by place', () => {
    const matrix = new SimilarityMatrix(2, 3);
    matrix.data.set([1, 2, 3, 4, 5, 6]);
    expect([...matrix].map((row) => [...row])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(matrix.at(1, 2)).toBe(6);
    for (const [row, column] of [
      [2, 0],
      [0, 3],
      [-1, 0],
      [0, -1],
      [0.5, 0],
      [0, 0.5],
    ] as const) {
      expect(() => matrix.at(row, column)).toThrow(RangeError);
    }
  });
});
