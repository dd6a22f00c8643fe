import type { CheckpointError } from '../checkpoint-error.ts';
import { MAX_PICKLE_ATTRIBUTES } from './limits.ts';
import {
  describeValue,
  isDict,
  isSequence,
  type PickleCall,
  type PickleDict,
  type PickleGlobal,
  type PickleKey,
  type PicklePersistentId,
  type PickleValue,
} from './values.ts';

/** What an allowed global may be used for: called (recorded, not made), as a value, or as the dict it makes. */
export type GlobalUse = 'call' | 'value' | 'ordered-dict';

/** Makes the errors of one pickle, at the instruction under way. */
export interface PickleComplaints {
  malformed(problem: string): CheckpointError;
  limitExceeded(problem: string, limit: number): CheckpointError;
  forbiddenGlobal(module: string, name: string): CheckpointError;
}

/** An empty dict. */
export function emptyDict(isOrdered: boolean): PickleDict {
  return { kind: 'dict', isOrdered, entries: new Map(), metadata: null };
}

/**
 * Makes and fills what a pickle describes: names, calls, containers, references. Nothing is carried out: a call becomes
 * a record of itself.
 */
export class PickleObjects {
  readonly #allowedGlobals: ReadonlyMap<string, GlobalUse>;
  readonly #persistentIdTag: string;
  readonly #complain: PickleComplaints;
  readonly #uses = new Map<string, GlobalUse>();
  readonly #persistentIds: PicklePersistentId[] = [];

  /**
   * @param allowedGlobals - By `module name`, with the space.
   * @param persistentIdTag - First item every persistent id must have.
   */
  constructor(allowedGlobals: ReadonlyMap<string, GlobalUse>, persistentIdTag: string, complain: PickleComplaints) {
    this.#allowedGlobals = allowedGlobals;
    this.#persistentIdTag = persistentIdTag;
    this.#complain = complain;
  }

  /** `module.name` of each global, in order of first use. */
  get globals(): readonly string[] {
    return [...this.#uses.keys()];
  }

  /** Every reference to something outside, in order. */
  get persistentIds(): readonly PicklePersistentId[] {
    return this.#persistentIds;
  }

  /** A name, if it is allowed. */
  global(module: string, name: string): PickleGlobal {
    const use = this.#allowedGlobals.get(`${module} ${name}`);
    if (use === undefined) throw this.#complain.forbiddenGlobal(module, name);
    const qualified = `${module}.${name}`;
    this.#uses.set(qualified, use);
    return { kind: 'global', name: qualified };
  }

  /** REDUCE: the record of a call, or the dict that `OrderedDict()` makes. */
  call(callee: PickleValue | undefined, args: PickleValue | undefined, byteOffset: number): PickleCall | PickleDict {
    if (typeof callee !== 'object' || callee === null || callee.kind !== 'global') {
      throw this.#complain.malformed(`the pickle calls ${describeValue(callee ?? null)}`);
    }
    if (!isSequence(args) || args.kind !== 'tuple') {
      throw this.#complain.malformed(`the pickle calls ${callee.name} without a tuple of arguments`);
    }
    const use = this.#uses.get(callee.name);
    if (use === 'ordered-dict' && args.items.length === 0) return emptyDict(true);
    if (use !== 'call')
      throw this.#complain.malformed(`the pickle calls ${callee.name} with ${args.items.length} arguments`);
    return { kind: 'call', callee: callee.name, args: args.items, byteOffset };
  }

  append(target: PickleValue, items: readonly PickleValue[]): void {
    if (!isSequence(target) || target.kind !== 'list')
      throw this.#complain.malformed(`the pickle appends to ${describeValue(target)}`);
    for (const item of items) target.items.push(item);
  }

  setItems(target: PickleValue, pairs: readonly PickleValue[]): void {
    if (!isDict(target)) throw this.#complain.malformed(`the pickle sets items of ${describeValue(target)}`);
    if (pairs.length % 2 !== 0) throw this.#complain.malformed('the pickle sets a key without a value');
    for (let i = 0; i < pairs.length; i += 2) target.entries.set(this.#key(pairs[i] ?? null), pairs[i + 1] ?? null);
  }

  #key(value: PickleValue): PickleKey {
    if (typeof value === 'object' && value !== null)
      throw this.#complain.malformed(`the pickle has a dict key of type ${describeValue(value)}`);
    return value;
  }

  /** BUILD sets attributes from a dict. Only an OrderedDict has any that mean something. */
  setAttributes(target: PickleValue, state: PickleValue | undefined): void {
    if (!isDict(target) || !target.isOrdered || !isDict(state)) {
      throw this.#complain.malformed(`the pickle sets the state of ${describeValue(target)}`);
    }
    if (state.entries.size > MAX_PICKLE_ATTRIBUTES) {
      const problem = `the pickle sets ${state.entries.size} attributes`;
      throw this.#complain.limitExceeded(problem, MAX_PICKLE_ATTRIBUTES);
    }
    for (const key of state.entries.keys()) {
      if (typeof key !== 'string')
        throw this.#complain.malformed('the pickle sets an attribute whose name is not a string');
    }
    target.metadata = state.entries.get('_metadata') ?? target.metadata;
  }

  /** BINPERSID: a reference to something outside, which must be of the one allowed kind. */
  persistentId(id: PickleValue | undefined, byteOffset: number): PicklePersistentId {
    if (!isSequence(id) || id.kind !== 'tuple' || id.items[0] !== this.#persistentIdTag) {
      const kind = isSequence(id) && typeof id.items[0] === 'string' ? `'${id.items[0]}'` : describeValue(id ?? null);
      throw this.#complain.malformed(
        `the pickle refers to something outside of kind ${kind}, not to a ${this.#persistentIdTag}`,
      );
    }
    const reference: PicklePersistentId = { kind: 'persistent-id', id, byteOffset };
    this.#persistentIds.push(reference);
    return reference;
  }
}
