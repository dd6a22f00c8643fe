import type { EmbeddingMatrix } from '../embedding-matrix.ts';
import type { Similarity } from '../manifest.ts';

/** Similarities of each row of one matrix to each row of another. */
export class SimilarityMatrix implements Iterable<Float32Array> {
  /** Rows of the first matrix. */
  readonly rows: number;
  /** Rows of the second matrix. */
  readonly columns: number;
  /** Row-major, `rows * columns` values. */
  readonly data: Float32Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.data = new Float32Array(rows * columns);
  }

  /** @throws RangeError outside the matrix. */
  at(row: number, column: number): number {
    const value = Number.isInteger(column) && column >= 0 ? this.row(row)[column] : undefined;
    if (value === undefined) throw new RangeError(`column ${column} is outside the ${this.columns} columns`);
    return value;
  }

  /** A view of row `index`, not a copy. */
  row(index: number): Float32Array {
    if (!Number.isInteger(index) || index < 0 || index >= this.rows) {
      throw new RangeError(`row ${index} is outside the ${this.rows} rows of this matrix`);
    }
    return this.data.subarray(index * this.columns, (index + 1) * this.columns);
  }

  *[Symbol.iterator](): IterableIterator<Float32Array> {
    for (let index = 0; index < this.rows; index++) yield this.row(index);
  }
}

/** A single embedding, several, or a matrix of them. */
export type SimilarityInput = EmbeddingMatrix | Float32Array | readonly Float32Array[];

/**
 * Compares every embedding on the left with every one on the right. Distances (`euclidean`, `manhattan`) are negative,
 * so that the greatest value is the nearest.
 *
 * @returns values of shape [left, right].
 * @throws RangeError when dimensions differ.
 */
export function similarity(left: SimilarityInput, right: SimilarityInput, name: Similarity): SimilarityMatrix {
  const [leftRows, rightRows] = [rowsOf(left), rowsOf(right)];
  const compare = comparison(name, leftRows, rightRows);
  const result = new SimilarityMatrix(leftRows.length, rightRows.length);
  for (let row = 0; row < leftRows.length; row++) {
    const target = result.row(row);
    for (let column = 0; column < rightRows.length; column++) target[column] = compare(row, column);
  }
  return result;
}

/**
 * Compares the embeddings pair by pair: the first of the left with the first of the right, and so on.
 *
 * @throws RangeError when the numbers of embeddings or their dimensions differ.
 */
export function similarityPairwise(left: SimilarityInput, right: SimilarityInput, name: Similarity): Float32Array {
  const [leftRows, rightRows] = [rowsOf(left), rowsOf(right)];
  if (leftRows.length !== rightRows.length) {
    throw new RangeError(`${leftRows.length} embeddings cannot be paired with ${rightRows.length}`);
  }
  const compare = comparison(name, leftRows, rightRows);
  return Float32Array.from(leftRows, (_, index) => compare(index, index));
}

function rowsOf(input: SimilarityInput): readonly Float32Array[] {
  return input instanceof Float32Array ? [input] : [...input];
}

type PairFunction = (left: Float32Array, right: Float32Array) => number;

function comparison(
  name: Similarity,
  left: readonly Float32Array[],
  right: readonly Float32Array[],
): (row: number, column: number) => number {
  const dimensions = left[0]?.length ?? right[0]?.length;
  const odd = [...left, ...right].find((row) => row.length !== dimensions);
  if (odd !== undefined) {
    throw new RangeError(`embeddings of ${dimensions} and of ${odd.length} dimensions cannot be compared`);
  }
  const empty = new Float32Array(0);
  if (name !== 'cosine') {
    const pair = PAIR_FUNCTIONS[name];
    return (row, column) => pair(left[row] ?? empty, right[column] ?? empty);
  }
  const [leftNorms, rightNorms] = [left.map(norm), right.map(norm)];
  return (row, column) =>
    dotProduct(left[row] ?? empty, right[column] ?? empty) / ((leftNorms[row] ?? 1) * (rightNorms[column] ?? 1));
}

/** L2 norm, at least the smallest that torch.nn.functional.normalize divides by. */
function norm(row: Float32Array): number {
  return Math.max(Math.sqrt(dotProduct(row, row)), 1e-12);
}

const dotProduct: PairFunction = (left, right) => {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
};

const PAIR_FUNCTIONS: Readonly<Record<Exclude<Similarity, 'cosine'>, PairFunction>> = {
  dot: dotProduct,
  euclidean: (left, right) => {
    let squares = 0;
    for (let index = 0; index < left.length; index++) squares += ((left[index] ?? 0) - (right[index] ?? 0)) ** 2;
    return -Math.sqrt(squares);
  },
  manhattan: (left, right) => {
    let sum = 0;
    for (let index = 0; index < left.length; index++) sum += Math.abs((left[index] ?? 0) - (right[index] ?? 0));
    return -sum;
  },
};
