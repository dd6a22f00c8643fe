import { StoredTensor } from '../../tensor/stored-tensor.ts';
import type { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import {
  describeValue,
  isDict,
  isSequence,
  type PickleCall,
  type PickleDict,
  type PickleValue,
} from '../pickle/values.ts';
import type { ActivationRange, CheckpointFormat, DynamicLinear, StateDict } from '../state-dict.ts';
import { isTensorCall, type TensorRebuilder } from './rebuild-tensor.ts';

/** Where checkpoints of training runs keep their state dict. */
const WRAPPER_KEYS = ['state_dict', 'model_state_dict', 'model'];

/** Name endings that packed modules leave in a state dict. */
const PACKED = {
  linear: '._packed_params._packed_params',
  linearV2Weight: '._packed_params.weight',
  linearV2Bias: '._packed_params.bias',
  embedding: '._packed_params._packed_weight',
} as const;

/** Most entries of a state dict (CWE-770); the largest published embedding models have some thousands. */
const MAX_STATE_DICT_ENTRIES = 50_000;

/** Version of `nn.quantized.dynamic.Linear` from which on torch uses 7-bit activations on x86. */
const REDUCE_RANGE_VERSION = 4;

function isOfDict(value: PickleValue, test: (value: PickleValue) => boolean): value is PickleDict {
  return isDict(value) && [...value.entries.values()].some(test);
}

/** A tensor, or the (weight, bias) of a packed Linear: longer sequences are not searched, many entries can share one. */
function holdsTensor(value: PickleValue): boolean {
  return isTensorCall(value) || (isSequence(value) && value.items.length === 2 && value.items.some(isTensorCall));
}

/** The dict with the tensors: the pickled value itself, or one level below it. */
function findStateDict(root: PickleValue): { dict: PickleDict; wrapper: PickleDict | null } | undefined {
  if (isDict(root)) {
    for (const key of WRAPPER_KEYS) {
      const inner = root.entries.get(key);
      if (inner !== undefined && isOfDict(inner, holdsTensor)) return { dict: inner, wrapper: root };
    }
  }
  return isOfDict(root, holdsTensor) ? { dict: root, wrapper: null } : undefined;
}

/** Versions of the modules: `_metadata[module].version`, missing in dicts that were rebuilt. */
function readVersions(dict: PickleDict): ReadonlyMap<string, number> {
  const { metadata } = dict;
  const versions = new Map<string, number>();
  if (!isDict(metadata)) return versions;
  for (const [module, local] of metadata.entries) {
    const version = isDict(local) ? local.entries.get('version') : undefined;
    if (typeof module === 'string' && typeof version === 'number') versions.set(module, version);
  }
  return versions;
}

/** Collects the tensors of a state dict under their plain names, whatever layout their modules were packed in. */
class StateDictBuilder {
  readonly tensors = new Map<string, StoredTensor>();
  readonly dynamicLinears = new Map<string, DynamicLinear>();
  readonly quantizedEmbeddings = new Set<string>();
  readonly ignoredEntries = new Map<string, string>();
  readonly #dict: PickleDict;
  readonly #versions: ReadonlyMap<string, number>;
  readonly #rebuilder: TensorRebuilder;
  readonly #failure: CheckpointFailure;

  constructor(dict: PickleDict, rebuilder: TensorRebuilder, failure: CheckpointFailure) {
    this.#dict = dict;
    this.#versions = readVersions(dict);
    this.#rebuilder = rebuilder;
    this.#failure = failure;
  }

  async addAll(): Promise<void> {
    if (this.#dict.entries.size > MAX_STATE_DICT_ENTRIES) {
      throw this.#failure.limitExceeded(
        `the state dict has ${this.#dict.entries.size} entries`,
        MAX_STATE_DICT_ENTRIES,
      );
    }
    for (const [key, value] of this.#dict.entries) {
      if (typeof key === 'string') await this.#add(key, value);
      else this.ignoredEntries.set(String(key), `${describeValue(value)} under a key that is not a string`);
    }
    for (const name of this.tensors.keys()) this.#noteVersion1Linear(name);
    for (const module of this.dynamicLinears.keys()) await this.#dropOutputScale(module);
  }

  async #add(key: string, value: PickleValue): Promise<void> {
    if (key.endsWith(PACKED.linear)) return this.#addPackedLinear(key.slice(0, -PACKED.linear.length), value);
    if (key.endsWith(PACKED.embedding)) return this.#addPackedEmbedding(key.slice(0, -PACKED.embedding.length), value);
    if (key.endsWith(PACKED.linearV2Weight))
      return this.#addVersion2Linear(key.slice(0, -PACKED.linearV2Weight.length), value);
    if (key.endsWith(PACKED.linearV2Bias)) return this.#addBias(key.slice(0, -PACKED.linearV2Bias.length), value);
    if (isTensorCall(value)) await this.#addTensor(key, value);
    else this.ignoredEntries.set(key, describeValue(value));
  }

  async #addTensor(name: string, call: PickleCall): Promise<StoredTensor | undefined> {
    if (this.tensors.has(name)) throw this.#failure.malformed(`two entries stand for tensor ${name}`, call.byteOffset);
    const tensor = await this.#rebuilder.rebuild(name, call);
    if (tensor instanceof StoredTensor) {
      this.tensors.set(name, tensor);
      return tensor;
    }
    this.ignoredEntries.set(name, `tensor of unsupported type ${tensor.unreadable}`);
    return undefined;
  }

  async #addRequired(name: string, value: PickleValue | undefined): Promise<StoredTensor> {
    const tensor = isTensorCall(value) ? await this.#addTensor(name, value) : undefined;
    if (tensor === undefined)
      throw this.#failure.malformed(`packed weight ${name} is ${describeValue(value ?? null)}, not a readable tensor`);
    return tensor;
  }

  async #addBias(module: string, value: PickleValue | undefined): Promise<void> {
    if (value === null) this.ignoredEntries.set(`${module}.bias`, 'None');
    else await this.#addRequired(`${module}.bias`, value);
  }

  /** Versions 3 and 4: one entry, the tuple (weight, bias). */
  async #addPackedLinear(module: string, value: PickleValue): Promise<void> {
    if (!isSequence(value) || value.items.length !== 2) {
      throw this.#failure.malformed(
        `the packed parameters of ${module} are ${describeValue(value)}, not weight and bias`,
      );
    }
    const [weight, bias] = value.items;
    const tensor = await this.#addRequired(`${module}.weight`, weight);
    await this.#addBias(module, bias);
    const version = this.#versions.get(module) ?? REDUCE_RANGE_VERSION;
    this.#addLinear(module, tensor, version >= REDUCE_RANGE_VERSION ? 'reduce-range' : 'full');
  }

  async #addVersion2Linear(module: string, value: PickleValue): Promise<void> {
    this.#addLinear(module, await this.#addRequired(`${module}.weight`, value), 'full');
  }

  async #addPackedEmbedding(module: string, value: PickleValue): Promise<void> {
    await this.#addRequired(`${module}.weight`, value);
    this.quantizedEmbeddings.add(module);
  }

  /** Version 1 looks like a plain Linear, but its weight is quantized and an output scale stands beside it. */
  #noteVersion1Linear(name: string): void {
    const module = name.endsWith('.weight') ? name.slice(0, -'.weight'.length) : undefined;
    if (module === undefined || this.dynamicLinears.has(module) || this.quantizedEmbeddings.has(module)) return;
    const weight = this.tensors.get(name);
    if (weight === undefined || weight.quantization === null || !this.tensors.has(`${module}.zero_point`)) return;
    this.#addLinear(module, weight, 'full');
  }

  #addLinear(module: string, weight: StoredTensor, range: ActivationRange): void {
    if (weight.shape.length !== 2)
      throw this.#failure.malformed(`the packed weight of ${module} has ${weight.shape.length} dimensions`);
    // A weight that is not quantized was only rounded to float16: activations stay float32.
    const activationRange = weight.quantization === null ? 'none' : range;
    const bias = this.#dict.entries.get(`${module}.bias`) ?? this.#dict.entries.get(`${module}${PACKED.linearV2Bias}`);
    const hasBias = this.tensors.has(`${module}.bias`) || isTensorCall(bias);
    this.dynamicLinears.set(module, { module, activationRange, hasBias });
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
      const tensor = this.tensors.get(name);
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
      this.tensors.delete(name);
      this.ignoredEntries.set(name, 'unused output parameter of a packed Linear');
    }
  }
}

