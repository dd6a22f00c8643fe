import type { IdBuffer } from './id-buffer.ts';
import { MAX_PIECE_UNITS } from './piece-list.ts';
import type { PieceTrie } from './piece-trie.ts';

/** What an unknown character costs below the worst piece (`K_UNK_PENALTY` of SentencePiece and of the Rust library). */
const UNKNOWN_PENALTY = 10;
/** A longer word is segmented in windows, so that memory stays bounded. */
const FIRST_WINDOW = 4096;
/** Where the best paths have not met within this many units, the word is cut: 64 k without a sure token boundary. */
const LAST_WINDOW = 65_536;

/** Best segmentation of a word into pieces, with the same ties as the Rust library `tokenizers`. */
export class UnigramViterbi {
  readonly #trie: PieceTrie;
  readonly #scores: Float64Array;
  readonly #unknownId: number;
  readonly #unknownScore: number;
  // One entry a position of the window: score of the best path to it, where its last piece starts (-1: unreached), which one.
  #best = new Float64Array(512);
  #from = new Int32Array(512);
  #piece = new Int32Array(512);
  #path = new Int32Array(512);
  #afterUnknown = false;

  /** @param scores - Log probability of each piece. */
  constructor(trie: PieceTrie, scores: Float64Array, unknownId: number) {
    this.#trie = trie;
    this.#scores = scores;
    this.#unknownId = unknownId;
    let worst = Infinity;
    // Indexed: iterating 250,002 scores takes 15 ms in a process that has just started, this 2 ms.
    for (let piece = 0; piece < scores.length; piece += 1) worst = Math.min(worst, scores[piece] ?? 0);
    this.#unknownScore = worst - UNKNOWN_PENALTY;
  }

  /**
   * Adds the ids of the word `units[0..length)` to `sink`. Time grows linearly with the length; the result is exact unless
   * no token boundary is certain for {@link LAST_WINDOW} units. Stops early once `sink` is full.
   */
  segment(units: Uint16Array, length: number, sink: IdBuffer): void {
    this.#afterUnknown = false;
    this.#reserve(Math.min(length, FIRST_WINDOW + MAX_PIECE_UNITS) + 1);
    this.#from.fill(-1, 0, Math.min(length + 1, this.#from.length));
    this.#best[0] = 0;
    // Position `p` of the word is entry `p - base`.
    let base = 0;
    let window = FIRST_WINDOW;
    let at = 0;
    while (at < length) {
      if (at - base >= window) {
        const settled = this.#settledEntry(at - base);
        if (settled > 0) {
          this.#commit(0, settled, sink);
          this.#shift(settled);
          base += settled;
          window = Math.max(FIRST_WINDOW, at - base + FIRST_WINDOW);
        } else if (window < LAST_WINDOW) {
          window *= 2;
        } else {
          this.#commit(0, at - base, sink);
          this.#shift(at - base);
          this.#from.fill(-1, 1);
          base = at;
          window = FIRST_WINDOW;
        }
        if (sink.full) return;
        this.#reserve(window + MAX_PIECE_UNITS + 1);
      }
      at = this.#extend(units, length, at, base);
    }
    this.#commit(0, length - base, sink);
  }

  /** Tries every piece that starts at `at`. @returns the start of the next character. */
  #extend(units: Uint16Array, length: number, at: number, base: number): number {
    const trie = this.#trie;
    const scores = this.#scores;
    const best = this.#best;
    const from = this.#from;
    const entry = at - base;
    const pathScore = best[entry] ?? 0;
    const next = at + (isHighSurrogate(units[at] ?? 0) && at + 1 < length ? 2 : 1);
    let hasSingle = false;
    let node = trie.root;
    // No trie that was built here is deeper; one that was tampered with may be, which would make the time quadratic.
    const last = Math.min(length, at + MAX_PIECE_UNITS);
    for (let end = at; end < last;) {
      node = trie.child(node, units[end] ?? 0);
      if (node === 0) break;
      end += 1;
      const piece = trie.piece(node);
      if (piece < 0) continue;
      const score = (scores[piece] ?? 0) + pathScore;
      const target = end - base;
      // Strictly greater: of equal paths the one whose last piece starts first wins.
      if ((from[target] ?? -1) < 0 || score > (best[target] ?? 0)) {
        best[target] = score;
        from[target] = entry;
        this.#piece[target] = piece;
      }
      if (end === next) hasSingle = true;
    }
    if (!hasSingle) {
      const score = this.#unknownScore + pathScore;
      const target = next - base;
      if ((from[target] ?? -1) < 0 || score > (best[target] ?? 0)) {
        best[target] = score;
        from[target] = entry;
        this.#piece[target] = this.#unknownId;
      }
    }
    return next;
  }

  /**
   * The last entry that every path through the frontier shares. Any path to come leaves from `entry` or from an entry
   * beyond it that is reached already, so what lies before the shared one is certain.
   */
  #settledEntry(entry: number): number {
    const from = this.#from;
    let shared = entry;
    for (let beyond = entry + 1; beyond <= entry + MAX_PIECE_UNITS; beyond += 1) {
      let other = beyond;
      if ((from[other] ?? -1) < 0) continue;
      while (shared !== other) {
        if (shared > other) shared = from[shared] ?? 0;
        else other = from[other] ?? 0;
      }
    }
    return shared;
  }

  /** Adds the pieces of the best path from entry `start` to entry `end`; runs of unknown characters are one id. */
  #commit(start: number, end: number, sink: IdBuffer): void {
    const path = this.#path;
    let count = 0;
    for (let entry = end; entry > start; entry = this.#from[entry] ?? 0) {
      path[count] = this.#piece[entry] ?? 0;
      count += 1;
    }
    while (count > 0) {
      count -= 1;
      const piece = path[count] ?? 0;
      const unknown = piece === this.#unknownId;
      if (!unknown || !this.#afterUnknown) sink.push(piece);
      this.#afterUnknown = unknown;
    }
  }

  /** Makes entry `start` the first. */
  #shift(start: number): void {
    const from = this.#from;
    this.#best.copyWithin(0, start);
    this.#piece.copyWithin(0, start);
    from.copyWithin(0, start);
    for (let entry = 1; entry < from.length; entry += 1) from[entry] = Math.max(-1, (from[entry] ?? -1) - start);
    from.fill(-1, from.length - start);
  }

  #reserve(entries: number): void {
    if (entries <= this.#from.length) return;
    const used = this.#from.length;
    this.#best = grown(new Float64Array(entries), this.#best);
    this.#from = grown(new Int32Array(entries), this.#from).fill(-1, used);
    this.#piece = grown(new Int32Array(entries), this.#piece);
    this.#path = new Int32Array(entries);
  }
}

function grown<Numbers extends Float64Array | Int32Array>(target: Numbers, source: Numbers): Numbers {
  target.set(source);
  return target;
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
