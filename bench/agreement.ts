import { median } from './machine.ts';

/** How well the rows of two encoders point the same way. */
export interface Agreement {
  readonly minimum: number;
  readonly fifthPercentile: number;
  readonly median: number;
}

/** Cosines of corresponding rows, summed up. */
export function agreement(left: Iterable<ArrayLike<number>>, right: Iterable<ArrayLike<number>>): Agreement {
  const others = [...right];
  const cosines = [...left].map((row, index) => cosine(row, others[index] ?? [])).toSorted((a, b) => a - b);
  return {
    minimum: cosines[0] ?? Number.NaN,
    fifthPercentile: cosines[Math.floor(cosines.length * 0.05)] ?? Number.NaN,
    median: median(cosines),
  };
}

/** The rows of a row-major float32 matrix that is written in base64. */
export function rowsOfBase64(matrix: string, rows: number): Float32Array[] {
  const values = new Float32Array(Uint8Array.from(Buffer.from(matrix, 'base64')).buffer);
  const dimensions = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * dimensions, (row + 1) * dimensions));
}

export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}
