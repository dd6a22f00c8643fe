import type { ByteSource } from '../../kernel/byte-source.ts';
import { DTYPE_LAYOUTS } from '../../tensor/dtype-layout.ts';
import type { Dtype } from '../../tensor/dtype.ts';
import { StoredTensor } from '../../tensor/stored-tensor.ts';
import type { TensorQuantization } from '../../tensor/tensor.ts';
import type { CheckpointFailure } from '../checkpoint-error.ts';
import { describeTensor } from '../describe-tensor.ts';
import { describeValue, isDict, isSequence, type PickleCall, type PickleValue } from '../pickle/values.ts';
import { resolveStorage, type FindStorage, type StorageReference } from './storage-table.ts';
import { findTorchDtype, isTorchDtype, QSCHEME, REBUILD, UNTYPED_STORAGE } from './torch-globals.ts';

/** How deep calls may be nested: a parameter with attributes around a tensor, with room to spare (CWE-674). */
const MAX_WRAPPING = 4;

/**
 * Fewest bytes of the file a scale or zero point takes, all of them together: two floats of 4 in embeddings. Tensors
 * that share a storage, or repeat it by a stride of 0, could otherwise make gigabytes out of a small file (CWE-409).
 */
const MIN_CHANNEL_VALUE_BYTES = 4;

/** A tensor of a dtype this package does not read. */
export interface UnreadableTensor {
  readonly unreadable: string;
}

interface Geometry {
  readonly storageOffset: number;
  readonly shape: number[];
  readonly strides: number[];
}

/** Whether the value is a call of a function that makes a tensor. */
export function isTensorCall(value: PickleValue | undefined): value is PickleCall {
  if (typeof value !== 'object' || value === null || value.kind !== 'call') return false;
  return Object.values<string>(REBUILD).includes(value.callee);
}

/** Whether the last argument of a rebuild function, `{'conj': True}` or `{'neg': True}`, changes what elements mean. */
function isLazilyChanged(metadata: PickleValue | undefined): boolean {
  return isDict(metadata) && [...metadata.entries.values()].some((value) => value !== false && value !== null);
}

/** Makes lazily read tensors out of the calls a pickle records. */
export class TensorRebuilder {
  readonly #source: ByteSource;
  readonly #findStorage: FindStorage;
  readonly #failure: CheckpointFailure;
  /** Scales and zero points read so far. */
  #channelValueCount = 0;

  constructor(source: ByteSource, findStorage: FindStorage, failure: CheckpointFailure) {
    this.#source = source;
    this.#findStorage = findStorage;
    this.#failure = failure;
  }

  /**
   * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED`, `CHECKPOINT_LIMIT_EXCEEDED`,
   * `CHECKPOINT_INVALID_QUANTIZATION`.
   */
  async rebuild(name: string, call: PickleCall): Promise<StoredTensor | UnreadableTensor> {
    const { callee, args, byteOffset } = this.#unwrap(name, call);
    if (callee === REBUILD.quantizedTensor) return this.#quantized(name, args, byteOffset);
    const storage = resolveStorage(args[0], this.#findStorage, this.#failure);
    const dtype = callee === REBUILD.tensorV3 ? this.#explicitDtype(args[6], byteOffset) : storage.dtype;
    if (dtype === null)
      return { unreadable: callee === REBUILD.tensorV3 ? describeValue(args[6] ?? null) : storage.className };
    if (isLazilyChanged(args[callee === REBUILD.tensorV3 ? 7 : 6]))
      return { unreadable: `torch.${dtype} with a pending conjugation or negation` };
    if (DTYPE_LAYOUTS[dtype].isQuantized)
      throw this.#failure.malformed(`${name} is built from quantized elements without their scales`, byteOffset);
    return this.#create(name, dtype, storage, this.#geometry(name, args, byteOffset), null);
  }

  /** Parameters are tensors that train, others have attributes: nothing of that matters here. */
  #unwrap(name: string, call: PickleCall): PickleCall {
    let inner: PickleValue = call;
    for (let depth = 0; depth < MAX_WRAPPING; depth += 1) {
      if (!isTensorCall(inner)) break;
      const { callee, args }: PickleCall = inner;
      if (callee === REBUILD.fromType || callee === REBUILD.fromTypeV2) inner = this.#callWithin(name, inner);
      else if (callee === REBUILD.parameter || callee === REBUILD.parameterWithState) inner = args[0] ?? null;
      else return inner;
    }
    throw this.#failure.malformed(`parameter ${name} holds ${describeValue(inner)}, not a tensor`, call.byteOffset);
  }

