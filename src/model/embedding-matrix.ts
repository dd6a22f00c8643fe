import { EmbeddingRows } from './embeddings/embedding-rows.ts';

/** Smallest norm a row is divided by, as torch.nn.functional.normalize has it. */
const MIN_NORM = 1e-12;

/** Embeddings of several texts in float32: one row a text, in the order given. */
export class EmbeddingMatrix extends EmbeddingRows<Float32Array> {
  /** @param data - Row-major, taken over and not copied. @defaultValue zeros */
  constructor(rows: number, dimensions: number, data: Float32Array = new Float32Array(rows * dimensions)) {
    super(rows, dimensions, data);
  }

  /**
   * A copy with the first numbers of each row only (Matryoshka).
   *
   * @param dimensions - From 1 to the matrix's own; with as many, the matrix itself is returned.
   */
  truncateTo(dimensions: number): EmbeddingMatrix {
    if (dimensions === this.dimensions) return this;
    const result = new EmbeddingMatrix(this.rows, dimensions);
    for (let row = 0; row < this.rows; row++) result.row(row).set(this.row(row).subarray(0, dimensions));
    result.copyTextFacts(this);
    return result;
  }

  /** L2-normalizes every row in place. */
  normalize(): void {
    for (const row of this) normalizeRow(row);
  }
}

/** Divides a row by its L2 norm, in place; a row of zeros stays. Sums in float64, in the row's order. */
export function normalizeRow(row: Float32Array): void {
  let squares = 0;
  for (const value of row) squares += value * value;
  const norm = Math.max(Math.sqrt(squares), MIN_NORM);
  for (let index = 0; index < row.length; index++) row[index] = (row[index] ?? 0) / norm;
}
