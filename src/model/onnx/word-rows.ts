import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Tensor } from '../../tensor/tensor.ts';
import { ModelError } from '../model-error.ts';
import { littleEndianBytes, readFiniteFloat32, readRowBlocks } from './initializer-bytes.ts';

/*
 * Float32 word embeddings lie in a file of their own and are read row by row, as texts need them. In the graph they would
 * be mapped into memory once a worker, and the system maps far more around each row than the row: 350 MB a worker of the
 * 384 MB that 250,000 pieces take, against 6 MB for the rows kept here.
 *
 * The file: row count and row width, two little-endian uint32, then the rows.
 */
const HEADER_BYTES = 8;
/** Rows kept in memory; a text of source code repeats most of its tokens. */
const CACHED_ROWS = 4_096;

/** Writes the rows of a [rows, width] table, in blocks, and returns the size of the file. */
export async function writeWordRows(path: string, table: Tensor, signal?: AbortSignal): Promise<number> {
  const [rows = 0, width = 0] = table.shape;
  await using handle = await open(path, 'wx');
  await handle.appendFile(new Uint8Array(Uint32Array.of(rows, width).buffer));
  const blocks = readRowBlocks(table, width * 4, async (range) =>
    littleEndianBytes(await readFiniteFloat32(table, range)),
  );
  for await (const block of blocks) {
    signal?.throwIfAborted();
    await handle.appendFile(block);
  }
  return HEADER_BYTES + rows * width * 4;
}

/** Word embeddings of token ids, from the file that {@link writeWordRows} made. Used by one thread. */
export class WordRows {
  readonly width: number;
  readonly #rows: number;
  readonly #descriptor: number;
  readonly #path: string;
  /** Row `id` is kept at `id % CACHED_ROWS`; the tag says which id is there. */
  readonly #tags: Int32Array = new Int32Array(CACHED_ROWS).fill(-1);
  readonly #kept: Float32Array;

  private constructor(path: string, descriptor: number, rows: number, width: number) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#rows = rows;
    this.width = width;
    this.#kept = new Float32Array(CACHED_ROWS * width);
  }

  /** The file was written by this program and its size is checked when the compiled model is opened. */
  static open(path: string): WordRows {
    const descriptor = openSync(path, 'r');
    const header = new Uint32Array(HEADER_BYTES / 4);
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
    return new WordRows(path, descriptor, header[0] ?? 0, header[1] ?? 0);
  }

  /**
   * @returns row-major float32 of shape [ids.length, width], a fresh array.
   * @throws {@link ModelError} `MODEL_RUNTIME_FAILED` when an id has no row or the file is cut.
   */
  gather(ids: Int32Array): Float32Array {
    const { width } = this;
    const result = new Float32Array(ids.length * width);
    ids.forEach((id, index) => result.set(this.#row(id), index * width));
    return result;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #row(id: number): Float32Array {
    const slot = id % CACHED_ROWS;
    const row = this.#kept.subarray(slot * this.width, (slot + 1) * this.width);
    if (this.#tags[slot] === id) return row;
    if (id < 0 || id >= this.#rows) throw this.#failure(`token ${id} has no row among ${this.#rows}`);
    this.#tags[slot] = -1; // A read that fails half-way must not leave a row that looks whole.
    const bytes = readSync(this.#descriptor, row, 0, row.byteLength, HEADER_BYTES + id * row.byteLength);
    if (bytes !== row.byteLength) throw this.#failure(`row ${id} is cut`);
    this.#tags[slot] = id;
    return row;
  }

  #failure(what: string): ModelError {
    return new ModelError(`the word embeddings in ${this.#path} cannot be read: ${what}`, {
      code: 'MODEL_RUNTIME_FAILED',
      hint: 'Delete the compiled models in the cache folder and try again.',
      details: { path: this.#path },
    });
  }
}
