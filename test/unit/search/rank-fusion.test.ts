import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fuseScores,
  KEYWORD_ONLY_WEIGHTS,
  QUESTION_WEIGHTS,
  SEMANTIC_ONLY_WEIGHTS,
} from '../../../src/search/rank-fusion.ts';
import type { ScoredChunk } from '../../../src/store/index-store.ts';

const scored = (...scores: readonly (readonly [number, number])[]): ScoredChunk[] =>
  scores.map(([chunkId, score]) => ({ chunkId, score }));

const valueOf = (entry: { readonly value: number } | null): number => entry?.value ?? -Infinity;

const hitList = (max: number): fc.Arbitrary<ScoredChunk[]> =>
  fc.uniqueArray(
    fc.record({
      chunkId: fc.integer({ min: 1, max: 40 }),
      score: fc.integer({ min: 1, max: 1000 }).map((value) => (value * max) / 1000),
    }),
    { selector: ({ chunkId }) => chunkId, maxLength: 30 },
  );

describe('fuseScores', () => {
  it('weighs the share of the best BM25 score and the place of the cosine between median and best', () => {
    const fused = fuseScores(scored([1, 10], [2, 5]), scored([1, 0.8], [2, 0.9], [3, 0.7]), QUESTION_WEIGHTS);
    expect(fused.map(({ chunkId }) => chunkId)).toEqual([2, 1, 3]);
    expect(fused[0]?.score).toBeCloseTo(0.4 * 0.5 + 0.6 * 1);
    expect(fused[1]?.score).toBeCloseTo(0.4 * 1 + 0.6 * 0);
    expect(fused[2]?.score).toBe(0);
  });

  it('takes the middle of the two middle cosines for the median', () => {
    const fused = fuseScores([], scored([1, 1], [2, 0.8], [3, 0.6], [4, 0.2]), SEMANTIC_ONLY_WEIGHTS);
    expect(fused[1]?.score).toBeCloseTo((0.8 - 0.7) / (1 - 0.7));
  });

  it('records 1-based ranks and the scores as they were', () => {
    const [best] = fuseScores(scored([7, 3], [8, 9]), scored([8, 0.5]), QUESTION_WEIGHTS);
    expect(best).toMatchObject({ chunkId: 8, keyword: { rank: 1, value: 9 }, semantic: { rank: 1, value: 0.5 } });
  });

  it('has nothing to tell apart where all cosines are equal', () => {
    const fused = fuseScores([], scored([2, 0.5], [1, 0.5]), SEMANTIC_ONLY_WEIGHTS);
    expect(fused.map(({ chunkId, score }) => [chunkId, score])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('orders chunks below the median by their cosine', () => {
    const fused = fuseScores([], scored([1, 0.1], [2, 0.2], [3, 0.9], [4, 0.8], [5, 0.7]), SEMANTIC_ONLY_WEIGHTS);
    expect(fused.map(({ chunkId }) => chunkId)).toEqual([3, 4, 5, 2, 1]);
  });

  it('gives nothing for nothing', () => {
    expect(fuseScores([], [], QUESTION_WEIGHTS)).toEqual([]);
    expect(fuseScores(scored([1, 0]), [], KEYWORD_ONLY_WEIGHTS)).toMatchObject([{ chunkId: 1, score: 0 }]);
  });

  it('does not depend on the order of its lists', () => {
    fc.assert(
      fc.property(hitList(20), hitList(1), fc.infiniteStream(fc.nat()), (keyword, semantic, random) => {
        const shuffle = (hits: readonly ScoredChunk[]): ScoredChunk[] =>
          hits
            .map((hit) => ({ hit, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ hit }) => hit);
        expect(fuseScores(shuffle(keyword), shuffle(semantic), QUESTION_WEIGHTS)).toEqual(
          fuseScores(keyword, semantic, QUESTION_WEIGHTS),
        );
      }),
    );
  });

  it('keeps scores within 0..1 and every chunk exactly once', () => {
    fc.assert(
      fc.property(hitList(20), hitList(1), (keyword, semantic) => {
        const fused = fuseScores(keyword, semantic, QUESTION_WEIGHTS);
        const ids = new Set([...keyword, ...semantic].map(({ chunkId }) => chunkId));
        expect(new Set(fused.map(({ chunkId }) => chunkId))).toEqual(ids);
        expect(fused.length).toBe(ids.size);
        for (const { score } of fused) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it('never ranks a chunk lower that is at least as good in both lists', () => {
    fc.assert(
      fc.property(hitList(20), hitList(1), (keyword, semantic) => {
        const fused = fuseScores(keyword, semantic, QUESTION_WEIGHTS);
        for (const [above, left] of fused.entries()) {
          for (const right of fused.slice(above + 1)) {
            const betterInBoth =
              valueOf(right.keyword) > valueOf(left.keyword) && valueOf(right.semantic) > valueOf(left.semantic);
            expect(betterInBoth).toBe(false);
          }
        }
      }),
    );
  });
});
