import { DTYPE_LAYOUTS } from './dtype-layout.ts';
import type { Dtype } from './dtype.ts';
import { TensorError } from './tensor-error.ts';
import type { TensorQuantization } from './tensor.ts';

const MIN_INT32 = -(2 ** 31);
const MAX_INT32 = 2 ** 31 - 1;

function invalid(problem: string, details: Readonly<Record<string, unknown>>): TensorError {
  return new TensorError(problem, { code: 'TENSOR_INVALID_QUANTIZATION', details });
}

function assertScale(scale: number, channel: number | null): void {
  // Kernels compute in float32: a scale that vanishes or overflows there is as bad as 0 or infinity.
  const single = Math.fround(scale);
  if (single > 0 && single < Infinity) return;
  const where = channel === null ? '' : ` of channel ${channel}`;
  throw invalid(`the scale${where} is ${scale}, not a positive float32`, { scale, channel });
}

function assertZeroPoint(zeroPoint: number, type: 'int' | 'float'): void {
  const isValid =
    type === 'float'
      ? Number.isFinite(zeroPoint)
      : Number.isInteger(zeroPoint) && zeroPoint >= MIN_INT32 && zeroPoint <= MAX_INT32;
  if (!isValid) throw invalid(`the zero point ${zeroPoint} is not a valid ${type} zero point`, { zeroPoint, type });
}

/**
 * Checks what torch does not: scales finite and positive, as many of them as the axis is long, an axis that exists.
 * Checkpoints with garbage scales exist: torch writes them when the quantized module was freed before saving.
 *
 * @throws {@link TensorError} `TENSOR_INVALID_QUANTIZATION`.
 */
export function assertQuantization(
  dtype: Dtype,
  shape: readonly number[],
  quantization: TensorQuantization | null,
): void {
  if (DTYPE_LAYOUTS[dtype].isQuantized !== (quantization !== null)) {
    throw invalid(`dtype ${dtype} ${quantization === null ? 'needs' : 'has no'} quantization parameters`, { dtype });
  }
  if (quantization === null) return;
  if (quantization.granularity === 'per-tensor') {
    assertScale(quantization.scale, null);
    assertZeroPoint(quantization.zeroPoint, 'int');
    return;
  }
  const { axis, scales, zeroPoints, zeroPointType } = quantization;
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw invalid(`axis ${axis} does not exist in shape [${shape.join(', ')}]`, { axis, shape });
  }
  if (scales.length !== shape[axis] || zeroPoints.length !== shape[axis]) {
    throw invalid(
      `${scales.length} scales and ${zeroPoints.length} zero points do not fit the ${shape[axis]} channels of axis ${axis}`,
      { axis, shape, scaleCount: scales.length, zeroPointCount: zeroPoints.length },
    );
  }
  scales.forEach((scale, channel) => assertScale(scale, channel));
  zeroPoints.forEach((zeroPoint) => assertZeroPoint(zeroPoint, zeroPointType));
}
