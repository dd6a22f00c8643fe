import { fusedMultiplyAdd, roundHalfEven } from './float32-math.ts';

/** Activation integers of PyTorch's dynamic Linear: 0..127 (`reduce-range`) or 0..255 (`full`). */
export type QuantizedActivationRange = 'reduce-range' | 'full';

const MAX_QUANTIZED: Readonly<Record<QuantizedActivationRange, number>> = { 'reduce-range': 127, full: 255 };

/** Smallest scale torch uses, `SMALL_SCALE_THRESHOLD`: a float32 constant. */
const SMALL_SCALE = Math.fround(6.1e-5);
/** Scale when the range of the activations is 0. */
const DEFAULT_SCALE = 0.1;
/** Activations saturate at 8 bits even where the range is reduced: 128 can occur. */
const MAX_ACTIVATION = 255;

/** How activations are quantized: `q = round(x / scale + zeroPoint)`. */
export interface ActivationParameters {
  /** A double, as torch keeps it; the kernels round it to float32. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A Linear with quantized weights. */
export interface QuantizedLinear {
  /** qint8 of shape [outFeatures, inFeatures], row-major. */
  readonly weight: Int8Array;
  readonly outFeatures: number;
  readonly inFeatures: number;
  /** One for the tensor or one per output feature. */
  readonly scales: Float64Array;
  /** As many as scales. */
  readonly zeroPoints: Float64Array;
  /** float32 of `outFeatures`, or null. */
  readonly bias: Float32Array | null;
  readonly activationRange: QuantizedActivationRange;
}

/** Widens a range so that the smallest scale spans it; both ends are float32. */
function widenRange(min: number, max: number, scale: number, steps: number): readonly [min: number, max: number] {
  if (min === 0) return [min, Math.fround(SMALL_SCALE * steps)];
  if (max === 0) return [Math.fround(-SMALL_SCALE * steps), max];
  const factor = Math.fround(SMALL_SCALE / Math.fround(scale));
  return [Math.fround(min * factor), Math.fround(max * factor)];
}

/**
 * Chooses scale and zero point for activations between `min` and `max`: `ChooseQuantizationParams` of
 * ATen/native/quantized/cpu/QuantUtils.h, bit for bit.
 *
 * @param min - Smallest activation, float32.
 * @param max - Largest activation, float32.
 */
export function chooseActivationParameters(
  min: number,
  max: number,
  range: QuantizedActivationRange,
): ActivationParameters {
  const steps = MAX_QUANTIZED[range];
  // Zero must be exact, since padding is zero.
  let low = Math.min(Math.fround(min), 0);
  let high = Math.max(Math.fround(max), 0);
  let scale = (high - low) / steps;
  const single = Math.fround(scale);
  if (single === 0 || Math.fround(1 / single) === Infinity) scale = DEFAULT_SCALE;
  if (scale < SMALL_SCALE) {
    [low, high] = widenRange(low, high, scale, steps);
    scale = SMALL_SCALE;
  }
  const fromMin = 0 - low / scale;
  const fromMax = steps - high / scale;
  // Which end loses less by rounding. Minus signs as in ATen; FBGEMM's own copy adds.
  const initial = -Math.abs(low / scale) < steps - Math.abs(high / scale) ? fromMin : fromMax;
  const zeroPoint = initial < 0 ? 0 : initial > steps ? steps : roundHalfEven(initial);
  return { scale, zeroPoint };
}

/**
 * Quantizes activations to uint8 as FBGEMM did until April 2026: the zero point is added before rounding, in one fused
 * multiply-add.
 *
 * @returns Uint8Array of as many elements.
 */
export function quantizeActivations(input: Float32Array, { scale, zeroPoint }: ActivationParameters): Uint8Array {
  const inverse = Math.fround(1 / Math.fround(scale));
  const quantized = new Uint8Array(input.length);
  for (let i = 0; i < input.length; i += 1) {
    const value = roundHalfEven(fusedMultiplyAdd(input[i] ?? 0, inverse, zeroPoint));
    quantized[i] = value < 0 ? 0 : value > MAX_ACTIVATION ? MAX_ACTIVATION : value;
  }
  return quantized;
}

function activationParametersOf(input: Float32Array, range: QuantizedActivationRange): ActivationParameters {
  let min = 0;
  let max = 0;
  for (const value of input) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return chooseActivationParameters(min, max, range);
}

function assertShapes(input: Float32Array, rows: number, linear: QuantizedLinear): void {
  const { weight, outFeatures, inFeatures, scales, zeroPoints, bias } = linear;
  const channels = scales.length === 1 ? 1 : outFeatures;
  if (
    input.length !== rows * inFeatures ||
    weight.length !== outFeatures * inFeatures ||
    scales.length !== channels ||
    zeroPoints.length !== channels ||
    (bias !== null && bias.length !== outFeatures)
  ) {
    throw new RangeError(
      `input of ${input.length}, weight of ${weight.length}, ${scales.length} scales, ${zeroPoints.length} zero points and ` +
        `bias of ${bias?.length ?? 0} do not fit a Linear from ${inFeatures} to ${outFeatures} over ${rows} rows`,
    );
  }
}

/**
 * What `torch.nn.quantized.dynamic.Linear` computes on x86 (FBGEMM), bit for bit: the integer reference that faster
 * kernels are tested against. One activation scale for the whole input, so the result for a row depends on the others.
 *
 * @param input - Finite float32 of shape [rows, inFeatures], row-major.
 * @returns Float32Array of shape [rows, outFeatures], row-major.
 * @throws RangeError when the arrays do not fit together.
 */
export function dynamicLinear(input: Float32Array, rows: number, linear: QuantizedLinear): Float32Array {
  assertShapes(input, rows, linear);
  const { weight, outFeatures, inFeatures, scales, zeroPoints, bias, activationRange } = linear;
  const parameters = activationParametersOf(input, activationRange);
  const quantized = quantizeActivations(input, parameters);
  const inputScale = Math.fround(parameters.scale);
  const output = new Float32Array(rows * outFeatures);
  const perTensor = scales.length === 1;
  for (let feature = 0; feature < outFeatures; feature += 1) {
    const channel = perTensor ? 0 : feature;
    const weightZeroPoint = zeroPoints[channel] ?? 0;
    // One float32 product, computed before the accumulator comes in.
    const multiplier = Math.fround(inputScale * Math.fround(scales[channel] ?? 0));
    const weightStart = feature * inFeatures;
    for (let row = 0; row < rows; row += 1) {
      const inputStart = row * inFeatures;
      let sum = 0;
      // Integers below 2^53: exact, and the same as the int32 of the kernels.
      for (let k = 0; k < inFeatures; k += 1) {
        sum +=
          ((quantized[inputStart + k] ?? 0) - parameters.zeroPoint) *
          ((weight[weightStart + k] ?? 0) - weightZeroPoint);
      }
      // int32 to float32 rounds above 2^24.
      const accumulator = Math.fround(sum);
      output[row * outFeatures + feature] =
        bias === null ? accumulator * multiplier : fusedMultiplyAdd(accumulator, multiplier, bias[feature] ?? 0);
    }
  }
  return output;
}
