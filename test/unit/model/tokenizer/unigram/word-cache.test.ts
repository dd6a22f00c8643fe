import { describe, expect, it } from 'vitest';
import { IdBuffer } from '../../../../../src/model/tokenizer/unigram/id-buffer.ts';
import { WordCache } from '../../../../../src/model/tokenizer/unigram/word-cache.ts';

function units(word: string): Uint16Array {
  return Uint16Array.from(word, (unit) => unit.charCodeAt(0));
}

function replay(cache: WordCache, word: string, hash: number): number[] | null {
  const sink = new IdBuffer();
  sink.reset(Infinity);
  return cache.replay(units(word), word.length, hash, sink) ? Array.from(sink.ids.subarray(0, sink.length)) : null;
}

describe('WordCache', () => {
  it('tells words of the same hash apart', () => {
    const cache = new WordCache();
    cache.add(units('one'), 3, 77, Int32Array.of(9, 1, 2, 9), 1, 3);
    cache.add(units('two'), 3, 77, Int32Array.of(3), 0, 1);
    expect(replay(cache, 'one', 77)).toEqual([1, 2]);
    expect(replay(cache, 'two', 77)).toEqual([3]);
    expect(replay(cache, 'six', 77)).toBe(null);
    expect(replay(cache, 'on', 77)).toBe(null);
  });

  it('keeps no long words', () => {
    const cache = new WordCache();
    cache.add(units('x'.repeat(49)), 49, 1, Int32Array.of(1), 0, 1);
    expect(replay(cache, 'x'.repeat(49), 1)).toBe(null);
  });

  it('starts anew when it is full, by words, characters or ids', () => {
    for (const [length, idCount] of [
      [6, 1],
      [48, 1],
      [10, 40],
    ] as const) {
      const cache = new WordCache();
      const ids = new Int32Array(idCount).fill(7);
      const wordOf = (index: number): string => String(index).padStart(length, '-');
      for (let index = 0; index < 70_000; index += 1) cache.add(units(wordOf(index)), length, index, ids, 0, idCount);
      expect(replay(cache, wordOf(0), 0)).toBe(null);
      expect(replay(cache, wordOf(69_999), 69_999)).toEqual(Array.from(ids));
    }
  });
});
