import { describe, expect, it } from 'vitest';
import {
  balanceFactors,
  estimateBalancedError,
  estimateErrors,
  weightStatistics,
} from '../../../../../src/model/onnx/calibration/quantization-error.ts';
import type { ChannelSample, LinearSample } from '../../../../../src/model/onnx/calibration/statistics-probe.ts';
import { randomNumbers } from '../../synthetic-model.ts';

const TOKENS = 40;
const INPUTS = 64;
const OUTPUTS = 32;

/** [TOKENS, INPUTS], bell-shaped, with one channel and one token that may be larger than the others. */
function activations(channelOutlier: number, tokenOutlier: number): Float32Array {
  const random = randomNumbers(5);
  return Float32Array.from({ length: TOKENS * INPUTS }, (_, index) => {
    const [token, channel] = [Math.floor(index / INPUTS), index % INPUTS];
    const value = random() + random() + random();
    return value * (channel === 9 ? channelOutlier : 1) * (token === 3 ? tokenOutlier : 1);
  });
}

function randomWeight(): Float32Array {
  const random = randomNumbers(6);
  return Float32Array.from({ length: OUTPUTS * INPUTS }, () => random() * 0.2);
}

function multiply(input: Float32Array, weight: Float32Array): Float32Array {
  return Float32Array.from({ length: TOKENS * OUTPUTS }, (_, index) => {
    const [token, output] = [Math.floor(index / OUTPUTS), index % OUTPUTS];
    let sum = 0;
    for (let column = 0; column < INPUTS; column++) {
      sum += input[token * INPUTS + column]! * weight[output * INPUTS + column]!;
    }
    return sum;
  });
}

function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));
}

const energy = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What the probe would sample. */
function sampleOf(input: Float32Array, weight: Float32Array): { linear: LinearSample; channels: ChannelSample } {
  const energies = rows(multiply(input, weight), OUTPUTS).map(energy);
  const spans = rows(input, INPUTS).map((row) => Math.max(...row.map(Math.abs)) * (255 / 127));
  const columns = Array.from({ length: INPUTS }, (_, column) => rows(input, INPUTS).map((row) => row[column]!));
  return {
    linear: {
      inverseEnergy: mean(energies.map((value) => 1 / value)),
      high: Math.max(...input),
      low: Math.min(...input),
      rowwiseSpan: mean(spans.map((span, token) => span ** 2 / energies[token]!)),
    },
    channels: {
      high: Float32Array.from(columns, (column) => Math.max(...column)),
      low: Float32Array.from(columns, (column) => Math.min(...column)),
    },
  };
}

/** The error that rounding the input really makes. */
function realError(input: Float32Array, weight: Float32Array, step: (row: Float32Array) => number): number {
  const rounded = Float32Array.from(
    rows(input, INPUTS).flatMap((row) => [...row].map((value) => Math.round(value / step(row)) * step(row))),
  );
  const [exact, approximate] = [multiply(input, weight), multiply(rounded, weight)].map((y) => rows(y, OUTPUTS));
  const relative = exact!.map((row, token) => {
    return energy(row.map((value, index) => value - approximate![token]![index]!)) / energy(row);
  });
  return Math.sqrt(mean(relative));
}

describe('estimateErrors', () => {
  it.each([
    { name: 'no outliers', channel: 1, token: 1 },
    { name: 'an outlier channel', channel: 12, token: 1 },
    { name: 'an outlier token', channel: 1, token: 12 },
  ])('comes near the error of rounding ($name)', ({ channel, token }) => {
    const [input, weight] = [activations(channel, token), randomWeight()];
    const { linear } = sampleOf(input, weight);
    const errors = estimateErrors([{ tokens: TOKENS, sample: linear }], weightStatistics(weight, INPUTS), 255);
    const range = linear.high - linear.low;
    const int8 = realError(input, weight, () => range / 255);
    const rowwise = realError(input, weight, (row) => Math.max(...row.map(Math.abs)) / 127);
    expect(errors.int8 / int8).toBeGreaterThan(0.75);
    expect(errors.int8 / int8).toBeLessThan(1.3);
    expect(errors.rowwise / rowwise).toBeGreaterThan(0.75);
    expect(errors.rowwise / rowwise).toBeLessThan(1.3);
    expect(errors.float32).toBe(0);
  });

  it('doubles with half the steps, and weighs texts by their tokens', () => {
    const weight = randomWeight();
    const statistics = weightStatistics(weight, INPUTS);
    const [calm, wild] = [1, 30].map((token) => sampleOf(activations(1, token), weight).linear);
    const errorOf = (calmTokens: number, wildTokens: number, levels: number): number =>
      estimateErrors(
        [
          { tokens: calmTokens, sample: calm! },
          { tokens: wildTokens, sample: wild! },
        ],
        statistics,
        levels,
      ).int8;
    expect(errorOf(1, 0, 127) / errorOf(1, 0, 254)).toBeCloseTo(2, 9);
    expect(errorOf(10, 1, 255)).toBeLessThan(errorOf(1, 10, 255));
  });
});

describe('balanceFactors', () => {
  it('are powers of two that make an outlier channel cost little', () => {
    const [input, weight] = [activations(40, 1), randomWeight()];
    const statistics = weightStatistics(weight, INPUTS);
    const { linear, channels } = sampleOf(input, weight);
    const peaks = channels.high.map((high, channel) => Math.max(high, -channels.low[channel]!));
    const factors = balanceFactors(peaks, [statistics]);
    expect([...factors].every((factor) => Number.isInteger(Math.log2(factor)))).toBe(true);
    expect(factors[9]! / factors[8]!).toBeGreaterThanOrEqual(4);
    const samples = [{ tokens: TOKENS, sample: linear }];
    const plain = estimateErrors(samples, statistics, 255).int8;
    const balanced = estimateBalancedError(samples, [channels], { weight: statistics, factors, levels: 255 });
    expect(balanced).toBeLessThan(plain / 2);
    const ones = new Float32Array(INPUTS).fill(1);
    expect(estimateBalancedError(samples, [channels], { weight: statistics, factors: ones, levels: 255 })).toBeCloseTo(
      plain,
      9,
    );
  });

  it('raise no channel much that was silent in the texts, and take zero weights', () => {
    const weight = randomWeight();
    for (let row = 0; row < OUTPUTS; row++) weight[row * INPUTS + 4] = 0;
    const peaks = new Float32Array(INPUTS).fill(1);
    peaks[2] = 0;
    const factors = balanceFactors(peaks, [weightStatistics(weight, INPUTS)]);
    expect([...factors].every((factor) => Number.isFinite(factor) && factor >= 0.25)).toBe(true);
  });
});
