/** Rounds to the nearest integer, ties to even, and keeps the sign of zero: `rint` of C in its default mode. (`Math.round` rounds ties up.) */
export function roundHalfEven(value: number): number {
  const magnitude = Math.abs(value);
  const floor = Math.floor(magnitude);
  const fraction = magnitude - floor;
  const isUp = fraction > 0.5 || (fraction === 0.5 && floor % 2 === 1);
  const rounded = isUp ? floor + 1 : floor;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/**
 * `fmaf(a, b, c)`: a·b + c of three float32 values, rounded once to float32.
 *
 * A product of two float32 is exact in a double, so only the sum is rounded before the final rounding. That matters in
 * one case: the double sum lies exactly between two float32 values while the true sum does not. Then the part the
 * addition lost decides.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const rounded = Math.fround(sum);
  if (rounded === sum || !Number.isFinite(rounded)) return rounded;
  // The float32 on the other side of `sum`, if `sum` is a midpoint.
  const mirrored = sum + (sum - rounded);
  if (Math.fround(mirrored) !== mirrored) return rounded;
  // Knuth's TwoSum: what the double addition lost.
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (lost === 0) return rounded;
  return lost > 0 ? Math.max(rounded, mirrored) : Math.min(rounded, mirrored);
}
