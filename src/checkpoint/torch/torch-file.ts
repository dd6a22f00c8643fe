import type { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import type { AcceptsEntry, CheckpointFile } from '../checkpoint-file.ts';
import { describeValue, isDict, isSequence, type PickleDict, type PickleValue } from '../pickle/values.ts';
import type { StateDictBuilder } from '../state-dict-builder.ts';
import type { CheckpointFormat } from '../state-dict.ts';
import { isTensorCall, type TensorRebuilder } from './rebuild-tensor.ts';

/** Where checkpoints of training runs keep their state dict. */
const WRAPPER_KEYS = ['state_dict', 'model_state_dict', 'model'];

function isOfDict(value: PickleValue, test: (value: PickleValue) => boolean): value is PickleDict {
  return isDict(value) && [...value.entries.values()].some(test);
}

/** A tensor, or the (weight, bias) of a packed Linear: longer sequences are not searched, many entries can share one. */
function holdsTensor(value: PickleValue): boolean {
  return isTensorCall(value) || (isSequence(value) && value.items.length === 2 && value.items.some(isTensorCall));
}

/** The dict with the tensors one level below the pickled one. */
function findWrapped(root: PickleDict): PickleDict | undefined {
  for (const key of WRAPPER_KEYS) {
    const inner = root.entries.get(key);
    if (inner !== undefined && isOfDict(inner, holdsTensor)) return inner;
  }
  return undefined;
}

/** Versions of the modules: `_metadata[module].version`, missing in dicts that were rebuilt. */
function readVersions({ metadata }: PickleDict): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  if (!isDict(metadata)) return versions;
  for (const [module, local] of metadata.entries) {
    const version = isDict(local) ? local.entries.get('version') : undefined;
    if (typeof module === 'string' && typeof version === 'number') versions.set(module, version);
  }
  return versions;
}

function withoutTensors(root: PickleValue, failure: CheckpointFailure): CheckpointError {
  return failure.notACheckpoint(
    describeValue(root),
    `holds a pickled ${describeValue(root)} without readable tensors, not a state dict`,
    'Use the file that torch.save(model.state_dict()) wrote.',
  );
}

/** What a {@link TorchFile} is made of. */
export interface TorchFileOptions {
  readonly format: CheckpointFormat;
  readonly globals: readonly string[];
  readonly rebuilder: TensorRebuilder;
  readonly failure: CheckpointFailure;
}

/** A file written by `torch.save`, its pickle read. */
export class TorchFile implements CheckpointFile {
  readonly format: CheckpointFormat;
  readonly globals: readonly string[];
  readonly #root: PickleDict;
  readonly #dict: PickleDict;
  readonly #rebuilder: TensorRebuilder;
  readonly #failure: CheckpointFailure;

  /**
   * @param root - What was pickled: a state dict, or a dict with one in it.
   * @throws {@link CheckpointError} `CHECKPOINT_NOT_A_CHECKPOINT` when it is no dict.
   */
  constructor(root: PickleValue, { format, globals, rebuilder, failure }: TorchFileOptions) {
    if (!isDict(root)) throw withoutTensors(root, failure);
    this.format = format;
    this.globals = globals;
    this.#root = root;
    this.#dict = findWrapped(root) ?? root;
    this.#rebuilder = rebuilder;
    this.#failure = failure;
  }

  hasEntry(name: string): boolean {
    return this.#dict.entries.has(name);
  }

  async addTo(builder: StateDictBuilder, accepts: AcceptsEntry): Promise<void> {
    const part = { rebuilder: this.#rebuilder, failure: this.#failure };
    builder.announce(this.#dict.entries.size, this.#failure);
    builder.addVersions(readVersions(this.#dict));
    for (const [key, value] of this.#dict.entries) {
      if (typeof key !== 'string')
        builder.ignore(String(key), `${describeValue(value)} under a key that is not a string`);
      else if (accepts(key)) await builder.add(key, value, part);
    }
    if (this.#root === this.#dict) return;
    for (const [key, value] of this.#root.entries) {
      if (value !== this.#dict) builder.ignore(String(key), describeValue(value));
    }
  }

  withoutTensors(): CheckpointError {
    return withoutTensors(this.#root, this.#failure);
  }
}
