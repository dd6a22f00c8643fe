import type { LinearForm } from '../linear-form.ts';
import type { FormErrors } from './quantization-error.ts';

/**
 * Errors a Linear may have, largest first: {@link chooseForm} is asked with one after the other until the whole network
 * is close enough. At 0 everything is float32.
 */
export const ERROR_LIMITS: readonly number[] = [0.12, 0.06, 0.045, 0.033, 0.025, 0.018, 0.013, 0.009, 0.006, 0.004, 0];

/** `float32` takes three times as long as the others, so that only what is this many times above the limit runs in it. */
const FLOAT32_FROM = 2;

/** `int8` within the limit; above it the better of the int8 forms, as long as that is not far above; else `float32`. */
export function chooseForm(errors: FormErrors, limit: number): LinearForm {
  const form = chooseInt8Form(errors, limit);
  return errors[form] <= limit * FLOAT32_FROM ? form : 'float32';
}

/** `int8` within the limit; above it the better of the int8 forms. */
export function chooseInt8Form({ int8, rowwise }: FormErrors, limit: number): LinearForm {
  return int8 <= limit || int8 <= rowwise ? 'int8' : 'rowwise';
}

/** How close vectors are to those of float32: cosines over the calibration texts. */
export interface Agreement {
  readonly median: number;
  readonly minimum: number;
}

/**
 * What int8 must hold on the calibration texts: somewhat more than is promised for any text (.9985 and .997), because the
 * worst of 24 is not the worst of thousands.
 */
export const REQUIRED_AGREEMENT: Agreement = { median: 0.9987, minimum: 0.9973 };

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
