import { describe, expect, it } from 'vitest';
import { CROWDING_FACTOR, selectHits, type RankedChunk } from '../../../src/search/hit-selection.ts';
import { makeChunk, makeSymbol, type ChunkDraft } from './_builders.ts';

const ranked = (score: number, draft: ChunkDraft): RankedChunk => ({ chunk: makeChunk(draft), score, signals: [] });

describe('selectHits', () => {
  it('collapses the parts of one definition into the best', () => {
    const symbol = makeSymbol({ name: 'Pool' });
    const hits = selectHits(
      [
        ranked(0.4, { id: 1, symbol, lines: [1, 50] }),
        ranked(0.9, { id: 2, symbol, lines: [51, 90] }),
        ranked(0.5, { id: 3, path: 'b.ts' }),
      ],
      10,
    );
    expect(hits.map(({ chunk }) => chunk.id)).toEqual([2, 3]);
  });

  it('keeps chunks outside symbols apart', () => {
    expect(selectHits([ranked(0.4, { id: 1 }), ranked(0.3, { id: 2, lines: [20, 30] })], 10)).toHaveLength(2);
  });

  it('orders equal scores by path and line, whatever order they come in', () => {
    const chunks = [
      ranked(0.5, { id: 9, path: 'b.ts' }),
      ranked(0.5, { id: 8, path: 'a.ts', lines: [20, 30] }),
      ranked(0.5, { id: 7, path: 'a.ts', lines: [3, 10] }),
    ];
    const expected = [7, 8, 9];
    expect(selectHits(chunks, 10).map(({ chunk }) => chunk.id)).toEqual(expected);
    expect(selectHits([...chunks].reverse(), 10).map(({ chunk }) => chunk.id)).toEqual(expected);
  });

  it('makes room for other files after three hits of one', () => {
    const crowd = [1, 2, 3, 4, 5].map((id) =>
      ranked(1 - id / 100, { id, path: 'a.ts', lines: [id * 10, id * 10 + 5] }),
    );
    const hits = selectHits([...crowd, ranked(0.9, { id: 6, path: 'b.ts' })], 5);
    expect(hits.map(({ chunk }) => chunk.id)).toEqual([1, 2, 3, 6, 4]);
    const fourth = hits.at(-1);
    expect(fourth?.score).toBeCloseTo(0.96 * CROWDING_FACTOR);
    expect(fourth?.signals).toEqual([{ signal: 'file-crowding', value: CROWDING_FACTOR }]);
  });

  it('gives scores that only fall, and no more than the limit', () => {
    const chunks = Array.from({ length: 60 }, (_, id) =>
      ranked(((id * 37) % 60) / 60, { id, path: `f${id % 4}.ts`, lines: [id, id + 1] }),
    );
    const scores = selectHits(chunks, 20).map(({ score }) => score);
    expect(scores).toHaveLength(20);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
  });
});