/**
 * Makes the state dict of what a pickle holds.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_NOT_A_CHECKPOINT` when there are no tensors in it, `CHECKPOINT_MALFORMED`,
 * `CHECKPOINT_UNSUPPORTED`, `CHECKPOINT_LIMIT_EXCEEDED`, `CHECKPOINT_INVALID_QUANTIZATION`.
 */
export async function buildStateDict(
  root: PickleValue,
  format: CheckpointFormat,
  { rebuilder, failure }: { rebuilder: TensorRebuilder; failure: CheckpointFailure },
): Promise<StateDict> {
  const withoutTensors = (): CheckpointError =>
    failure.notACheckpoint(
      describeValue(root),
      `holds a pickled ${describeValue(root)} without readable tensors, not a state dict`,
      'Use the file that torch.save(model.state_dict()) wrote.',
    );
  const found = findStateDict(root);
  if (found === undefined) throw withoutTensors();
  const builder = new StateDictBuilder(found.dict, rebuilder, failure);
  await builder.addAll();
  if (builder.tensors.size === 0) throw withoutTensors();
  for (const [key, value] of found.wrapper?.entries ?? []) {
    if (value !== found.dict) builder.ignoredEntries.set(String(key), describeValue(value));
  }
  const { tensors, dynamicLinears, quantizedEmbeddings, ignoredEntries } = builder;
  return { format, tensors, dynamicLinears, quantizedEmbeddings, ignoredEntries };
}
