import type { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import { describeIntent } from './intent/describe-intent.ts';
import {
  MAX_PICKLE_BYTES,
  MAX_PICKLE_MARKS,
  MAX_PICKLE_OBJECTS,
  MAX_PICKLE_OPCODES,
  MAX_PICKLE_STACK,
} from './limits.ts';
import { OPCODES } from './opcodes.ts';
import { PickleBytes } from './pickle-bytes.ts';
import { emptyDict, PickleObjects, type GlobalUse } from './pickle-objects.ts';
import { PickleStack } from './pickle-stack.ts';
import type { PicklePersistentId, PickleValue } from './values.ts';

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
  readonly #objects: PickleObjects;
  /** Objects made so far. */
  #objectCount = 0;
  /** Position of the instruction under way. */
  #at = 0;

  constructor(bytes: Uint8Array, options: UnpickleOptions) {
    this.#raw = bytes;
    this.#options = options;
    this.#failure = options.failure;
    this.#bytes = new PickleBytes(bytes, options.byteOffset, options.failure);
    this.#objects = new PickleObjects(options.allowedGlobals, options.persistentIdTag, {
      malformed: (problem) => this.#malformed(problem),
      limitExceeded: (problem, limit) => this.#failure.limitExceeded(problem, limit, this.#at),
      forbiddenGlobal: (module, name) => this.#forbiddenGlobal(module, name),
    });
  }

  run(): Unpickled {
    for (let steps = 0; steps < MAX_PICKLE_OPCODES; steps += 1) {
      this.#at = this.#bytes.byteOffset;
      const code = this.#bytes.uint8();
      const opcode = OPCODES.get(code);
      if (opcode === undefined) throw this.#malformed(`0x${code.toString(16).padStart(2, '0')} is no pickle opcode`);
      if (!opcode.isAllowed) throw this.#forbiddenOpcode(opcode.name);
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
    const { globals, persistentIds } = this.#objects;
    return { value, globals, persistentIds, endOffset: this.#bytes.byteOffset };
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
        return this.#fill(this.#stack.popMany(1), 'append');
      case 'APPENDS':
        return this.#fill(this.#stack.popToMark(), 'append');
      case 'EMPTY_DICT':
        return this.#push(emptyDict(false));
      case 'SETITEM':
        return this.#fill(this.#stack.popMany(2), 'setItems');
      case 'SETITEMS':
        return this.#fill(this.#stack.popToMark(), 'setItems');
      case 'GLOBAL':
        return this.#push(this.#objects.global(this.#bytes.line(), this.#bytes.line()));
      case 'REDUCE':
        return this.#reduce();
      case 'BUILD':
        return this.#setAttributes();
      case 'BINPERSID':
        return this.#persistentId();
      default:
        throw this.#forbiddenOpcode(name);
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

  /** Fills the container below the items. */
  #fill(items: readonly PickleValue[], how: 'append' | 'setItems'): void {
    this.#objects[how](this.#stack.top(), items);
  }

  #reduce(): void {
    const [callee, args] = this.#stack.popMany(2);
    this.#push(this.#objects.call(callee, args, this.#at));
  }

  #setAttributes(): void {
    const [state] = this.#stack.popMany(1);
    this.#objects.setAttributes(this.#stack.top(), state);
  }

  #persistentId(): void {
    const [id] = this.#stack.popMany(1);
    this.#push(this.#objects.persistentId(id, this.#at));
  }

  #malformed(problem: string): CheckpointError {
    return this.#failure.malformed(problem, this.#at);
  }

  #forbiddenGlobal(module: string, name: string): CheckpointError {
    const named = { module, name, byteOffset: this.#at };
    const { byteOffset, allowedGlobals } = this.#options;
    const intent = describeIntent(this.#raw, { byteOffset, allowedGlobals });
    return this.#failure.forbiddenGlobal(intent ?? { ...named, wouldHave: undefined, kind: 'unknown' });
  }

  #forbiddenOpcode(opcode: string): CheckpointError {
    const { byteOffset, allowedGlobals } = this.#options;
    return this.#failure.forbiddenOpcode(opcode, this.#at, describeIntent(this.#raw, { byteOffset, allowedGlobals }));
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
