import { fusedMultiplyAdd } from './float32-math.ts';
import { roundToFloat16 } from './half-precision.ts';
import type { TensorQuantization } from './tensor.ts';

/** Raw integers of a quantized tensor. */
export type QuantizedElements = Int8Array | Uint8Array | Int32Array;

/** Which elements they are. */
export interface QuantizedPart {
  /** Shape of the part: whole rows of the tensor. */
  readonly shape: readonly number[];
  /** Index in the tensor of the part's first row. */
  readonly startRow: number;
}

type PerChannel = Extract<TensorQuantization, { granularity: 'per-channel' }>;

/** Calls `visit` for each run of elements that share a channel. */
function forEachChannelRun(
  { shape, startRow }: QuantizedPart,
  axis: number,
  visit: (channel: number, start: number, end: number) => void,
): void {
  const channels = shape[axis] ?? 1;
  const runLength = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const firstChannel = axis === 0 ? startRow : 0;
  const total = shape.reduce((product, size) => product * size, 1);
  for (let start = 0, run = 0; start < total; start += runLength, run += 1) {
    visit(firstChannel + (run % channels), start, start + runLength);
  }
}

function dequantizeRun(
  q: QuantizedElements,
  out: Float32Array,
  scale: number,
  zeroPoint: number,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i += 1) out[i] = Math.fround((q[i] ?? 0) - zeroPoint) * scale;
}

/**
 * Real values as `Tensor.dequantize()` of torch gives them: the scale as float32, the difference `q - zeroPoint`
 * rounded to float32, one float32 product.
 *
 * @returns Float32Array of as many elements.
 */
export function dequantize(q: QuantizedElements, quantization: TensorQuantization, part: QuantizedPart): Float32Array {
  const out = new Float32Array(q.length);
  if (quantization.granularity === 'per-tensor') {
    dequantizeRun(q, out, Math.fround(quantization.scale), quantization.zeroPoint, 0, q.length);
    return out;
  }
  const { axis, scales, zeroPoints } = quantization;
  forEachChannelRun(part, axis, (channel, start, end) => {
    dequantizeRun(q, out, Math.fround(scales[channel] ?? 0), zeroPoints[channel] ?? 0, start, end);
  });
  return out;
}

/**
 * Real values as the forward pass of `nn.quantized.Embedding` gives them, which differs from {@link dequantize}:
 * rows keep `bias = -(zeroPoint * scale)`, and a value is `fmaf(q, scale, bias)`. Rows of 4-bit tables keep scale and
 * bias as float16 (FBGEMM `embedding_bag_4bit_prepack`).
 *
 * @param bits - 8 for `quint8`, 4 for `quint4x2`.
 * @returns Float32Array of as many elements.
 */
export function dequantizeEmbedding(
  q: QuantizedElements,
  quantization: PerChannel,
  part: QuantizedPart,
  bits: 4 | 8,
): Float32Array {
  const out = new Float32Array(q.length);
  forEachChannelRun(part, quantization.axis, (channel, start, end) => {
    let scale = Math.fround(quantization.scales[channel] ?? 0);
    let bias = Math.fround(-Math.fround((quantization.zeroPoints[channel] ?? 0) * scale));
    if (bits === 4) {
      scale = roundToFloat16(scale);
      bias = roundToFloat16(bias);
    }
    for (let i = start; i < end; i += 1) out[i] = fusedMultiplyAdd(q[i] ?? 0, scale, bias);
  });
  return out;
}
