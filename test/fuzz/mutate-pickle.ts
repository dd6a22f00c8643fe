import { OPCODES } from '../../src/checkpoint/pickle/opcodes.ts';
import { ALLOWED_GLOBALS } from '../../src/checkpoint/torch/torch-globals.ts';
import { edgeBytes, mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

const CODES = [...OPCODES.keys()];
const ALLOWED_CODES = CODES.filter((code) => OPCODES.get(code)?.isAllowed);
const GLOBALS = [
  ...ALLOWED_GLOBALS.keys(),
  'posix system',
  '__builtin__ eval',
  'torch nn',
  '__proto__ constructor',
  ' ',
];
const TEXTS = [
  'storage',
  'module',
  '0',
  '1',
  '999',
  'cpu',
  '',
  '_metadata',
  'version',
  '__proto__',
  'state_dict',
  'w',
  'x'.repeat(300),
  'w._packed_params._packed_params',
  'w.zero_point',
];
const STOP = 0x2e;

/** Byte length of the instruction at `at`. */
function instructionLength(bytes: Uint8Array, at: number): number {
  const argument = OPCODES.get(bytes[at] ?? -1)?.argument;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endOfLine = (from: number): number => bytes.indexOf(0x0a, from) + 1 || bytes.length;
  if (typeof argument === 'number') return 1 + argument;
  if (argument === 'len1') return 2 + (bytes[at + 1] ?? 0);
  if (argument === 'len4') return 5 + view.getUint32(at + 1, true);
  if (argument === 'len8') return 9 + Number(view.getBigUint64(at + 1, true));
  if (argument === 'line') return endOfLine(at + 1) - at;
  if (argument === 'lines') return endOfLine(endOfLine(at + 1)) - at;
  throw new Error(`byte ${at} of a seed is no instruction`);
}

/** A sound pickle cut into its instructions. */
export interface InstructionList {
  readonly instructions: readonly Uint8Array[];
  /** Bytes after the last one. */
  readonly rest: Uint8Array;
}

/** @param stops - How many pickles stand one after the other. */
export function splitPickle(bytes: Uint8Array, stops = 1): InstructionList {
  const instructions: Uint8Array[] = [];
  let at = 0;
  for (let stopped = 0; stopped < stops;) {
    const instruction = bytes.subarray(at, at + instructionLength(bytes, at));
    instructions.push(instruction);
    at += instruction.length;
    if (instruction[0] === STOP) stopped += 1;
  }
  return { instructions, rest: bytes.subarray(at) };
}

function operand(code: number, random: Random): Uint8Array {
  const argument = OPCODES.get(code)?.argument;
  if (typeof argument === 'number') return random.chance(0.5) ? edgeBytes(random, argument) : random.bytes(argument);
  if (argument === 'line') return Buffer.from(`${random.pick(['0', '-1', 'x', '01', "'a'"])}\n`);
  if (argument === 'lines') return Buffer.from(`${random.pick(GLOBALS).replace(' ', '\n')}\n`);
  const text = random.chance(0.7) ? Buffer.from(random.pick(TEXTS)) : random.bytes(random.below(20));
  const length = new Uint8Array(argument === 'len1' ? 1 : argument === 'len4' ? 4 : 8);
  // Now and then a length that lies.
  if (random.chance(0.1)) length.set(edgeBytes(random, length.length));
  else length.set([text.length & 0xff, text.length >> 8].slice(0, length.length));
  return Buffer.concat([length, text]);
}

function oddInstruction(random: Random): Uint8Array {
  const code = random.pick(random.chance(0.9) ? ALLOWED_CODES : CODES);
  return Buffer.concat([Uint8Array.of(code), operand(code, random)]);
}

function mutateOnce(list: Uint8Array[], random: Random): void {
  const at = random.below(list.length);
  const current = list[at] ?? new Uint8Array(1);
  switch (random.below(7)) {
    case 0:
      list.splice(at, 1);
      return;
    case 1:
      list.splice(at, 0, current);
      return;
    case 2:
      list.splice(at, 0, oddInstruction(random));
      return;
    case 3: {
      const other = random.below(list.length);
      const swapped = list[other] ?? current;
      list[other] = current;
      list[at] = swapped;
      return;
    }
    case 4: {
      // Doubles a few.
      const few = list.slice(at, at + 1 + random.below(20));
      for (let turn = random.below(4); turn >= 0; turn -= 1) list.splice(at, 0, ...few);
      return;
    }
    default:
      list[at] = Buffer.concat([current.subarray(0, 1), operand(current[0] ?? 0, random)]);
  }
}

/** A pickle with some of its instructions changed. */
export function mutatePickle({ instructions, rest }: InstructionList, random: Random): Uint8Array {
  const list = [...instructions];
  const count = 1 + random.below(random.chance(0.8) ? 3 : 10);
  for (let done = 0; done < count && list.length > 0; done += 1) mutateOnce(list, random);
  const bytes = Buffer.concat([...list, rest]);
  return random.chance(0.05) ? mutateBytes(bytes, random, rest) : bytes;
}
