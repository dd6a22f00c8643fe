import type { ModelWeights } from '../../../src/model/onnx/model-weights.ts';
import type { QuantizedLinear } from '../../../src/tensor/dynamic-linear.ts';
import { roundHalfEven } from '../../../src/tensor/float32-math.ts';

const { fround } = Math;

/** A dynamically quantized Linear of a checkpoint, as the integer reference takes it. */
export async function quantizedLinear(weights: ModelWeights, module: string): Promise<QuantizedLinear> {
  const weight = weights.find(`${module}.weight`)!;
  const quantization = weight.quantization!;
  const perTensor = quantization.granularity === 'per-tensor';
  const [outFeatures = 0, inFeatures = 0] = weight.shape;
  return {
    weight: (await weight.readElements()) as Int8Array,
    outFeatures,
    inFeatures,
    scales: perTensor ? Float64Array.of(quantization.scale) : quantization.scales,
    zeroPoints: perTensor ? Float64Array.of(quantization.zeroPoint) : quantization.zeroPoints,
    bias: (await weights.find(`${module}.bias`)?.readFloat32()) ?? null,
    activationRange: weights.dynamicLinear(module)?.activationRange === 'full' ? 'full' : 'reduce-range',
  };
}

/**
 * The integer reference of 8-bit activations, with ONNX Runtime's roundings: scale and zero point in float32,
 * activations `rint(x / scale) + zeroPoint`, the bias added after the product was rounded.
 */
export function linearOf8Bits(input: Float32Array, linear: QuantizedLinear): Float32Array {
  const { weight, inFeatures, outFeatures, scales, zeroPoints, bias } = linear;
  const { scale, zeroPoint } = dynamicQuantizeLinearParameters(input);
  const quantized = Int32Array.from(input, (value) =>
    Math.min(255, Math.max(0, roundHalfEven(fround(value / scale)) + zeroPoint)),
  );
  return Float32Array.from({ length: (input.length / inFeatures) * outFeatures }, (_, index) => {
    const [row, feature] = [Math.floor(index / outFeatures), index % outFeatures];
    const channel = scales.length === 1 ? 0 : feature;
    let sum = 0;
    for (let k = 0; k < inFeatures; k++) {
      sum +=
        (quantized[row * inFeatures + k]! - zeroPoint) * (weight[feature * inFeatures + k]! - zeroPoints[channel]!);
    }
    return fround(fround(sum) * fround(scale * fround(scales[channel]!))) + (bias?.[feature] ?? 0);
  });
}

/** Scale and zero point of the ONNX operator DynamicQuantizeLinear, opset 11, in float32. */
export function dynamicQuantizeLinearParameters(input: Float32Array): { scale: number; zeroPoint: number } {
  const minimum = input.reduce((left, right) => Math.min(left, right), 0);
  const maximum = input.reduce((left, right) => Math.max(left, right), 0);
  const scale = fround(fround(maximum - minimum) / 255);
  return { scale, zeroPoint: roundHalfEven(Math.min(255, Math.max(0, -fround(minimum / scale)))) };
}
