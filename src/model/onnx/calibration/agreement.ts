/** How close vectors are to those of float32: cosines over the calibration texts. */
export interface Agreement {
  readonly median: number;
  readonly minimum: number;
}

/**
 * What int8 must hold on the calibration texts: somewhat more than is promised for any text (.9985 and .997), because the
 * worst of 24 is not the worst of thousands.
 */
export const REQUIRED_AGREEMENT: Agreement = { median: 0.9989, minimum: 0.9977 };

/** Whether nothing more need be done. */
export function holds({ median, minimum }: Agreement): boolean {
  return median >= REQUIRED_AGREEMENT.median && minimum >= REQUIRED_AGREEMENT.minimum;
}

/**
 * Median and minimum cosine of each vector to its reference.
 *
 * @param vectors - As many as `references`, of the same width.
 */
export function agreement(vectors: readonly Float32Array[], references: readonly Float32Array[]): Agreement {
  const cosines = vectors
    .map((vector, index) => cosine(vector, references[index] ?? vector))
    .toSorted((left, right) => left - right);
  return { median: cosines[cosines.length >> 1] ?? 0, minimum: cosines[0] ?? 0 };
}

function cosine(left: Float32Array, right: Float32Array): number {
  let [product, leftEnergy, rightEnergy] = [0, 0, 0];
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0;
    product += value * other;
    leftEnergy += value * value;
    rightEnergy += other * other;
  }
  if (leftEnergy === 0 || rightEnergy === 0) return leftEnergy === rightEnergy ? 1 : 0;
  return product / Math.sqrt(leftEnergy * rightEnergy);
}
