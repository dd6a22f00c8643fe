import type { OpcodeArgument } from '../opcodes.ts';
import type { PickleBytes } from '../pickle-bytes.ts';

/** How much of a string is kept, in bytes: a message shows less. */
const MAX_KEPT_BYTES = 512;

/** What an instruction carries with it. */
export interface Operand {
  readonly text?: string;
  readonly number?: number;
}

/**
 * Reads what follows an opcode byte; strings only as far as a message shows them.
 *
 * @param name - Of the opcode: some numbers are signed.
 * @throws {@link CheckpointError} `CHECKPOINT_TRUNCATED`, `CHECKPOINT_LIMIT_EXCEEDED`.
 */
export function readOperand(bytes: PickleBytes, name: string, argument: OpcodeArgument): Operand {
  if (name === 'BININT') return { number: bytes.int32() };
  if (name === 'BINFLOAT') return { number: bytes.float64() };
  switch (argument) {
    case 0:
    case 'lines':
      return {};
    case 1:
      return { number: bytes.uint8() };
    case 2:
      return { number: bytes.uint16() };
    case 4:
      return { number: bytes.uint32() };
    case 'line':
      return { text: bytes.line() };
    case 'len1':
      return readText(bytes, bytes.uint8());
    case 'len4':
      return readText(bytes, bytes.uint32());
    case 'len8': {
      const length = bytes.uint32();
      // What fits in memory has 0 in the upper half; for the rest the skip fails.
      return readText(bytes, bytes.uint32() === 0 ? length : Number.MAX_SAFE_INTEGER);
    }
    default:
      bytes.skip(argument);
      return {};
  }
}

function readText(bytes: PickleBytes, length: number): Operand {
  const text = bytes.utf8(Math.min(length, MAX_KEPT_BYTES));
  bytes.skip(Math.max(0, length - MAX_KEPT_BYTES));
  return { text };
}
