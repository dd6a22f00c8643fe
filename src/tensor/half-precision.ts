import { roundHalfEven } from './float32-math.ts';

/** Largest finite float16. */
const MAX_FLOAT16 = 65_504;
/** From here on a value rounds to infinity: halfway between 65,504 and 65,536. */
const FLOAT16_OVERFLOW = 65_520;
/** Exponent of the smallest normal float16; below it the spacing stays 2^-24. */
const MIN_NORMAL_EXPONENT = -14;
const FRACTION_BITS = 10;

let float16Table: Float32Array | undefined;

function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> FRACTION_BITS) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Widens float16 bit patterns to float32, exactly (IEEE 754 binary16). */
export function widenFloat16(bits: Uint16Array): Float32Array {
  // 65,536 possible values: a table of 256 KiB is faster than decoding each element.
  float16Table ??= Float32Array.from({ length: 65_536 }, (_, index) => decodeFloat16(index));
  const table = float16Table;
  const widened = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) widened[i] = table[bits[i] ?? 0] ?? 0;
  return widened;
}

/** Widens bfloat16 bit patterns to float32, exactly: a bfloat16 is the upper half of a float32. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) words[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

/** Rounds a number to the nearest float16, ties to even, and returns it as a number. */
export function roundToFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < FLOAT16_OVERFLOW)) return Number.isNaN(value) ? value : Math.sign(value) * Infinity;
  if (magnitude > MAX_FLOAT16) return Math.sign(value) * MAX_FLOAT16;
  // Math.log2 may be off by one at powers of two; one step up or down is corrected below.
  let exponent = magnitude === 0 ? MIN_NORMAL_EXPONENT : Math.floor(Math.log2(magnitude));
  if (2 ** exponent > magnitude) exponent -= 1;
  else if (2 ** (exponent + 1) <= magnitude) exponent += 1;
  const spacing = 2 ** (Math.max(exponent, MIN_NORMAL_EXPONENT) - FRACTION_BITS);
  return roundHalfEven(value / spacing) * spacing;
}
