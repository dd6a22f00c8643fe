import type { LinearForm } from '../linear-form.ts';
import type { LinearSample, ChannelSample } from './statistics-probe.ts';

/** Root of the mean over tokens of |y' - y|² / |y|², estimated, by form; 0 for `float32`. */
export type FormErrors = Readonly<Record<LinearForm, number>>;

/** What quantizing the input of a Linear meets in its weight [outputs, inputs]. */
export interface WeightStatistics {
  /** Sum of squares of each input's column. */
  readonly columnEnergies: Float64Array;
  /** Largest magnitude in each input's column. */
  readonly columnPeaks: Float32Array;
}

/** A text's share in the calibration, and what it said. */
export interface Weighted<Sample> {
  readonly tokens: number;
  readonly sample: Sample;
}

export function weightStatistics(weight: Float32Array, columns: number): WeightStatistics {
  const columnEnergies = new Float64Array(columns);
  const columnPeaks = new Float32Array(columns);
  for (let start = 0; start < weight.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      const value = weight[start + column] ?? 0;
      columnEnergies[column] = (columnEnergies[column] ?? 0) + value * value;
      const peak = Math.abs(value);
      if (peak > (columnPeaks[column] ?? 0)) columnPeaks[column] = peak;
    }
  }
  return { columnEnergies, columnPeaks };
}

/** Steps of a row-wise activation. */
const ROWWISE_LEVELS = 255;

/**
 * The error that quantizing the input would make in the output. Rounding to steps of width `d` adds noise of variance
 * d²/12 to each input, which the weight passes on as d²/12 · Σ w² to each token's output.
 *
 * @param levels - Steps of an activation with one scale a tensor: 255, or 127 for 7 bits.
 */
export function estimateErrors(
  samples: ReadonlyArray<Weighted<LinearSample>>,
  { columnEnergies }: WeightStatistics,
  levels: number,
): FormErrors {
  const energy = columnEnergies.reduce((sum, value) => sum + value, 0);
  const int8 = meanOverTokens(samples, ({ high, low, inverseEnergy }) => rangeWithZero(high, low) ** 2 * inverseEnergy);
  const rowwise = meanOverTokens(samples, ({ rowwiseSpan }) => rowwiseSpan);
  return {
    int8: Math.sqrt((int8 * energy) / 12) / levels,
    rowwise: Math.sqrt((rowwise * energy) / 12) / ROWWISE_LEVELS,
    float32: 0,
  };
}

/**
 * The error of `int8` when the input channels are divided by factors and the weight's columns multiplied by them.
 *
 * @param channels - Of the same texts as `samples`.
 */
export function estimateBalancedError(
  samples: ReadonlyArray<Weighted<LinearSample>>,
  channels: readonly ChannelSample[],
  { weight, factors, levels }: { weight: WeightStatistics; factors: Float32Array; levels: number },
): number {
  let energy = 0;
  for (const [column, factor] of factors.entries()) energy += (weight.columnEnergies[column] ?? 0) * factor * factor;
  const balanced = samples.map(({ tokens, sample }, text) => {
    const [high, low] = [
      scaledExtreme(channels[text]?.high, factors),
      -scaledExtreme(channels[text]?.low, factors, -1),
    ];
    return { tokens, sample: rangeWithZero(high, low) ** 2 * sample.inverseEnergy };
  });
  return Math.sqrt((meanOverTokens(balanced, (value) => value) * energy) / 12) / levels;
}

/** How much of a channel's excess is moved to its weights; the rest stays in the activation. */
const BALANCE = 0.5;
/** Channels that are small in the texts measured may be larger elsewhere, so they are raised no further than this. */
const MOST_RAISED = 2 ** 2;
const MIN_MAGNITUDE = 2 ** -20;

/**
 * Factors that bring the channels of an input to like ranges: activations have channels twenty times as large as the
 * others, and one scale for all would leave those three bits. `sqrt(largest input / largest weight)`, as SmoothQuant
 * (Xiao et al., 2023) has it, rounded to a power of two: dividing by it is exact, and machines that differ in the last
 * bits of what they measure still agree on it.
 *
 * @param peaks - Largest magnitude of each channel.
 * @param weights - Of all Linears that share the input.
 */
export function balanceFactors(peaks: Float32Array, weights: readonly WeightStatistics[]): Float32Array {
  const exponents = Array.from(peaks, (peak, column) => {
    const weightPeak = Math.max(MIN_MAGNITUDE, ...weights.map(({ columnPeaks }) => columnPeaks[column] ?? 0));
    return BALANCE * Math.log2(Math.max(peak, MIN_MAGNITUDE)) - (1 - BALANCE) * Math.log2(weightPeak);
  });
  const middle = exponents.toSorted((left, right) => left - right)[exponents.length >> 1] ?? 0;
  const least = middle - Math.log2(MOST_RAISED);
  return Float32Array.from(exponents, (exponent) => 2 ** Math.round(Math.max(exponent, least) - middle));
}

/** The range that one scale a tensor covers: zero is always in it. */
function rangeWithZero(high: number, low: number): number {
  return Math.max(high, 0) - Math.min(low, 0);
}

/** `max(sign * value / factor)` over the channels. */
function scaledExtreme(values: Float32Array | undefined, factors: Float32Array, sign = 1): number {
  let extreme = -Infinity;
  for (const [column, value] of (values ?? factors.subarray(0, 0)).entries()) {
    extreme = Math.max(extreme, (sign * value) / (factors[column] ?? 1));
  }
  return extreme;
}

function meanOverTokens<Sample>(samples: ReadonlyArray<Weighted<Sample>>, value: (sample: Sample) => number): number {
  let [sum, count] = [0, 0];
  for (const { tokens, sample } of samples) {
    sum += tokens * value(sample);
    count += tokens;
  }
  return sum / count;
}
