/** Largest pickle that is read into memory (CWE-789). The index of a checkpoint with 10,000 tensors takes 2 MiB. */
export const MAX_PICKLE_BYTES: number = 16 * 1024 * 1024;
/** Most instructions carried out (CWE-400). A tensor takes about 40. */
export const MAX_PICKLE_OPCODES = 1_000_000;
/** Most containers, calls and references made (CWE-770): one byte can ask for one of 280 bytes. A tensor takes about 10. */
export const MAX_PICKLE_OBJECTS = 200_000;
/** Most attributes set by one BUILD (CWE-407: the same dict can be built again and again); torch sets one. */
export const MAX_PICKLE_ATTRIBUTES = 64;
/** Most values waiting on the stack (CWE-674, CWE-770). torch writes batches of 1,000 pairs. */
export const MAX_PICKLE_STACK = 16_384;
/** Most nested marks (CWE-674). */
export const MAX_PICKLE_MARKS = 256;
/** Longest string in bytes (CWE-789). */
export const MAX_PICKLE_STRING_BYTES: number = 4 * 1024 * 1024;
/** Longest integer in bytes; the magic number of old files has 10. */
export const MAX_PICKLE_INTEGER_BYTES = 64;
/** Longest module or class name in bytes. */
export const MAX_PICKLE_NAME_BYTES = 512;
