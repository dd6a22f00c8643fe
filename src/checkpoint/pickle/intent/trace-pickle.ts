import { CheckpointError, CheckpointFailure } from '../../checkpoint-error.ts';
import { MAX_PICKLE_NAME_BYTES, MAX_PICKLE_OPCODES } from '../limits.ts';
import { OPCODES } from '../opcodes.ts';
import { PickleBytes } from '../pickle-bytes.ts';
import { readOperand, type Operand } from './read-operand.ts';
import {
  UNSAID,
  type TraceCall,
  type TraceItems,
  type TraceName,
  type TraceText,
  type TraceValue,
} from './trace-values.ts';

/** Most values a trace makes (CWE-770); what comes after is not looked at. */
const MAX_TRACED_VALUES = 200_000;
/** What a pickle would do with the first name a caller asks for. */
export interface Trace {
  readonly subject: TraceName;
  /** The last call in the chain that begins with the subject; undefined when it is only named. */
  readonly deed: TraceCall | undefined;
}

/** Which instruction makes which container or constant out of nothing. */
const CONSTANTS: ReadonlyMap<string, () => TraceValue> = new Map<string, () => TraceValue>([
  ['NONE', () => ({ kind: 'literal', text: 'None' })],
  ['NEWTRUE', () => ({ kind: 'literal', text: 'True' })],
  ['NEWFALSE', () => ({ kind: 'literal', text: 'False' })],
  ['EMPTY_TUPLE', () => ({ kind: 'items', brackets: '()', items: [] })],
  ['EMPTY_LIST', () => ({ kind: 'items', brackets: '[]', items: [] })],
  ['EMPTY_DICT', () => ({ kind: 'items', brackets: '{}', items: [] })],
  ['EMPTY_SET', () => ({ kind: 'items', brackets: '{}', items: [] })],
]);

/** Containers made of what stands above the last mark. */
const FROM_MARK: ReadonlyMap<string, TraceItems['brackets']> = new Map<string, TraceItems['brackets']>([
  ['TUPLE', '()'],
  ['LIST', '[]'],
  ['DICT', '{}'],
  ['FROZENSET', '{}'],
]);

/**
 * A pickle machine that knows every instruction and carries none out. It only follows what stands on the stack; where
 * Python would stop, it may go on with {@link UNSAID} values.
 */
class PickleTracer {
  readonly #bytes: PickleBytes;
  readonly #isSubject: (module: string, name: string) => boolean;
  /** Values, and null for a mark. */
  readonly #stack: Array<TraceValue | null> = [];
  readonly #memo = new Map<number, TraceValue>();
  /** Values that would not be what they are without the subject. */
  readonly #touched = new Set<TraceValue>();
  #valueCount = 0;
  #at = 0;
  #subject: TraceName | undefined;
  #deed: TraceCall | undefined;

  constructor(bytes: PickleBytes, isSubject: (module: string, name: string) => boolean) {
    this.#bytes = bytes;
    this.#isSubject = isSubject;
  }

  get result(): Trace | undefined {
    return this.#subject === undefined ? undefined : { subject: this.#subject, deed: this.#deed };
  }

  run(): void {
    for (let steps = 0; steps < MAX_PICKLE_OPCODES && this.#valueCount < MAX_TRACED_VALUES; steps += 1) {
      this.#at = this.#bytes.byteOffset;
      const opcode = OPCODES.get(this.#bytes.uint8());
      if (opcode === undefined || opcode.name === 'STOP') return;
      this.#step(opcode.name, readOperand(this.#bytes, opcode.name, opcode.argument));
    }
  }

  #step(name: string, { text, number }: Operand): void {
    const constant = CONSTANTS.get(name);
    const brackets = FROM_MARK.get(name);
    if (constant !== undefined) this.#push(constant());
    else if (brackets !== undefined) this.#push(this.#items(brackets, this.#popToMark()));
    else if (name.startsWith('TUPLE')) this.#push(this.#items('()', this.#popMany(Number(name.slice('TUPLE'.length)))));
    else if (name.endsWith('PUT')) this.#put(number ?? Number(text));
    else if (name.endsWith('GET')) this.#push(this.#memo.get(number ?? Number(text)) ?? UNSAID);
    else if (name === 'MEMOIZE') this.#put(this.#memo.size);
    else if (/STRING|UNICODE|BYTE/.test(name)) this.#push(textOf(name, text ?? ''));
    else if (number !== undefined && name.startsWith('BIN')) this.#push({ kind: 'literal', text: String(number) });
    else if (/^(?:INT|LONG|FLOAT)/.test(name))
      this.#push(name === 'INT' ? { kind: 'literal', text: text ?? '' } : UNSAID);
    else this.#act(name, number);
  }

