/** What torch's default weight observer divides the largest weight by: half of the 255 steps of qint8. */
const HALF_RANGE = 127.5;
/** Smallest scale, float32's epsilon, as the observer has it. */
const MIN_SCALE = 2 ** -23;

/** A weight in int8: `weight[row, column] ≈ elements[row, column] * scales[row]`. */
export interface QuantizedWeight {
  /** Row-major, as the weight. */
  readonly elements: Int8Array;
  readonly scales: Float32Array;
}

/**
 * Multiplies each column of a weight by a factor of its own: what its input is divided by.
 *
 * @param weight - float32 of shape [rows, factors.length], row-major.
 */
export function balanceWeight(weight: Float32Array, factors: Float32Array): Float32Array {
  const columns = factors.length;
  return weight.map((value, index) => value * (factors[index % columns] ?? 1));
}

/**
 * Quantizes a weight as torch does by default for per-channel qint8: `scale = max|w| / 127.5`, zero point 0.
 *
 * @param weight - float32 of shape [rows, columns], row-major.
 */
export function quantizeWeight(weight: Float32Array, rows: number): QuantizedWeight {
  const columns = weight.length / rows;
  const elements = new Int8Array(weight.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const values = weight.subarray(row * columns, (row + 1) * columns);
    let largest = 0;
    for (const value of values) largest = Math.max(largest, Math.abs(value));
    const scale = Math.max(Math.fround(largest / HALF_RANGE), MIN_SCALE);
    scales[row] = scale;
    for (let column = 0; column < columns; column++) {
      const steps = Math.round((values[column] ?? 0) / scale);
      elements[row * columns + column] = Math.max(-128, Math.min(127, steps));
    }
  }
  return { elements, scales };
}
