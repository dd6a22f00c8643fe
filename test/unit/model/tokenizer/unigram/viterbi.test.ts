import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdBuffer } from '../../../../../src/model/tokenizer/unigram/id-buffer.ts';
import { PieceList } from '../../../../../src/model/tokenizer/unigram/piece-list.ts';
import { PieceTrie } from '../../../../../src/model/tokenizer/unigram/piece-trie.ts';
import { UnigramViterbi } from '../../../../../src/model/tokenizer/unigram/viterbi.ts';

type Pieces = readonly (readonly [string, number])[];

function viterbiOf(pieces: Pieces): UnigramViterbi {
  const list = new PieceList();
  list.addPiece('<unk>', 0);
  for (const [piece, score] of pieces) list.addPiece(piece, score);
  return new UnigramViterbi(PieceTrie.build(list), list.scores(), 0);
}

function segment(viterbi: UnigramViterbi, word: string): number[] {
  const sink = new IdBuffer();
  sink.reset(Infinity);
  viterbi.segment(
    Uint16Array.from(word, (unit) => unit.charCodeAt(0)),
    word.length,
    sink,
  );
  return Array.from(sink.ids.subarray(0, sink.length));
}

/** The Rust library's algorithm in its plainest form, for words without surrogates. */
function reference(pieces: Pieces, word: string): number[] {
  const id = new Map(pieces.map(([piece], index) => [piece, index + 1]));
  const scores = [0, ...pieces.map(([, score]) => score)];
  const unknown = Math.min(...scores) - 10;
  const longest = Math.max(...pieces.map(([piece]) => piece.length));
  const nodes: ({ from: number; id: number; score: number } | undefined)[] = [{ from: 0, id: -1, score: 0 }];
  const offer = (end: number, from: number, piece: number, score: number): void => {
    const node = nodes[end];
    if (node === undefined || score > node.score) nodes[end] = { from, id: piece, score };
  };
  for (let start = 0; start < word.length; start += 1) {
    const base = nodes[start]!.score;
    for (let length = 1; length <= longest; length += 1) {
      const piece = start + length <= word.length ? id.get(word.slice(start, start + length)) : undefined;
      if (piece !== undefined) offer(start + length, start, piece, scores[piece]! + base);
    }
    if (!id.has(word[start]!)) offer(start + 1, start, 0, unknown + base);
  }
  const path: number[] = [];
  for (let end = word.length; end > 0; end = nodes[end]!.from) path.unshift(nodes[end]!.id);
  return path.filter((piece, index) => piece !== 0 || path[index - 1] !== 0);
}

const vocabulary = fc.uniqueArray(
  fc.tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 }),
    fc.integer({ min: -9, max: -1 }),
  ),
  { selector: ([piece]) => piece, minLength: 1, maxLength: 14 },
);
const letters = fc.constantFrom('a', 'b', 'c', 'd');

describe('UnigramViterbi', () => {
  it('equals the plain algorithm, ties and unknown characters included', () => {
    fc.assert(
      fc.property(vocabulary, fc.string({ unit: letters, minLength: 1, maxLength: 40 }), (pieces, word) => {
        expect(segment(viterbiOf(pieces), word)).toEqual(reference(pieces, word));
      }),
      { numRuns: 1000 },
    );
  });

  it('equals the plain algorithm where the word is taken in windows', () => {
    const stretch = fc.tuple(
      fc.string({ unit: letters, minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 900 }),
    );
    const longWord = fc
      .array(stretch, { minLength: 4, maxLength: 12 })
      .map((list) => list.map(([part, times]) => part.repeat(times)).join(''));
    fc.assert(
      fc.property(vocabulary, longWord, (pieces, word) => {
        expect(segment(viterbiOf(pieces), word).join()).toBe(reference(pieces, word).join());
      }),
      { numRuns: 25 },
    );
  });

  it('begins each word anew: unknown characters at its start are an id of their own', () => {
    const viterbi = viterbiOf([['a', -1]]);
    expect(segment(viterbi, 'add')).toEqual([1, 0]);
    expect(segment(viterbi, 'dda')).toEqual([0, 1]);
  });

  it('cuts where no boundary is ever certain, and loses no character', () => {
    const word = 'a'.repeat(500_000);
    const pieces = [
      ['a', -1],
      ['aaa', -1.5],
    ] as const;
    const ids = segment(viterbiOf(pieces), word);
    expect(ids.reduce((sum, id) => sum + (id === 2 ? 3 : 1), 0)).toBe(word.length);
    // One cut in 64 k, each costs at most two pieces more than the best path has.
    expect(ids.length).toBeLessThan(500_000 / 3 + 40);
  });

  it('stops early when enough ids are there', () => {
    const sink = new IdBuffer();
    sink.reset(10);
    const word = Uint16Array.from({ length: 1_000_000 }, (_unit, index) => 0x61 + (index % 2));
    viterbiOf([
      ['a', -1],
      ['b', -1],
    ]).segment(word, word.length, sink);
    expect(sink.full).toBe(true);
    expect(sink.length).toBeLessThan(10_000);
  });
});
