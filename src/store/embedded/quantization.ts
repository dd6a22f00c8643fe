/** Largest absolute value of a component: symmetric, so -128 is not used. */
const INT8_MAX = 127;

/**
 * Quantizes one vector symmetrically into `target`, which may be longer: the rest is set to zero.
 *
 * @returns The scale; 0 for a vector of zeros.
 * @throws RangeError when a component is not finite.
 */
export function quantizeInto(vector: Float32Array, target: Int8Array): number {
  const largest = largestMagnitude(vector);
  const scale = Math.fround(largest / INT8_MAX);
  const inverse = largest === 0 ? 0 : INT8_MAX / largest;
  for (let index = 0; index < vector.length; index++) {
    target[index] = Math.round((vector[index] ?? 0) * inverse);
  }
  target.fill(0, vector.length);
  return scale;
}

/**
 * Quantizes a query more finely than stored vectors: to as many bits as let the kernel's 32-bit sums hold the dot
 * product with any stored vector.
 */
export function quantizeQuery(query: Float32Array, target: Int16Array): void {
  const limit = Math.min(32_767, Math.floor((2 ** 31 - 1) / (INT8_MAX * Math.max(query.length, 1))));
  const largest = largestMagnitude(query);
  const inverse = largest === 0 ? 0 : limit / largest;
  for (let index = 0; index < query.length; index++) {
    target[index] = Math.round((query[index] ?? 0) * inverse);
  }
  target.fill(0, query.length);
}

function largestMagnitude(vector: Float32Array): number {
  let largest = 0;
  for (const [index, value] of vector.entries()) {
    if (!Number.isFinite(value)) throw new RangeError(`component ${index} of a vector is ${value}`);
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}