  /** The call that `_rebuild_from_type_v2(function, class, arguments, state)` makes first. */
  #callWithin(name: string, { args, byteOffset }: PickleCall): PickleCall {
    const [callee, , innerArgs] = args;
    if (typeof callee !== 'object' || callee?.kind !== 'global' || !isSequence(innerArgs)) {
      throw this.#failure.malformed(`${name} is rebuilt by ${describeValue(callee ?? null)}`, byteOffset);
    }
    return { kind: 'call', callee: callee.name, args: innerArgs.items, byteOffset };
  }

  #explicitDtype(value: PickleValue | undefined, at: number): Dtype | null {
    if (typeof value !== 'object' || value === null || value.kind !== 'global' || !isTorchDtype(value.name)) {
      throw this.#failure.malformed(`a tensor has ${describeValue(value ?? null)} for a dtype`, at);
    }
    return findTorchDtype(value.name) ?? null;
  }

  #geometry(name: string, args: readonly PickleValue[], at: number): Geometry {
    const [, storageOffset, shape, strides] = args;
    if (typeof storageOffset !== 'number')
      throw this.#failure.malformed(`${name} has no whole-numbered storage offset`, at);
    return { storageOffset, shape: this.#integers(name, shape, at), strides: this.#integers(name, strides, at) };
  }

  #integers(name: string, value: PickleValue | undefined, at: number): number[] {
    const items = isSequence(value) ? value.items : this.#size(value);
    if (items === undefined)
      throw this.#failure.malformed(`${name} has ${describeValue(value ?? null)} for a size`, at);
    return items.map((item) => {
      if (typeof item === 'number') return item;
      throw this.#failure.malformed(`${name} has a size or stride that is no integer up to 2^53`, at);
    });
  }

  /** `torch.Size((2, 3))`. */
  #size(value: PickleValue | undefined): readonly PickleValue[] | undefined {
    if (typeof value !== 'object' || value === null || value.kind !== 'call' || value.callee !== 'torch.Size')
      return undefined;
    const [items] = value.args;
    return isSequence(items) ? items.items : undefined;
  }

  async #quantized(name: string, args: readonly PickleValue[], at: number): Promise<StoredTensor | UnreadableTensor> {
    const storage = resolveStorage(args[0], this.#findStorage, this.#failure);
    if (storage.dtype === null && storage.className !== UNTYPED_STORAGE) return { unreadable: storage.className };
    const geometry = this.#geometry(name, args, at);
    if (storage.dtype === null || !DTYPE_LAYOUTS[storage.dtype].isQuantized) {
      throw this.#failure.malformed(`quantized tensor ${name} lies in a ${storage.className}`, at);
    }
    const qparams = args[4];
    if (!isSequence(qparams)) throw this.#failure.malformed(`${name} has no quantization parameters`, at);
    const quantization = await this.#quantization(name, qparams.items, geometry.shape, at);
    return this.#create(name, storage.dtype, storage, geometry, quantization);
  }

  async #quantization(
    name: string,
    qparams: readonly PickleValue[],
    shape: readonly number[],
    at: number,
  ): Promise<TensorQuantization> {
    const [scheme, scales, zeroPoints, axis] = qparams;
    const schemeName = describeValue(scheme ?? null);
    if (schemeName === QSCHEME.perTensor) {
      const scale = this.#float(scales);
      if (scale === undefined || typeof zeroPoints !== 'number') {
        throw this.#failure.malformed(`${name} has no number for scale or zero point`, at);
      }
      return { granularity: 'per-tensor', scale, zeroPoint: zeroPoints };
    }
    const isFloatScheme = schemeName === QSCHEME.perChannelFloat;
    if ((schemeName !== QSCHEME.perChannel && !isFloatScheme) || typeof axis !== 'number') {
      throw this.#failure.malformed(`${name} has the quantization scheme ${schemeName}`, at);
    }
    // Known before anything is read: one scale for each index of the axis.
    const channels = shape[axis] ?? 0;
    const scaleValues = await this.#channelValues(`${name} scales`, scales, channels, at);
    const zeroPointValues = await this.#channelValues(`${name} zero points`, zeroPoints, channels, at);
    return {
      granularity: 'per-channel',
      axis,
      scales: scaleValues.values,
      zeroPoints: zeroPointValues.values,
      // torch says per_channel_affine for both kinds; only the dtype of the zero points tells them apart.
      zeroPointType: isFloatScheme || zeroPointValues.isFloat ? 'float' : 'int',
    };
  }

  #float(value: PickleValue | undefined): number | undefined {
    if (typeof value === 'number') return value;
    return typeof value === 'object' && value !== null && value.kind === 'float' ? value.value : undefined;
  }

  /** A tensor of numbers, or a plain list of them in files of old versions. */
  async #channelValues(
    name: string,
    value: PickleValue | undefined,
    channels: number,
    at: number,
  ): Promise<{ values: Float64Array; isFloat: boolean }> {
    this.#channelValueCount += channels;
    const limit = Math.floor(this.#source.sizeBytes / MIN_CHANNEL_VALUE_BYTES);
    if (this.#channelValueCount > limit) {
      const problem = `the scales and zero points up to ${name} are ${this.#channelValueCount} numbers`;
      throw this.#failure.limitExceeded(problem, limit, at);
    }
    if (isSequence(value)) {
      const numbers = value.items.length === channels ? value.items.map((item) => this.#float(item)) : [undefined];
      if (numbers.includes(undefined)) throw this.#failure.malformed(`${name} are not ${channels} numbers`, at);
      const isFloat = value.items.some((item) => typeof item !== 'number');
      return { values: Float64Array.from(numbers, (number) => number ?? Number.NaN), isFloat };
    }
    const tensor = isTensorCall(value) ? await this.rebuild(name, value) : undefined;
    if (!(tensor instanceof StoredTensor) || tensor.shape.length !== 1 || tensor.elementCount !== channels) {
      throw this.#failure.malformed(`${name} are not a tensor of ${channels} numbers`, at);
    }
    const elements = await tensor.readElements();
    if (elements instanceof Float64Array || (elements instanceof Float32Array && tensor.dtype === 'float32')) {
      return { values: Float64Array.from(elements), isFloat: true };
    }
    if (elements instanceof BigInt64Array || (elements instanceof Int32Array && tensor.dtype === 'int32')) {
      return { values: Float64Array.from(elements, Number), isFloat: false };
    }
    throw this.#failure.malformed(`${name} have dtype ${tensor.dtype}`, at);
  }

  #create(
    name: string,
    dtype: Dtype,
    { byteOffset, byteLength }: StorageReference,
    geometry: Geometry,
    quantization: TensorQuantization | null,
  ): StoredTensor {
    return describeTensor(
      this.#source,
      { name, dtype, ...geometry, storage: { byteOffset, byteLength }, quantization },
      this.#failure,
    );
  }
}
