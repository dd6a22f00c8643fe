import type { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import {
  MAX_PICKLE_ATTRIBUTES,
  MAX_PICKLE_BYTES,
  MAX_PICKLE_MARKS,
  MAX_PICKLE_OBJECTS,
  MAX_PICKLE_OPCODES,
  MAX_PICKLE_STACK,
} from './limits.ts';
import { OPCODES } from './opcodes.ts';
import { PickleBytes } from './pickle-bytes.ts';
import { PickleStack } from './pickle-stack.ts';
import { namesModule } from './scan-globals.ts';
import {
  describeValue,
  isDict,
  isSequence,
  type PickleDict,
  type PickleKey,
  type PicklePersistentId,
  type PickleValue,
} from './values.ts';

/** What an allowed global may be used for: called (recorded, not made), as a value, or as the dict it makes. */
export type GlobalUse = 'call' | 'value' | 'ordered-dict';

/** What a pickle is checked against. */
export interface UnpickleOptions {
  readonly failure: CheckpointFailure;
  /** Absolute position of the pickle in the file. */
  readonly byteOffset: number;
  /** By `module name`, with the space: the two cannot be confused that way. A Map, so that no name is inherited. */
  readonly allowedGlobals: ReadonlyMap<string, GlobalUse>;
  /** First item every persistent id must have. */
  readonly persistentIdTag: string;
}

/** What came out of a pickle. */
export interface Unpickled {
  readonly value: PickleValue;
  /** `module.name` of each global, in order of first use. */
  readonly globals: readonly string[];
  /** Every reference to something outside, in order. */
  readonly persistentIds: readonly PicklePersistentId[];
  /** Absolute position of the first byte after STOP. */
  readonly endOffset: number;
}

function dict(isOrdered: boolean): PickleDict {
  return { kind: 'dict', isOrdered, entries: new Map(), metadata: null };
}

/**
 * A pickle machine that carries nothing out: calls and objects become records. Its instructions and the names it
 * accepts are allow-lists, what {@link https://github.com/pytorch/pytorch/blob/main/torch/_weights_only_unpickler.py torch's
 * own restricted unpickler} accepts or less.
 */
class PickleMachine {
  readonly #bytes: PickleBytes;
  readonly #raw: Uint8Array;
  readonly #options: UnpickleOptions;
  readonly #failure: CheckpointFailure;
  readonly #stack = new PickleStack((problem) => this.#malformed(problem));
  readonly #memo = new Map<number, PickleValue>();
  readonly #uses = new Map<string, GlobalUse>();
  readonly #persistentIds: PicklePersistentId[] = [];
  /** Objects made so far. */
  #objectCount = 0;
  /** Position of the instruction under way. */
  #at = 0;

  constructor(bytes: Uint8Array, options: UnpickleOptions) {
    this.#raw = bytes;
    this.#options = options;
    this.#failure = options.failure;
    this.#bytes = new PickleBytes(bytes, options.byteOffset, options.failure);
  }

  run(): Unpickled {
    for (let steps = 0; steps < MAX_PICKLE_OPCODES; steps += 1) {
      this.#at = this.#bytes.byteOffset;
      const code = this.#bytes.uint8();
      const opcode = OPCODES.get(code);
      if (opcode === undefined) throw this.#malformed(`0x${code.toString(16).padStart(2, '0')} is no pickle opcode`);
      if (!opcode.isAllowed) throw this.#failure.forbiddenOpcode(opcode.name, this.#at);
      if (opcode.name === 'STOP') return this.#stop();
      this.#step(opcode.name);
      if (this.#stack.height > MAX_PICKLE_STACK) {
        throw this.#failure.limitExceeded(
          `the pickle nests or lists ${this.#stack.height} values`,
          MAX_PICKLE_STACK,
          this.#at,
        );
      }
    }
    throw this.#failure.limitExceeded('the pickle has more instructions', MAX_PICKLE_OPCODES, this.#at);
  }

  #stop(): Unpickled {
    const value = this.#stack.pop();
    if (this.#stack.height > 0 || this.#stack.markCount > 0)
      throw this.#malformed('the pickle stops with values left over');
    const globals = [...this.#uses.keys()];
    return { value, globals, persistentIds: this.#persistentIds, endOffset: this.#bytes.byteOffset };
  }

  #step(name: string): void {
    const bytes = this.#bytes;
    switch (name) {
      case 'PROTO':
        return this.#protocol(bytes.uint8());
      case 'MARK':
        return this.#mark();
      case 'NONE':
        return this.#push(null);
      case 'NEWTRUE':
        return this.#push(true);
      case 'NEWFALSE':
        return this.#push(false);
      case 'BININT':
        return this.#push(bytes.int32());
      case 'BININT1':
        return this.#push(bytes.uint8());
      case 'BININT2':
        return this.#push(bytes.uint16());
      case 'LONG1':
        return this.#push(bytes.integer(bytes.uint8()));
      case 'BINFLOAT':
        return this.#push({ kind: 'float', value: bytes.float64() });
      case 'BINUNICODE':
        return this.#push(bytes.utf8(bytes.uint32()));
      case 'SHORT_BINSTRING':
        return this.#push(bytes.utf8(bytes.uint8()));
      case 'BINPUT':
        return this.#put(bytes.uint8());
      case 'LONG_BINPUT':
        return this.#put(bytes.uint32());
      case 'BINGET':
        return this.#get(bytes.uint8());
      case 'LONG_BINGET':
        return this.#get(bytes.uint32());
      default:
        return this.#build(name);
    }
  }

  /** Instructions that make or fill containers, or stand for objects. */
  #build(name: string): void {
    switch (name) {
      case 'EMPTY_TUPLE':
        return this.#push({ kind: 'tuple', items: [] });
      case 'TUPLE1':
        return this.#push({ kind: 'tuple', items: this.#stack.popMany(1) });
      case 'TUPLE2':
        return this.#push({ kind: 'tuple', items: this.#stack.popMany(2) });
      case 'TUPLE3':
        return this.#push({ kind: 'tuple', items: this.#stack.popMany(3) });
      case 'TUPLE':
        return this.#push({ kind: 'tuple', items: this.#stack.popToMark() });
      case 'EMPTY_LIST':
        return this.#push({ kind: 'list', items: [] });
      case 'APPEND':
        return this.#append(this.#stack.popMany(1));
      case 'APPENDS':
        return this.#append(this.#stack.popToMark());
      case 'EMPTY_DICT':
        return this.#push(dict(false));
      case 'SETITEM':
        return this.#setItems(this.#stack.popMany(2));
      case 'SETITEMS':
        return this.#setItems(this.#stack.popToMark());
      case 'GLOBAL':
        return this.#global(this.#bytes.line(), this.#bytes.line());
      case 'REDUCE':
        return this.#reduce();
      case 'BUILD':
        return this.#setAttributes();
      case 'BINPERSID':
        return this.#persistentId();
      default:
        throw this.#failure.forbiddenOpcode(name, this.#at);
    }
  }

  #protocol(version: number): void {
    if (version > 5) throw this.#malformed(`pickle protocol ${version} does not exist`);
  }

  /** Pushes a new value. */
  #push(value: PickleValue): void {
    // Floats are small, and old files list a scale for each channel.
    if (typeof value === 'object' && value !== null && value.kind !== 'float') {
      this.#objectCount += 1;
      if (this.#objectCount > MAX_PICKLE_OBJECTS) {
        throw this.#failure.limitExceeded(
          `the pickle makes ${this.#objectCount} objects`,
          MAX_PICKLE_OBJECTS,
          this.#at,
        );
      }
    }
    this.#stack.push(value);
  }

  #mark(): void {
    this.#stack.mark();
    const { markCount } = this.#stack;
    if (markCount > MAX_PICKLE_MARKS)
      throw this.#failure.limitExceeded(`the pickle nests ${markCount} marks`, MAX_PICKLE_MARKS, this.#at);
  }

  #put(slot: number): void {
    this.#memo.set(slot, this.#stack.top());
  }

  #get(slot: number): void {
    const value = this.#memo.get(slot);
    if (value === undefined) throw this.#malformed(`the pickle reads memo slot ${slot}, which was never written`);
    this.#stack.push(value);
  }

  #append(items: PickleValue[]): void {
    const target = this.#stack.top();
    if (!isSequence(target) || target.kind !== 'list')
      throw this.#malformed(`the pickle appends to ${describeValue(target)}`);
    for (const item of items) target.items.push(item);
  }

  #setItems(pairs: PickleValue[]): void {
    const target = this.#stack.top();
    if (!isDict(target)) throw this.#malformed(`the pickle sets items of ${describeValue(target)}`);
    if (pairs.length % 2 !== 0) throw this.#malformed('the pickle sets a key without a value');
    for (let i = 0; i < pairs.length; i += 2) target.entries.set(this.#key(pairs[i] ?? null), pairs[i + 1] ?? null);
  }

  #key(value: PickleValue): PickleKey {
    if (typeof value === 'object' && value !== null)
      throw this.#malformed(`the pickle has a dict key of type ${describeValue(value)}`);
    return value;
  }

  #global(module: string, name: string): void {
    const use = this.#options.allowedGlobals.get(`${module} ${name}`);
    if (use === undefined) throw this.#forbiddenGlobal(module, name);
    const qualified = `${module}.${name}`;
    this.#uses.set(qualified, use);
    this.#push({ kind: 'global', name: qualified });
  }

  #reduce(): void {
    const [callee, args] = this.#stack.popMany(2);
    if (typeof callee !== 'object' || callee === null || callee.kind !== 'global') {
      throw this.#malformed(`the pickle calls ${describeValue(callee ?? null)}`);
    }
    if (!isSequence(args) || args.kind !== 'tuple') {
      throw this.#malformed(`the pickle calls ${callee.name} without a tuple of arguments`);
    }
    const use = this.#uses.get(callee.name);
    if (use === 'ordered-dict' && args.items.length === 0) return this.#push(dict(true));
    if (use !== 'call') throw this.#malformed(`the pickle calls ${callee.name} with ${args.items.length} arguments`);
    this.#push({ kind: 'call', callee: callee.name, args: args.items, byteOffset: this.#at });
  }

  /** BUILD sets attributes from a dict. Only an OrderedDict has any that mean something. */
  #setAttributes(): void {
    const [state] = this.#stack.popMany(1);
    const target = this.#stack.top();
    if (!isDict(target) || !target.isOrdered || !isDict(state)) {
      throw this.#malformed(`the pickle sets the state of ${describeValue(target)}`);
    }
    if (state.entries.size > MAX_PICKLE_ATTRIBUTES) {
      throw this.#failure.limitExceeded(
        `the pickle sets ${state.entries.size} attributes`,
        MAX_PICKLE_ATTRIBUTES,
        this.#at,
      );
    }
    for (const key of state.entries.keys()) {
      if (typeof key !== 'string') throw this.#malformed('the pickle sets an attribute whose name is not a string');
    }
    target.metadata = state.entries.get('_metadata') ?? target.metadata;
  }

  #persistentId(): void {
    const [id] = this.#stack.popMany(1);
    if (!isSequence(id) || id.kind !== 'tuple' || id.items[0] !== this.#options.persistentIdTag) {
      const kind = isSequence(id) && typeof id.items[0] === 'string' ? `'${id.items[0]}'` : describeValue(id ?? null);
      throw this.#malformed(
        `the pickle refers to something outside of kind ${kind}, not to a ${this.#options.persistentIdTag}`,
      );
    }
    const reference: PicklePersistentId = { kind: 'persistent-id', id, byteOffset: this.#at };
    this.#persistentIds.push(reference);
    this.#push(reference);
  }

  #malformed(problem: string): CheckpointError {
    return this.#failure.malformed(problem, this.#at);
  }

  #forbiddenGlobal(module: string, name: string): CheckpointError {
    // Only for the wording: whole modules are what people save by mistake.
    const isWholeModule = namesModule(this.#raw, 'torch.nn.modules.');
    return this.#failure.forbiddenGlobal(`${module}.${name}`, isWholeModule, this.#at);
  }
}

/**
 * Reads a pickle into inert values. Executes nothing, imports nothing, and never recurses over values.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_FORBIDDEN_GLOBAL`, `CHECKPOINT_FORBIDDEN_OPCODE`, `CHECKPOINT_MALFORMED`,
 * `CHECKPOINT_TRUNCATED`, `CHECKPOINT_LIMIT_EXCEEDED`.
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): Unpickled {
  if (bytes.byteLength > MAX_PICKLE_BYTES) {
    throw options.failure.limitExceeded(
      `the pickle has ${bytes.byteLength} bytes`,
      MAX_PICKLE_BYTES,
      options.byteOffset,
    );
  }
  return new PickleMachine(bytes, options).run();
}
