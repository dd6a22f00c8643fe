import { CodeGraphError } from '../kernel/errors.ts';

/** What the process says when it ends (INTERFACES: command line). */
export const EXIT = {
  done: 0,
  /** The answer is "no": nothing found, an ambiguous name. */
  no: 1,
  usage: 2,
  noIndex: 3,
  model: 4,
  damagedInput: 5,
  store: 6,
  /** A fault of this program (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes whose exit differs from that of their area. */
const BY_CODE: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['STORE_NOT_FOUND', EXIT.noIndex],
  ['SYMBOL_NOT_FOUND', EXIT.no],
  ['SYMBOL_AMBIGUOUS', EXIT.no],
  ['SEARCH_MODEL_MISMATCH', EXIT.model],
  ['SEARCH_QUERY_EMPTY', EXIT.usage],
  ['SEARCH_NO_VECTORS', EXIT.noIndex],
  ['SCIP_NOT_FOUND', EXIT.usage],
  ['INDEXING_FACTS_DAMAGED', EXIT.store],
  ['INDEXING_MODEL_CHANGED', EXIT.store],
]);

/** Exit of each area of error codes: the part before the first underscore. */
const BY_AREA: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['USAGE', EXIT.usage],
  ['INDEXING', EXIT.usage],
  ['STORE', EXIT.store],
  ['MODEL', EXIT.model],
  ['ENCODER', EXIT.model],
  ['HUB', EXIT.model],
  ['CHECKPOINT', EXIT.damagedInput],
  ['TENSOR', EXIT.damagedInput],
  ['TOKENIZER', EXIT.damagedInput],
  ['ONNX', EXIT.damagedInput],
  ['SOURCE', EXIT.damagedInput],
  ['PARSING', EXIT.damagedInput],
  ['SCIP', EXIT.damagedInput],
  ['SEARCH', EXIT.usage],
]);

/** The exit code that stands for whatever was thrown. */
export function exitCodeOf(thrown: unknown): ExitCode {
  if (thrown instanceof Error && thrown.name === 'AbortError') return EXIT.interrupted;
  if (!CodeGraphError.isInstance(thrown)) return EXIT.bug;
  return BY_CODE.get(thrown.code) ?? BY_AREA.get(thrown.code.split('_')[0] ?? '') ?? EXIT.bug;
}
