import { REBUILD_HINT, StoreError } from '../store-error.ts';
import type { ScoredChunk } from '../index-store.ts';
import type { ChunkFilter } from './chunk-filter.ts';
import type { Connection } from './connection.ts';
import { MAX_SCAN_RESULTS, VectorSlab, type ScoredSlot } from './kernel/vector-slab.ts';
import { quantizeQuery } from './quantization.ts';
import { SEGMENT_ROWS } from './schema.ts';
import type { IndexState } from './state-row.ts';
import { readSegment, rowStride } from './vector-table.ts';

/** Results asked for beyond `k`, so that equals of the last one are nearly always seen in one scan. */
const SPARE_RESULTS = 16;

/**
 * The vectors of the index in memory, brought up to date before each search by reading the segments that changed since
 * the last, in whichever process. Methods must run inside one read transaction, whose state is `state`.
 */
export class VectorCache {
  readonly #connection: Connection;
  #slab: VectorSlab | undefined;
  #dimensions = 0;
  #epoch = -1;
  #revision = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Best `k` chunks by cosine, best first; of equals those with lower ids. */
  search(query: Float32Array, k: number, filter: ChunkFilter | undefined, state: IndexState): ScoredChunk[] {
    if (k <= 0 || state.dimensions === 0) return [];
    const slab = this.#refresh(state);
    const quantized = new Int16Array(slab.stride);
    quantizeQuery(query, quantized);
    return this.#chunksOf(this.#scan(slab, quantized, k, filter), filter).slice(0, k);
  }

  /** Frees the memory. */
  clear(): void {
    this.#slab = undefined;
    this.#epoch = -1;
    this.#revision = -1;
  }

  /** At least `k` slots where there are as many, and every slot as good as the `k`-th: chunk ids decide among them. */
  #scan(slab: VectorSlab, query: Int16Array, k: number, filter: ChunkFilter | undefined): ScoredSlot[] {
    for (let limit = k + SPARE_RESULTS; ; limit *= 2) {
      const slots = slab.search(query, limit, filter?.slots);
      const complete = slots.length < limit || limit >= MAX_SCAN_RESULTS;
      const last = slots[k - 1]?.score;
      if (complete || last === undefined || (slots.at(-1)?.score ?? last) < last) {
        return slots.filter((slot) => last === undefined || slot.score >= last);
      }
    }
  }

  /** Chunks that have the vectors in the slots: several where texts are equal. */
  #chunksOf(slots: readonly ScoredSlot[], filter: ChunkFilter | undefined): ScoredChunk[] {
    const scores = new Map(slots.map(({ slot, score }) => [slot, score]));
    const rows = this.#connection.all<{ id: number; slot: number }>(
      `SELECT c.id, e.slot FROM embedding e JOIN chunk c ON c.content_id = e.content_id
       WHERE e.slot IN (SELECT value FROM json_each(?))`,
      JSON.stringify([...scores.keys()]),
    );
    return rows
      .filter((row) => filter === undefined || filter.chunks.has(row.id))
      .map((row) => ({ chunkId: row.id, score: scores.get(row.slot) ?? 0 }))
      .sort((left, right) => right.score - left.score || left.chunkId - right.chunkId);
  }

  #refresh(state: IndexState): VectorSlab {
    if (this.#slab === undefined || this.#epoch !== state.vectorEpoch || this.#dimensions !== state.dimensions) {
      this.#slab = new VectorSlab(rowStride(state.dimensions), SEGMENT_ROWS);
      this.#dimensions = state.dimensions;
      this.#epoch = state.vectorEpoch;
      this.#revision = -1;
    }
    if (this.#revision !== state.revision) {
      const segments = this.#connection.all<{ id: number }>(
        'SELECT id FROM vector_segment WHERE revision > ? ORDER BY id',
        this.#revision,
      );
      for (const { id } of segments) this.#load(this.#slab, id);
      this.#revision = state.revision;
    }
    return this.#slab;
  }

  #load(slab: VectorSlab, segmentId: number): void {
    if (!slab.canHold(segmentId)) {
      throw new StoreError(`The index ${this.#connection.path} has more vectors than fit into memory`, {
        code: 'STORE_TOO_LARGE',
        hint: 'Use a model with fewer dimensions, or index parts of the repository apart.',
        details: { path: this.#connection.path, segments: segmentId + 1 },
      });
    }
    const { vectors } = readSegment(this.#connection, segmentId, this.#dimensions);
    const first = segmentId * SEGMENT_ROWS;
    const used = this.#connection.all<{ slot: number }>(
      'SELECT slot FROM embedding WHERE slot >= ? AND slot < ?',
      first,
      first + SEGMENT_ROWS,
    );
    if (used.some(({ slot }) => (slot - first + 1) * slab.stride > vectors.byteLength)) {
      throw new StoreError(`Segment ${segmentId} of the index ${this.#connection.path} lacks vectors`, {
        code: 'STORE_DAMAGED',
        hint: REBUILD_HINT,
        details: { path: this.#connection.path },
      });
    }
    slab.setSegment(
      segmentId,
      vectors,
      used.map(({ slot }) => slot - first),
    );
  }
}
