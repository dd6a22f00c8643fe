/** What typed arrays have in common here; `Self` is the array type itself. */
export interface RowValues<Self> {
  readonly length: number;
  subarray(start?: number, end?: number): Self;
}

/** Vectors of several texts: one row a text, in the order given, whatever type their numbers have. */
export class EmbeddingRows<Values extends RowValues<Values>> implements Iterable<Values> {
  readonly rows: number;
  /** Numbers in a row. */
  readonly dimensions: number;
  /** Row-major, `rows * dimensions` numbers. */
  readonly data: Values;
  /** Tokens of each text, special tokens included, before anything was cut. */
  readonly tokenCounts: Uint32Array;
  /** 1 where the end of the text was left out. */
  readonly truncated: Uint8Array;
  /** How many windows the text was encoded in: 1 where it went through the network in one piece. */
  readonly windows: Uint32Array;

  /** @throws RangeError when `data` does not hold `rows * dimensions` numbers. */
  constructor(rows: number, dimensions: number, data: Values) {
    this.rows = rows;
    this.dimensions = dimensions;
    this.data = data;
    if (data.length !== rows * dimensions) {
      throw new RangeError(
        `an embedding matrix of ${rows} x ${dimensions} needs ${rows * dimensions} values, not ${data.length}`,
      );
    }
    this.tokenCounts = new Uint32Array(rows);
    this.truncated = new Uint8Array(rows);
    this.windows = new Uint32Array(rows).fill(1);
  }

  /** A view of row `index`, not a copy. */
  row(index: number): Values {
    if (!Number.isInteger(index) || index < 0 || index >= this.rows) {
      throw new RangeError(`row ${index} is outside the ${this.rows} rows of this matrix`);
    }
    return this.data.subarray(index * this.dimensions, (index + 1) * this.dimensions);
  }

  *[Symbol.iterator](): IterableIterator<Values> {
    for (let index = 0; index < this.rows; index++) yield this.row(index);
  }

  /** Takes over what is known about the texts from another matrix of as many rows. */
  protected copyTextFacts(other: {
    readonly tokenCounts: Uint32Array;
    readonly truncated: Uint8Array;
    readonly windows: Uint32Array;
  }): void {
    this.tokenCounts.set(other.tokenCounts);
    this.truncated.set(other.truncated);
    this.windows.set(other.windows);
  }
}
