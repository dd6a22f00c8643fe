import type { AbortableOptions } from '../kernel/abort.ts';
import type { Dtype } from './dtype.ts';

/** How the integers of a quantized tensor stand for real numbers: `real = (q - zeroPoint) * scale`. */
export type TensorQuantization =
  | { readonly granularity: 'per-tensor'; readonly scale: number; readonly zeroPoint: number }
  | {
      readonly granularity: 'per-channel';
      /** The dimension the scales run along; 0 for Linear weights and embeddings. */
      readonly axis: number;
      /** One per index of `axis`; finite and positive. */
      readonly scales: Float64Array;
      /** One per index of `axis`. Integers, except in quantized embeddings (`float` zero points). */
      readonly zeroPoints: Float64Array;
      /** `float` is torch's per_channel_affine_float_qparams: `real = q * scale - zeroPoint * scale`. */
      readonly zeroPointType: 'int' | 'float';
    };

/** The elements of a tensor as they are stored: quantized ones as raw integers, half types as their 16 bits. */
export type TensorElements =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Which part to read: whole slices along the first dimension. */
export interface ReadTensorOptions extends AbortableOptions {
  /** @defaultValue 0 */
  readonly startRow?: number | undefined;
  /** @defaultValue all rows from `startRow` on */
  readonly rowCount?: number | undefined;
}

/**
 * A tensor of a checkpoint, described but not loaded: bytes are read when asked for, straight from the file, row range
 * by row range. Strides, views and shared storages are already resolved: what is read is dense and row-major.
 */
export interface Tensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Product of `shape`. */
  readonly elementCount: number;
  /** Null unless the dtype is a quantized one. */
  readonly quantization: TensorQuantization | null;
  /** Where its storage lies in the checkpoint file. */
  readonly extent: { readonly byteOffset: number; readonly byteLength: number };
  /**
   * Reads stored elements, dense and row-major. `quint4x2` comes unpacked, one value (0..15) a byte; `bool` as bytes;
   * a complex number as two elements, real part first.
   *
   * @throws RangeError when the rows asked for are not there.
   * @throws {@link ByteSourceError} `SOURCE_CLOSED` after the checkpoint was closed, `SOURCE_UNREADABLE`,
   * `SOURCE_OUT_OF_RANGE`.
   */
  readElements(options?: ReadTensorOptions): Promise<TensorElements>;
  /**
   * Reads elements as float32: half types widened, integers converted, quantized ones dequantized as torch does.
   *
   * @throws {@link TensorError} `TENSOR_NO_CONVERSION` for complex numbers; else as {@link readElements}.
   */
  readFloat32(options?: ReadTensorOptions): Promise<Float32Array>;
}
