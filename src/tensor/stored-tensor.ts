import type { ByteSource } from '../kernel/byte-source.ts';
import { dequantize, dequantizeEmbedding, type QuantizedPart } from './dequantize.ts';
import { DTYPE_LAYOUTS, storageBytes } from './dtype-layout.ts';
import type { Dtype } from './dtype.ts';
import { gatherStrided } from './gather.ts';
import { assertGeometry, countElements, elementSpan, isDense, type TensorGeometry } from './geometry.ts';
import { widenBfloat16, widenFloat16 } from './half-precision.ts';
import { assertQuantization } from './quantization.ts';
import { TensorError } from './tensor-error.ts';
import type { ReadTensorOptions, Tensor, TensorElements, TensorQuantization } from './tensor.ts';

/** Everything a tensor needs to be read from a file. */
export interface StoredTensorDescription extends TensorGeometry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly quantization: TensorQuantization | null;
  /** The bytes of its storage in the source; several tensors may share one. */
  readonly storage: { readonly byteOffset: number; readonly byteLength: number };
}

/** A range of rows, as the tensor of its own that it is. */
interface Part extends TensorGeometry {
  readonly startRow: number;
  readonly elementCount: number;
}

/** A tensor whose bytes stay in a {@link ByteSource} until they are read. */
export class StoredTensor implements Tensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly elementCount: number;
  readonly quantization: TensorQuantization | null;
  readonly extent: { readonly byteOffset: number; readonly byteLength: number };
  readonly #source: ByteSource;
  readonly #strides: readonly number[];
  readonly #storageOffset: number;

  /**
   * @throws {@link TensorError} `TENSOR_INVALID_GEOMETRY` or `TENSOR_INVALID_QUANTIZATION` when the description does not
   * fit its storage, `TENSOR_LIMIT_EXCEEDED` when the dense elements would be larger than the whole source (an expanded
   * view of a tiny file can claim terabytes, CWE-789).
   */
  constructor(source: ByteSource, description: StoredTensorDescription) {
    const { name, dtype, shape, strides, storageOffset, storage, quantization } = description;
    const { unitBytes, elementsPerUnit } = DTYPE_LAYOUTS[dtype];
    assertGeometry(description, Math.floor(storage.byteLength / unitBytes) * elementsPerUnit);
    assertQuantization(dtype, shape, quantization);
    this.name = name;
    this.dtype = dtype;
    this.shape = [...shape];
    this.elementCount = countElements(shape);
    this.quantization = quantization;
    this.extent = { ...storage };
    this.#source = source;
    this.#strides = [...strides];
    this.#storageOffset = storageOffset;
    const denseBytes = storageBytes(dtype, this.elementCount);
    if (denseBytes > source.sizeBytes) {
      throw new TensorError(`its ${denseBytes} bytes are more than the ${source.sizeBytes} bytes of the whole file`, {
        code: 'TENSOR_LIMIT_EXCEEDED',
        details: { denseBytes, limit: source.sizeBytes },
      });
    }
  }

  async readElements(options: ReadTensorOptions = {}): Promise<TensorElements> {
    return this.#readPart(this.#part(options), options.signal);
  }

  async readFloat32(options: ReadTensorOptions = {}): Promise<Float32Array> {
    const part = this.#part(options);
    return this.#toFloat32(await this.#readPart(part, options.signal), part);
  }

  #part({ startRow = 0, rowCount }: ReadTensorOptions): Part {
    const rows = this.shape[0] ?? 1;
    const count = rowCount ?? rows - startRow;
    const isInside = Number.isInteger(startRow) && Number.isInteger(count) && startRow >= 0 && count >= 0;
    if (!isInside || startRow + count > rows) {
      throw new RangeError(`rows ${startRow} to ${startRow + count} are outside the ${rows} rows of ${this.name}`);
    }
    // A scalar has one row: itself.
    const shape = this.shape.length === 0 ? (count === 1 ? [] : [0]) : [count, ...this.shape.slice(1)];
    const strides = shape.length === this.#strides.length ? this.#strides : [1];
    const storageOffset = this.#storageOffset + startRow * (this.#strides[0] ?? 0);
    return { shape, strides, storageOffset, startRow, elementCount: countElements(shape) };
  }

  async #readPart(part: Part, signal: AbortSignal | undefined): Promise<TensorElements> {
    signal?.throwIfAborted();
    const { unitBytes, elementsPerUnit, allocate } = DTYPE_LAYOUTS[this.dtype];
    if (part.elementCount === 0) return allocate(0);
    if (elementsPerUnit > 1) return this.#readPacked(part);
    const elements = allocate(part.elementCount);
    const target = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    const position = this.extent.byteOffset + part.storageOffset * unitBytes;
    if (isDense(part.shape, part.strides)) {
      await this.#source.read(target, position);
    } else {
      const span = new Uint8Array(elementSpan(part.shape, part.strides) * unitBytes);
      await this.#source.read(span, position);
      gatherStrided(span, target, { shape: part.shape, strides: part.strides, elementBytes: unitBytes });
    }
    signal?.throwIfAborted();
    return elements;
  }

  /** Two elements a byte: the even one in the low nibble. */
  async #readPacked(part: Part): Promise<Uint8Array> {
    const span = elementSpan(part.shape, part.strides);
    const firstByte = Math.floor(part.storageOffset / 2);
    const packed = new Uint8Array(Math.floor((part.storageOffset + span - 1) / 2) - firstByte + 1);
    await this.#source.read(packed, this.extent.byteOffset + firstByte);
    const unpacked = new Uint8Array(span);
    const skipped = part.storageOffset % 2;
    for (let i = 0; i < span; i += 1) {
      const byte = packed[(i + skipped) >> 1] ?? 0;
      unpacked[i] = (i + skipped) & 1 ? byte >> 4 : byte & 0x0f;
    }
    if (isDense(part.shape, part.strides)) return unpacked;
    const elements = new Uint8Array(part.elementCount);
    gatherStrided(unpacked, elements, { shape: part.shape, strides: part.strides, elementBytes: 1 });
    return elements;
  }

  #toFloat32(elements: TensorElements, part: QuantizedPart): Float32Array {
    if (this.dtype === 'complex64' || this.dtype === 'complex128') {
      throw new TensorError(`${this.name} holds complex numbers, which have no float32 form`, {
        code: 'TENSOR_NO_CONVERSION',
        details: { name: this.name, dtype: this.dtype },
      });
    }
    if (elements instanceof Float32Array) return elements;
    if (elements instanceof Uint16Array) {
      return this.dtype === 'bfloat16' ? widenBfloat16(elements) : widenFloat16(elements);
    }
    if (elements instanceof BigInt64Array) return Float32Array.from(elements, Number);
    if (elements instanceof Float64Array || elements instanceof Int16Array) return Float32Array.from(elements);
    if (this.dtype === 'bool') return Float32Array.from(elements, (value) => (value === 0 ? 0 : 1));
    if (this.quantization === null) return Float32Array.from(elements);
    const { quantization } = this;
    if (quantization.granularity === 'per-channel' && quantization.zeroPointType === 'float') {
      return dequantizeEmbedding(elements, quantization, part, this.dtype === 'quint4x2' ? 4 : 8);
    }
    return dequantize(elements, quantization, part);
  }
}
