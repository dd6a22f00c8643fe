import type { IdBuffer } from '../unigram/id-buffer.ts';
import type { MergeTable } from './merge-table.ts';

/** A key of the queue is `rank * POSITIONS + position`: exact in a double, and ordered as the merges are done. */
const POSITIONS = 2 ** 24;

/**
 * Merges the tokens of a word: always the pair of the lowest rank, of equal ones the leftmost, as the Rust library does.
 * The pairs wait in a binary heap, so time grows with n log n.
 */
export class TokenMerger {
  readonly #merges: MergeTable;
  #ids = new Int32Array(64);
  #next = new Int32Array(64);
  #previous = new Int32Array(64);
  #heap = new Float64Array(128);
  #heapSize = 0;

  constructor(merges: MergeTable) {
    this.#merges = merges;
  }

  /** Adds to `sink` what `ids[0..length)` become; fewer than 2^24. */
  merge(ids: Int32Array, length: number, sink: IdBuffer): void {
    this.#reserve(length);
    this.#heapSize = 0;
    for (let at = 0; at < length; at += 1) {
      this.#ids[at] = ids[at] ?? 0;
      this.#next[at] = at + 1 < length ? at + 1 : -1;
      this.#previous[at] = at - 1;
    }
    for (let at = 0; at < length - 1; at += 1) this.#offer(at);
    while (this.#heapSize > 0) this.#mergeAt(this.#take());
    for (let at = length === 0 ? -1 : 0; at >= 0; at = this.#next[at] ?? -1) sink.push(this.#ids[at] ?? 0);
  }

  #mergeAt(key: number): void {
    const at = key % POSITIONS;
    const right = this.#next[at] ?? -1;
    if (right < 0) return;
    const place = this.#merges.find(this.#ids[at] ?? 0, this.#ids[right] ?? 0);
    // The pair has changed since it was offered.
    if (place < 0 || this.#merges.rank(place) !== Math.floor(key / POSITIONS)) return;
    const after = this.#next[right] ?? -1;
    this.#ids[at] = this.#merges.merged(place);
    this.#next[at] = after;
    // Gone: an offer that still names it finds nothing to its right.
    this.#next[right] = -1;
    if (after >= 0) {
      this.#previous[after] = at;
      this.#offer(at);
    }
    const before = this.#previous[at] ?? -1;
    if (before >= 0) this.#offer(before);
  }

  /** Puts the pair that starts at `at` into the queue if it can be merged. */
  #offer(at: number): void {
    const place = this.#merges.find(this.#ids[at] ?? 0, this.#ids[this.#next[at] ?? 0] ?? 0);
    if (place < 0) return;
    const key = this.#merges.rank(place) * POSITIONS + at;
    if (this.#heapSize === this.#heap.length) {
      const grown = new Float64Array(this.#heap.length * 2);
      grown.set(this.#heap);
      this.#heap = grown;
    }
    const heap = this.#heap;
    let child = this.#heapSize;
    this.#heapSize += 1;
    while (child > 0) {
      const parent = (child - 1) >>> 1;
      const other = heap[parent] ?? 0;
      if (other <= key) break;
      heap[child] = other;
      child = parent;
    }
    heap[child] = key;
  }

  #take(): number {
    const heap = this.#heap;
    const [first = 0] = heap;
    this.#heapSize -= 1;
    const size = this.#heapSize;
    const last = heap[size] ?? 0;
    let parent = 0;
    for (let child = 1; child < size; child = 2 * parent + 1) {
      if (child + 1 < size && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child += 1;
      const other = heap[child] ?? 0;
      if (other >= last) break;
      heap[parent] = other;
      parent = child;
    }
    heap[parent] = last;
    return first;
  }

  #reserve(length: number): void {
    if (length <= this.#ids.length) return;
    const size = length * 2;
    this.#ids = new Int32Array(size);
    this.#next = new Int32Array(size);
    this.#previous = new Int32Array(size);
  }
}
