import type { LinearLayer } from '../linear-form.ts';
import {
  balanceFactors,
  estimateBalancedError,
  estimateErrors,
  type FormErrors,
  type Weighted,
  type WeightStatistics,
} from './quantization-error.ts';
import type { ChannelSample, LinearSample, TextSample, WatchedLinear } from './statistics-probe.ts';

/** What is known of a Linear before anything is tried. */
export interface MeasuredLinear {
  readonly errors: FormErrors;
  /** Factors of its input channels, where they make the error of `int8` much smaller. */
  readonly balance: Float32Array | null;
  /** Multiplications a token. */
  readonly size: number;
}

export interface MeasureOptions {
  /** Tokens of each text: its weight in a mean. */
  readonly tokenCounts: readonly number[];
  /** Steps of an int8 activation with one scale a tensor: 255, or 127 for 7 bits. */
  readonly levels: number;
  /** Whether `rowwise` may be chosen. */
  readonly allowsRowwise: boolean;
  /** Whether input channels may be divided by factors of their own. */
  readonly balances: boolean;
}

/** Dividing the channels is a pass over the input: it must bring the error below this part of what it was. */
const WORTHWHILE = 0.7;

/**
 * Estimates the errors of every Linear's forms from what was sampled while the network ran in float32.
 *
 * @param samples - One for each text.
 * @returns by module, in the order of `linears`.
 */
export function measureLinears(
  linears: readonly WatchedLinear[],
  weights: ReadonlyMap<LinearLayer, WeightStatistics>,
  samples: readonly TextSample[],
  options: MeasureOptions,
): ReadonlyMap<string, MeasuredLinear> {
  const weightOf = ({ layer }: WatchedLinear): WeightStatistics => weights.get(layer) ?? NO_WEIGHT;
  const measured = new Map<string, MeasuredLinear>();
  for (const sharing of Map.groupBy(linears, ({ input }) => input).values()) {
    const group = sharing.map((linear) => {
      const index = linears.indexOf(linear);
      const texts = samples.flatMap(({ linears: all }, text) => {
        const [sample, tokens] = [all[index], options.tokenCounts[text]];
        return sample === undefined || tokens === undefined ? [] : [{ tokens, sample }];
      });
      return { linear, weight: weightOf(linear), texts };
    });
    for (const [module, result] of measureSharing(group, samples, options)) measured.set(module, result);
  }
  return measured;
}

const NO_WEIGHT: WeightStatistics = { columnEnergies: new Float64Array(0), columnPeaks: new Float32Array(0) };

interface SampledLinear {
  readonly linear: WatchedLinear;
  readonly weight: WeightStatistics;
  readonly texts: ReadonlyArray<Weighted<LinearSample>>;
}

/** Linears that share an input are balanced together or not at all: it is quantized once for them. */
function measureSharing(
  group: readonly SampledLinear[],
  samples: readonly TextSample[],
  { levels, allowsRowwise, balances }: MeasureOptions,
): Array<[module: string, measured: MeasuredLinear]> {
  const plain = group.map(({ weight, texts }) => {
    const errors = estimateErrors(texts, weight, levels);
    return allowsRowwise ? errors : { ...errors, rowwise: Infinity };
  });
  const [first] = group;
  const channels = samples.flatMap(({ channels: all }) => all.get(first?.linear.input ?? '') ?? []);
  // Behind an activation function the outliers are tokens rather than channels: `rowwise` is for them.
  const factors =
    balances && first !== undefined && first.linear.layer.inputMinimum === undefined
      ? balanceFactors(
          channelPeaks(channels),
          group.map(({ weight }) => weight),
        )
      : null;
  const balanced = group.map(({ weight, texts }) =>
    factors === null ? Infinity : estimateBalancedError(texts, channels, { weight, factors, levels }),
  );
  const pays = rootSum(balanced) < WORTHWHILE * rootSum(plain.map(({ int8 }) => int8));
  return group.map(({ linear }, index) => {
    const errors = plain[index] ?? { int8: Infinity, rowwise: Infinity, float32: 0 };
    const int8 = pays ? (balanced[index] ?? Infinity) : errors.int8;
    return [
      linear.layer.module,
      {
        errors: { ...errors, int8 },
        balance: pays ? factors : null,
        size: linear.layer.inputSize * linear.layer.outputSize,
      },
    ];
  });
}

/** Largest magnitude of each channel over all texts. */
function channelPeaks(channels: readonly ChannelSample[]): Float32Array {
  const peaks = new Float32Array(channels[0]?.high.length ?? 0);
  for (const { high, low } of channels) {
    for (let channel = 0; channel < peaks.length; channel++) {
      peaks[channel] = Math.max(peaks[channel] ?? 0, high[channel] ?? 0, -(low[channel] ?? 0));
    }
  }
  return peaks;
}

function rootSum(errors: readonly number[]): number {
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0));
}
