import { roundHalfEven } from './float32-math.ts';

/** From here on a value rounds to infinity: halfway between the largest float16, 65,504, and 65,536. */
const FLOAT16_OVERFLOW = 65_520;
/** Exponent of the smallest normal float16; below it the spacing stays 2^-24. */
const MIN_NORMAL_EXPONENT = -14;
const FRACTION_BITS = 10;
const FLOAT32_FRACTION_BITS = 23;
const FLOAT32_BIAS = 127;

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

/**
 * Rounds to the nearest float16, ties to even.
 *
 * @param value - A float32.
 * @returns The float16 as a number.
 */
export function roundToFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return value;
  if (magnitude >= FLOAT16_OVERFLOW) return Math.sign(value) * Infinity;
  const [bits = 0] = new Uint32Array(Float32Array.of(magnitude).buffer);
  const exponent = Math.max((bits >>> FLOAT32_FRACTION_BITS) - FLOAT32_BIAS, MIN_NORMAL_EXPONENT);
  const spacing = 2 ** (exponent - FRACTION_BITS);
  return roundHalfEven(value / spacing) * spacing;
}
