import { StoredTensor } from '../tensor/stored-tensor.ts';
import type { CheckpointFailure } from './checkpoint-error.ts';
import { describeValue, isSequence, type PickleCall, type PickleValue } from './pickle/values.ts';
import type { ActivationRange, CheckpointFormat, DynamicLinear, StateDict } from './state-dict.ts';
import { isTensorCall, type TensorRebuilder } from './torch/rebuild-tensor.ts';

/** Name endings that packed modules leave in a state dict. */
const PACKED = {
  linear: '._packed_params._packed_params',
  linearV2Weight: '._packed_params.weight',
  linearV2Bias: '._packed_params.bias',
  embedding: '._packed_params._packed_weight',
} as const;

/** Most entries of a state dict (CWE-770); the largest published embedding models have some thousands. */
const MAX_STATE_DICT_ENTRIES = 50_000;

/** Most tensors of all files together (CWE-770). */
const MAX_TENSORS = 100_000;

/** Version of `nn.quantized.dynamic.Linear` from which on torch uses 7-bit activations on x86. */
const REDUCE_RANGE_VERSION = 4;

/** The file an entry comes from. */
export interface EntryOrigin {
  readonly rebuilder: TensorRebuilder;
  readonly failure: CheckpointFailure;
}

/** A packed Linear: what its activations are depends on its version, which may stand in another shard. */
interface PackedLinear {
  readonly weight: StoredTensor;
  /** Versions 1 and 2 have layouts of their own; 3 and 4 share one. */
  readonly isOldLayout: boolean;
}

/** Collects the tensors of a checkpoint under their plain names, whatever layout their modules were packed in. */
export class StateDictBuilder {
  readonly #failure: CheckpointFailure;
  readonly #tensors = new Map<string, StoredTensor>();
  readonly #linears = new Map<string, PackedLinear>();
  readonly #quantizedEmbeddings = new Set<string>();
  readonly #ignoredEntries = new Map<string, string>();
  readonly #versions = new Map<string, number>();
  #entryCount = 0;

  /** @param failure - Of the checkpoint as a whole: of its index file when it has shards. */
  constructor(failure: CheckpointFailure) {
    this.#failure = failure;
  }

  /**
   * Counts entries before they are added.
   *
   * @throws {@link CheckpointError} `CHECKPOINT_LIMIT_EXCEEDED`.
   */
  announce(entryCount: number, failure: CheckpointFailure): void {
    this.#entryCount += entryCount;
    if (this.#entryCount > MAX_STATE_DICT_ENTRIES)
      throw failure.limitExceeded(`the state dict has ${this.#entryCount} entries`, MAX_STATE_DICT_ENTRIES);
  }

  /** Takes note of module versions. */
  addVersions(versions: ReadonlyMap<string, number>): void {
    for (const [module, version] of versions) this.#versions.set(module, version);
  }

  /** Leaves an entry out, saying what it was. */
  ignore(name: string, what: string): void {
    this.#ignoredEntries.set(name, what);
  }

  /**
   * Adds a tensor under its plain name.
   *
   * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED` when there is one of that name, `CHECKPOINT_LIMIT_EXCEEDED`.
   */
  addTensor(tensor: StoredTensor, failure: CheckpointFailure, byteOffset?: number): void {
    if (this.#tensors.has(tensor.name))
      throw failure.malformed(`two entries stand for tensor ${tensor.name}`, byteOffset);
    this.#tensors.set(tensor.name, tensor);
    if (this.#tensors.size > MAX_TENSORS)
      throw failure.limitExceeded(`the checkpoint has ${this.#tensors.size} tensors`, MAX_TENSORS, byteOffset);
  }

  /**
   * Adds an entry of a pickled state dict.
   *
   * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED`, `CHECKPOINT_UNSUPPORTED`, `CHECKPOINT_LIMIT_EXCEEDED`,
   * `CHECKPOINT_INVALID_QUANTIZATION`.
   */
  async add(key: string, value: PickleValue, origin: EntryOrigin): Promise<void> {
    const module = (ending: string): string => key.slice(0, -ending.length);
    if (key.endsWith(PACKED.linear)) return this.#addPackedLinear(module(PACKED.linear), value, origin);
    if (key.endsWith(PACKED.embedding)) return this.#addPackedEmbedding(module(PACKED.embedding), value, origin);
    if (key.endsWith(PACKED.linearV2Weight))
      return this.#addVersion2Linear(module(PACKED.linearV2Weight), value, origin);
    if (key.endsWith(PACKED.linearV2Bias)) return this.#addBias(module(PACKED.linearV2Bias), value, origin);
    if (isTensorCall(value)) await this.#addCall(key, value, origin);
    else this.ignore(key, describeValue(value));
  }

  async #addCall(name: string, call: PickleCall, origin: EntryOrigin): Promise<StoredTensor | undefined> {
    const tensor = await origin.rebuilder.rebuild(name, call);
    if (tensor instanceof StoredTensor) {
      this.addTensor(tensor, origin.failure, call.byteOffset);
      return tensor;
    }
    this.ignore(name, `tensor of unsupported type ${tensor.unreadable}`);
    return undefined;
  }

  async #addRequired(name: string, value: PickleValue | undefined, origin: EntryOrigin): Promise<StoredTensor> {
    const tensor = isTensorCall(value) ? await this.#addCall(name, value, origin) : undefined;
    if (tensor === undefined)
      throw origin.failure.malformed(`packed weight ${name} is ${describeValue(value ?? null)}, not a readable tensor`);
    return tensor;
  }

  async #addBias(module: string, value: PickleValue | undefined, origin: EntryOrigin): Promise<void> {
    if (value === null) this.ignore(`${module}.bias`, 'None');
    else await this.#addRequired(`${module}.bias`, value, origin);
  }