  /** Instructions that name, call, fill or drop something. */
  #act(name: string, number: number | undefined): void {
    switch (name) {
      case 'MARK':
        this.#stack.push(null);
        return;
      case 'POP':
        this.#stack.pop();
        return;
      case 'POP_MARK':
        this.#popToMark();
        return;
      case 'DUP':
        return this.#push(this.#top());
      case 'APPEND':
        return this.#fill([this.#pop()]);
      case 'SETITEM':
        return this.#fill([this.#pop(), this.#pop()].reverse());
      case 'APPENDS':
      case 'SETITEMS':
      case 'ADDITEMS':
        return this.#fill(this.#popToMark());
      case 'BUILD':
        return this.#build(this.#pop(), this.#top());
      case 'BINPERSID':
        this.#pop();
        return this.#push(UNSAID);
      case 'PERSID':
        return this.#push(UNSAID);
      case 'EXT1':
      case 'EXT2':
      case 'EXT4':
        return this.#name('copyreg', `extension ${number ?? ''}`);
      default:
        return this.#call(name);
    }
  }

  #call(name: string): void {
    switch (name) {
      case 'GLOBAL':
        return this.#name(this.#bytes.line(), this.#bytes.line());
      case 'STACK_GLOBAL': {
        const [qualified, module] = [this.#pop(), this.#pop()];
        return this.#name(plainText(module), plainText(qualified));
      }
      case 'INST': {
        this.#name(this.#bytes.line(), this.#bytes.line());
        const callee = this.#pop();
        return this.#apply(callee, this.#items('()', this.#popToMark()), true);
      }
      case 'OBJ': {
        const [callee = UNSAID, ...args] = this.#popToMark();
        return this.#apply(callee, this.#items('()', args), true);
      }
      case 'REDUCE':
      case 'NEWOBJ': {
        const args = this.#pop();
        return this.#apply(this.#pop(), args, name === 'NEWOBJ');
      }
      case 'NEWOBJ_EX': {
        // Keywords are not told.
        const [, args] = [this.#pop(), this.#pop()];
        return this.#apply(this.#pop(), args, true);
      }
      default:
      // PROTO, FRAME and the buffers of protocol 5: nothing that can be said.
    }
  }

  #name(module: string, name: string): void {
    const value: TraceName = { kind: 'name', module, name, byteOffset: this.#at };
    if (this.#subject === undefined && this.#isSubject(module, name)) {
      this.#subject = value;
      this.#touched.add(value);
    }
    this.#push(value);
  }

  /** Never looks into the arguments: one long tuple may be used again and again. */
  #apply(callee: TraceValue, args: TraceValue, makesObject: boolean): void {
    const call: TraceCall = { kind: 'call', makesObject, callee, args: args.kind === 'items' ? args.items : [args] };
    this.#push(call);
    const continues = this.#touched.has(callee);
    if (!continues && !this.#touched.has(args)) return;
    this.#touched.add(call);
    const isCode = callee.kind === 'name' && this.#isSubject(callee.module, callee.name);
    if (continues || isCode || this.#deed === undefined) this.#deed = call;
  }

  #fill(items: readonly TraceValue[]): void {
    const target = this.#top();
    if (target.kind === 'items') for (const item of items) target.items.push(item);
    for (const item of items) this.#touch(item, target);
  }

  #build(state: TraceValue, target: TraceValue): void {
    if (target.kind === 'call') target.state = state;
    this.#touch(state, target);
  }

  #touch(value: TraceValue, target: TraceValue): void {
    if (this.#touched.has(value) && target !== UNSAID) this.#touched.add(target);
  }

  #push(value: TraceValue): void {
    this.#valueCount += 1;
    this.#stack.push(value);
  }

  #put(slot: number): void {
    this.#memo.set(slot, this.#top());
  }

  #top(): TraceValue {
    return this.#stack.at(-1) ?? UNSAID;
  }

  #pop(): TraceValue {
    return this.#stack.pop() ?? UNSAID;
  }

  #popMany(count: number): TraceValue[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #items(brackets: TraceItems['brackets'], items: TraceValue[]): TraceItems {
    const value: TraceItems = { kind: 'items', brackets, items };
    for (const item of items) this.#touch(item, value);
    return value;
  }

  #popToMark(): TraceValue[] {
    const mark = this.#stack.lastIndexOf(null);
    const values = this.#stack.splice(mark + 1);
    if (mark !== -1) this.#stack.pop();
    return values.filter((value) => value !== null);
  }
}

function textOf(opcode: string, text: string): TraceText {
  // Protocol 0 writes strings with their quotes.
  return { kind: 'text', text: opcode === 'STRING' ? text.slice(1, -1) : text };
}

function plainText(value: TraceValue): string {
  return value.kind === 'text' ? value.text.slice(0, MAX_PICKLE_NAME_BYTES) : '?';
}

/**
 * Follows a pickle from its start and tells what becomes of the first name that `isSubject` says yes to. A damaged
 * pickle is followed as far as it goes.
 *
 * @param byteOffset - Absolute position of `bytes` in the file.
 */
export function tracePickle(
  bytes: Uint8Array,
  byteOffset: number,
  isSubject: (module: string, name: string) => boolean,
): Trace | undefined {
  const failure = new CheckpointFailure('pickle');
  const tracer = new PickleTracer(new PickleBytes(bytes, byteOffset, failure, false), isSubject);
  try {
    tracer.run();
  } catch (error) {
    // Asked for the wording of another error, which a second one must not replace.
    if (!(error instanceof CheckpointError)) throw error;
  }
  return tracer.result;
}
