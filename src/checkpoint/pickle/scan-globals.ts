import { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import { MAX_PICKLE_OPCODES } from './limits.ts';
import { OPCODES, type OpcodeArgument } from './opcodes.ts';
import { PickleBytes } from './pickle-bytes.ts';

/** Instructions that leave the stack as it is. */
const NEUTRAL: ReadonlySet<string> = new Set(['PROTO', 'FRAME']);

/** A global a pickle names, allowed or not. */
export interface NamedGlobal {
  readonly module: string;
  readonly name: string;
  /** Absolute position in the file of the instruction that names it. */
  readonly byteOffset: number;
}

/**
 * Follows strings far enough to tell what STACK_GLOBAL names: two strings pushed or fetched right before it. Whatever
 * else comes between makes the name `?`, never that of something harmless that is not on the stack any more.
 */
class StringTrail {
  readonly #memo = new Map<number, string | undefined>();
  #previous: string | undefined;
  #last: string | undefined;

  push(text: string | undefined): void {
    this.#previous = this.#last;
    this.#last = text;
  }

  put(slot: number): void {
    this.#memo.set(slot, this.#last);
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(slot: number): void {
    this.push(this.#memo.get(slot));
  }

  names(): { module: string; name: string } {
    return { module: this.#previous ?? '?', name: this.#last ?? '?' };
  }
}

function readArgument(bytes: PickleBytes, argument: OpcodeArgument, isText: boolean): string | number | undefined {
  if (argument === 'line') return bytes.line();
  if (argument === 0 || argument === 'lines') return undefined;
  if (argument === 1) return bytes.uint8();
  if (argument === 4) return bytes.uint32();
  if (typeof argument === 'number') {
    bytes.skip(argument);
    return undefined;
  }
  const length = argument === 'len1' ? bytes.uint8() : bytes.uint32();
  // Anything that fits in memory has 0 in the upper half of its 8-byte length; for the rest the skip fails.
  if (argument === 'len8') bytes.skip(bytes.uint32() === 0 ? 0 : Number.MAX_SAFE_INTEGER);
  if (isText) return bytes.utf8(length);
  bytes.skip(length);
  return undefined;
}

function* scan(bytes: PickleBytes): Generator<NamedGlobal> {
  const trail = new StringTrail();
  for (let steps = 0; steps < MAX_PICKLE_OPCODES; steps += 1) {
    const byteOffset = bytes.byteOffset;
    const opcode = OPCODES.get(bytes.uint8());
    if (opcode === undefined) return;
    const { name } = opcode;
    const argument = readArgument(bytes, opcode.argument, name.includes('UNICODE') || name.endsWith('STRING'));
    if (opcode.argument === 'lines') yield { module: bytes.line(), name: bytes.line(), byteOffset };
    else if (name === 'STACK_GLOBAL') yield { ...trail.names(), byteOffset };
    else if (name === 'MEMOIZE') trail.memoize();
    else if (name.endsWith('PUT')) trail.put(Number(argument));
    else if (name.endsWith('GET')) trail.get(Number(argument));
    else if (!NEUTRAL.has(name)) trail.push(typeof argument === 'string' ? argument : undefined);
  }
  throw bytes.failure.limitExceeded('the pickle has more instructions', MAX_PICKLE_OPCODES, bytes.byteOffset);
}

/**
 * Finds the globals a pickle names, in order, without carrying anything out: the forbidden ones too, and those of
 * pickles that follow it directly.
 * A damaged pickle gives what stands before the damage, where Python would stop as well.
 *
 * @param byteOffset - Absolute position of `bytes` in the file.
 * @throws {@link CheckpointError} `CHECKPOINT_LIMIT_EXCEEDED` where only this reader would stop: what comes after must
 * not look harmless.
 */
export function* scanGlobals(
  bytes: Uint8Array,
  byteOffset = 0,
  failure: CheckpointFailure = new CheckpointFailure('pickle'),
): Generator<NamedGlobal> {
  try {
    yield* scan(new PickleBytes(bytes, byteOffset, failure, false));
  } catch (error) {
    // The scan looks at files that may be anything: where it cannot go on, the list ends. Reading them reports why.
    if (!(error instanceof CheckpointError) || error.code === 'CHECKPOINT_LIMIT_EXCEEDED') throw error;
  }
}

/** Whether a pickle names something of a module; only says so as far as {@link scanGlobals} gets. */
export function namesModule(bytes: Uint8Array, modulePrefix: string): boolean {
  try {
    for (const { module } of scanGlobals(bytes)) if (module.startsWith(modulePrefix)) return true;
  } catch (error) {
    // Asked for the wording of another error, which a second one must not replace.
    if (!(error instanceof CheckpointError)) throw error;
  }
  return false;
}
