/** Embeddings of several texts: one row a text, in the order given. */
export class EmbeddingMatrix implements Iterable<Float32Array> {
  readonly rows: number;
  readonly dimensions: number;
  /** Row-major, `rows * dimensions` values. */
  readonly data: Float32Array;
  /** Tokens of each text, special tokens included, before anything was cut. */
  readonly tokenCounts: Uint32Array;
  /** 1 where the text was longer than the model's limit and was not encoded whole. */
  readonly truncated: Uint8Array;

  constructor(rows: number, dimensions: number, data?: Float32Array) {
    this.rows = rows;
    this.dimensions = dimensions;
    this.data = data ?? new Float32Array(rows * dimensions);
    if (this.data.length !== rows * dimensions) {
      throw new RangeError(
        `an embedding matrix of ${rows} x ${dimensions} needs ${rows * dimensions} values, not ${this.data.length}`,
      );
    }
    this.tokenCounts = new Uint32Array(rows);
    this.truncated = new Uint8Array(rows);
  }

  /** A view of row `index`, not a copy. */
  row(index: number): Float32Array {
    if (!Number.isInteger(index) || index < 0 || index >= this.rows) {
      throw new RangeError(`row ${index} is outside the ${this.rows} rows of this matrix`);
    }
    return this.data.subarray(index * this.dimensions, (index + 1) * this.dimensions);
  }

  *[Symbol.iterator](): IterableIterator<Float32Array> {
    for (let index = 0; index < this.rows; index++) yield this.row(index);
  }
}
