/**
 * What follows an opcode byte, as `pickletools.py` of CPython describes it.
 * Numbers are lengths in bytes; `len1`, `len4`, `len8` are length-prefixed; `line` and `lines` end in newlines.
 */
export type OpcodeArgument = number | 'len1' | 'len4' | 'len8' | 'line' | 'lines';

/** An instruction of the pickle machine. */
export interface Opcode {
  readonly name: string;
  readonly argument: OpcodeArgument;
  /**
   * Whether {@link unpickle} carries it out. Refused are those that torch never writes into a state dict: they build
   * objects (INST, OBJ, NEWOBJ), name code indirectly (STACK_GLOBAL, EXT*), or hide a payload (POP, DUP).
   */
  readonly isAllowed: boolean;
}

const OPCODE_TABLE: ReadonlyArray<
  readonly [code: number, name: string, argument: OpcodeArgument, allowed?: 'allowed']
> = [
  [0x28, 'MARK', 0, 'allowed'],
  [0x29, 'EMPTY_TUPLE', 0, 'allowed'],
  [0x2e, 'STOP', 0, 'allowed'],
  [0x30, 'POP', 0],
  [0x31, 'POP_MARK', 0],
  [0x32, 'DUP', 0],
  [0x42, 'BINBYTES', 'len4'],
  [0x43, 'SHORT_BINBYTES', 'len1'],
  [0x46, 'FLOAT', 'line'],
  [0x47, 'BINFLOAT', 8, 'allowed'],
  [0x49, 'INT', 'line'],
  [0x4a, 'BININT', 4, 'allowed'],
  [0x4b, 'BININT1', 1, 'allowed'],
  [0x4c, 'LONG', 'line'],
  [0x4d, 'BININT2', 2, 'allowed'],
  [0x4e, 'NONE', 0, 'allowed'],
  [0x50, 'PERSID', 'line'],
  [0x51, 'BINPERSID', 0, 'allowed'],
  [0x52, 'REDUCE', 0, 'allowed'],
  [0x53, 'STRING', 'line'],
  [0x54, 'BINSTRING', 'len4'],
  [0x55, 'SHORT_BINSTRING', 'len1', 'allowed'],
  [0x56, 'UNICODE', 'line'],
  [0x58, 'BINUNICODE', 'len4', 'allowed'],
  [0x5d, 'EMPTY_LIST', 0, 'allowed'],
  [0x61, 'APPEND', 0, 'allowed'],
  [0x62, 'BUILD', 0, 'allowed'],
  [0x63, 'GLOBAL', 'lines', 'allowed'],
  [0x64, 'DICT', 0],
  [0x65, 'APPENDS', 0, 'allowed'],
  [0x67, 'GET', 'line'],
  [0x68, 'BINGET', 1, 'allowed'],
  [0x69, 'INST', 'lines'],
  [0x6a, 'LONG_BINGET', 4, 'allowed'],
  [0x6c, 'LIST', 0],
  [0x6f, 'OBJ', 0],
  [0x70, 'PUT', 'line'],
  [0x71, 'BINPUT', 1, 'allowed'],
  [0x72, 'LONG_BINPUT', 4, 'allowed'],
  [0x73, 'SETITEM', 0, 'allowed'],
  [0x74, 'TUPLE', 0, 'allowed'],
  [0x75, 'SETITEMS', 0, 'allowed'],
  [0x7d, 'EMPTY_DICT', 0, 'allowed'],
  [0x80, 'PROTO', 1, 'allowed'],
  [0x81, 'NEWOBJ', 0],
  [0x82, 'EXT1', 1],
  [0x83, 'EXT2', 2],
  [0x84, 'EXT4', 4],
  [0x85, 'TUPLE1', 0, 'allowed'],
  [0x86, 'TUPLE2', 0, 'allowed'],
  [0x87, 'TUPLE3', 0, 'allowed'],
  [0x88, 'NEWTRUE', 0, 'allowed'],
  [0x89, 'NEWFALSE', 0, 'allowed'],
  [0x8a, 'LONG1', 'len1', 'allowed'],
  [0x8b, 'LONG4', 'len4'],
  [0x8c, 'SHORT_BINUNICODE', 'len1'],
  [0x8d, 'BINUNICODE8', 'len8'],
  [0x8e, 'BINBYTES8', 'len8'],
  [0x8f, 'EMPTY_SET', 0],
  [0x90, 'ADDITEMS', 0],
  [0x91, 'FROZENSET', 0],
  [0x92, 'NEWOBJ_EX', 0],
  [0x93, 'STACK_GLOBAL', 0],
  [0x94, 'MEMOIZE', 0],
  [0x95, 'FRAME', 8],
  [0x96, 'BYTEARRAY8', 'len8'],
  [0x97, 'NEXT_BUFFER', 0],
  [0x98, 'READONLY_BUFFER', 0],
];

/** Every opcode of protocols 0 to 5 by its byte. */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  OPCODE_TABLE.map(([code, name, argument, allowed]) => [code, { name, argument, isAllowed: allowed === 'allowed' }]),
);