  /** Versions 3 and 4: one entry, the tuple (weight, bias). */
  async #addPackedLinear(module: string, value: PickleValue, origin: EntryOrigin): Promise<void> {
    if (!isSequence(value) || value.items.length !== 2) {
      throw origin.failure.malformed(
        `the packed parameters of ${module} are ${describeValue(value)}, not weight and bias`,
      );
    }
    const [weight, bias] = value.items;
    const tensor = await this.#addRequired(`${module}.weight`, weight, origin);
    await this.#addBias(module, bias, origin);
    this.#addLinear(module, tensor, false, origin.failure);
  }

  async #addVersion2Linear(module: string, value: PickleValue, origin: EntryOrigin): Promise<void> {
    const tensor = await this.#addRequired(`${module}.weight`, value, origin);
    this.#addLinear(module, tensor, true, origin.failure);
  }

  async #addPackedEmbedding(module: string, value: PickleValue, origin: EntryOrigin): Promise<void> {
    await this.#addRequired(`${module}.weight`, value, origin);
    this.#quantizedEmbeddings.add(module);
  }

  #addLinear(module: string, weight: StoredTensor, isOldLayout: boolean, failure: CheckpointFailure): void {
    if (weight.shape.length !== 2)
      throw failure.malformed(`the packed weight of ${module} has ${weight.shape.length} dimensions`);
    this.#linears.set(module, { weight, isOldLayout });
  }

  /** Version 1 looks like a plain Linear, but its weight is quantized and an output scale stands beside it. */
  #noteVersion1Linear(name: string): void {
    const module = name.endsWith('.weight') ? name.slice(0, -'.weight'.length) : undefined;
    if (module === undefined || this.#linears.has(module) || this.#quantizedEmbeddings.has(module)) return;
    const weight = this.#tensors.get(name);
    if (weight === undefined || weight.quantization === null || !this.#tensors.has(`${module}.zero_point`)) return;
    this.#addLinear(module, weight, true, this.#failure);
  }

  /**
   * `X.scale` and `X.zero_point` describe the output of statically quantized Linears, which have the same layout;
   * dynamic ones carry 1 and 0. Only dynamic ones have version 4, so the values of others are looked at.
   */
  async #dropOutputScale(module: string): Promise<void> {
    for (const [name, dynamicValue] of [
      [`${module}.scale`, 1],
      [`${module}.zero_point`, 0],
    ] as const) {
      const tensor = this.#tensors.get(name);
      if (tensor === undefined) continue;
      const isDynamic = this.#versions.get(module) === REDUCE_RANGE_VERSION;
      const [value] = isDynamic || tensor.elementCount !== 1 ? [dynamicValue] : await tensor.readFloat32();
      if (value !== dynamicValue) {
        throw this.#failure.unsupported(
          'static quantization',
          `holds the statically quantized Linear ${module} with ${name} ${value}`,
          'Quantize the model with torch.ao.quantization.quantize_dynamic instead.',
        );
      }
      this.#tensors.delete(name);
      this.ignore(name, 'unused output parameter of a packed Linear');
    }
  }

  #activationRange(module: string, { weight, isOldLayout }: PackedLinear): ActivationRange {
    // A weight that is not quantized was only rounded to float16: activations stay float32.
    if (weight.quantization === null) return 'none';
    const version = this.#versions.get(module) ?? REDUCE_RANGE_VERSION;
    return isOldLayout || version < REDUCE_RANGE_VERSION ? 'full' : 'reduce-range';
  }

  /**
   * Puts together what was added: the parts of a module may come from several files.
   *
   * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED`, `CHECKPOINT_UNSUPPORTED` for static quantization.
   */
  async finish(format: CheckpointFormat): Promise<StateDict> {
    for (const name of this.#tensors.keys()) this.#noteVersion1Linear(name);
    const dynamicLinears = new Map<string, DynamicLinear>();
    for (const [module, linear] of this.#linears) {
      await this.#dropOutputScale(module);
      const hasBias = this.#tensors.has(`${module}.bias`);
      dynamicLinears.set(module, { module, activationRange: this.#activationRange(module, linear), hasBias });
    }
    return {
      format,
      tensors: this.#tensors,
      dynamicLinears,
      quantizedEmbeddings: this.#quantizedEmbeddings,
      ignoredEntries: this.#ignoredEntries,
    };
  }
}
