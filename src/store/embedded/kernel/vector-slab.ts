import type { Bitmap } from '../bitmap.ts';
import { KERNEL_MEMORY_BASE, loadVectorKernel, type VectorKernel } from './vector-kernel.ts';

const PAGE_BYTES = 65_536;
/** A WebAssembly memory has 32-bit addresses. */
const MAX_MEMORY_BYTES = 2 ** 32;
const HEAP_ENTRY_BYTES = 8;
/** Most results of one scan. */
export const MAX_SCAN_RESULTS = 65_536;

/** A row of a slab and the cosine of its vector to the query. */
export interface ScoredSlot {
  readonly slot: number;
  readonly score: number;
}

/**
 * Vectors in the memory of the SIMD kernel, in segments of equal size, and the exact search over them. Slot `s` is row
 * `s % segmentRows` of segment `s / segmentRows`. Memory: results, query, one segment's bitmap, then the segments, each
 * with the inverse lengths of its rows before its rows; so it grows at its end and nothing ever moves.
 */
export class VectorSlab {
  /** Bytes of a row: the dimensions padded to a multiple of 16. */
  readonly stride: number;
  readonly #segmentRows: number;
  readonly #kernel: VectorKernel;
  /** Rows of each segment, up to the last one written. */
  readonly #rowCounts: number[] = [];
  readonly #query: number;
  readonly #heap: number;
  readonly #bitmap: number;
  readonly #segments: number;
  readonly #segmentBytes: number;

  /**
   * @param stride - Multiple of 16.
   * @param segmentRows - Multiple of 64.
   */
  constructor(stride: number, segmentRows: number) {
    if (stride <= 0 || stride % 16 !== 0) throw new RangeError(`a stride of ${stride} is not a multiple of 16`);
    if (segmentRows <= 0 || segmentRows % 64 !== 0) throw new RangeError(`${segmentRows} rows are no multiple of 64`);
    this.stride = stride;
    this.#segmentRows = segmentRows;
    this.#kernel = loadVectorKernel();
    this.#heap = KERNEL_MEMORY_BASE;
    this.#query = align(this.#heap + MAX_SCAN_RESULTS * HEAP_ENTRY_BYTES);
    this.#bitmap = align(this.#query + stride * Int16Array.BYTES_PER_ELEMENT);
    this.#segments = align(this.#bitmap + segmentRows / 8);
    this.#segmentBytes = align(segmentRows * (Float32Array.BYTES_PER_ELEMENT + stride));
  }

  /** Whether segments up to this one fit into the memory a WebAssembly module can have. */
  canHold(segmentId: number): boolean {
    return this.#segments + (segmentId + 1) * this.#segmentBytes <= MAX_MEMORY_BYTES;
  }

  /**
   * Puts a segment in its place.
   *
   * @param vectors - Rows of `stride` bytes, at most `segmentRows`.
   * @param rows - Rows that are in use; others are never found.
   * @throws RangeError when the memory cannot grow.
   */
  setSegment(segmentId: number, vectors: Uint8Array, rows: Iterable<number>): void {
    const rowCount = vectors.byteLength / this.stride;
    if (!Number.isInteger(rowCount) || rowCount > this.#segmentRows) {
      throw new RangeError(`${vectors.byteLength} bytes are no segment of rows of ${this.stride} bytes`);
    }
    const inverses = this.#segments + segmentId * this.#segmentBytes;
    this.#reserve(inverses + this.#segmentBytes);
    const data = this.#rowsAt(segmentId);
    new Uint8Array(this.#kernel.memory.buffer, data, vectors.byteLength).set(vectors);
    this.#kernel.computeInverses(data, inverses, rowCount, this.stride);
    const lengths = new Float32Array(this.#kernel.memory.buffer, inverses, rowCount);
    const used = new Set(rows);
    for (let row = 0; row < rowCount; row++) if (!used.has(row)) lengths[row] = -1;
    while (this.#rowCounts.length < segmentId) this.#rowCounts.push(0);
    this.#rowCounts[segmentId] = rowCount;
  }

  /**
   * The `k` rows with the largest cosine, best first; of equals the lower slots.
   *
   * @param query - Int16 values of `stride` length that keep the sums in 32 bits; see `quantizeQuery`.
   * @param filter - Slots to look at; all where missing.
   */
  search(query: Int16Array, k: number, filter?: Bitmap): ScoredSlot[] {
    const limit = Math.min(
      k,
      this.#rowCounts.reduce((sum, count) => sum + count, 0),
      MAX_SCAN_RESULTS,
    );
    if (limit <= 0) return [];
    const { memory } = this.#kernel;
    new Int16Array(memory.buffer, this.#query, this.stride).set(query);
    this.#kernel.clearHeap(this.#heap, limit);
    for (const [segmentId, rowCount] of this.#rowCounts.entries()) this.#scan(segmentId, rowCount, limit, filter);
    return this.#results(limit, 1 / Math.max(length(query), Number.MIN_VALUE));
  }

  #scan(segmentId: number, rowCount: number, k: number, filter: Bitmap | undefined): void {
    const inverses = this.#segments + segmentId * this.#segmentBytes;
    const rows = this.#rowsAt(segmentId);
    const first = segmentId * this.#segmentRows;
    if (filter === undefined) {
      this.#kernel.scan(rows, inverses, rowCount, this.stride, this.#query, this.#heap, k, first);
      return;
    }
    const bits = new Uint32Array(this.#kernel.memory.buffer, this.#bitmap, this.#segmentRows / 32);
    if (!filter.copyInto(bits, first)) return;
    this.#kernel.scanFiltered(rows, inverses, rowCount, this.stride, this.#query, this.#heap, k, first, this.#bitmap);
  }

  #results(k: number, inverseQueryLength: number): ScoredSlot[] {
    const scores = new Float32Array(this.#kernel.memory.buffer, this.#heap, 2 * k);
    const slots = new Uint32Array(this.#kernel.memory.buffer, this.#heap, 2 * k);
    const results: ScoredSlot[] = [];
    for (let index = 0; index < k; index++) {
      const slot = slots[2 * index + 1] ?? NO_SLOT;
      // Rounding of the lengths may leave the range of a cosine by a few millionths.
      const score = Math.max(-1, Math.min(1, (scores[2 * index] ?? 0) * inverseQueryLength));
      if (slot !== NO_SLOT) results.push({ slot, score });
    }
    return results.sort((left, right) => right.score - left.score || left.slot - right.slot);
  }

  #rowsAt(segmentId: number): number {
    return this.#segments + segmentId * this.#segmentBytes + this.#segmentRows * Float32Array.BYTES_PER_ELEMENT;
  }

  #reserve(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  }
}

/** Id of a heap entry that no row has taken. */
const NO_SLOT = 0xffff_ffff;

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

function length(query: Int16Array): number {
  let sum = 0;
  for (const value of query) sum += value * value;
  return Math.sqrt(sum);
}
