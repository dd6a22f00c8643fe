import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exit-codes.ts';
import { CodeGraphError } from '../../../src/kernel/errors.ts';

/** Scripts rely on these numbers: literals, never taken from src. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  SOURCE_UNREADABLE: 5,
  SOURCE_OUT_OF_RANGE: 5,
  SOURCE_CLOSED: 5,
  TENSOR_INVALID_GEOMETRY: 5,
  TENSOR_LIMIT_EXCEEDED: 5,
  TENSOR_INVALID_QUANTIZATION: 5,
  TENSOR_NO_CONVERSION: 5,
  CHECKPOINT_NOT_A_CHECKPOINT: 5,
  CHECKPOINT_LFS_POINTER: 5,
  CHECKPOINT_UNSUPPORTED: 5,
  CHECKPOINT_TRUNCATED: 5,
  CHECKPOINT_MALFORMED: 5,
  CHECKPOINT_SHARD_MISSING: 5,
  CHECKPOINT_CHECKSUM_MISMATCH: 5,
  CHECKPOINT_FORBIDDEN_GLOBAL: 5,
  CHECKPOINT_FORBIDDEN_OPCODE: 5,
  CHECKPOINT_LIMIT_EXCEEDED: 5,
  CHECKPOINT_INVALID_QUANTIZATION: 5,
  TOKENIZER_MISSING: 5,
  TOKENIZER_LFS_POINTER: 5,
  TOKENIZER_MALFORMED: 5,
  TOKENIZER_UNSUPPORTED: 5,
  TOKENIZER_LIMIT_EXCEEDED: 5,
  TOKENIZER_VOCABULARY_MISMATCH: 5,
  MODEL_NOT_FOUND: 4,
  MODEL_FILE_MISSING: 4,
  MODEL_CONFIG_INVALID: 4,
  MODEL_UNSUPPORTED: 4,
  MODEL_TENSOR_MISSING: 4,
  MODEL_SHAPE_MISMATCH: 4,
  MODEL_RUNTIME_MISSING: 4,
  MODEL_RUNTIME_FAILED: 4,
  MODEL_DEVICE_UNAVAILABLE: 4,
  MODEL_FILES_CHANGED: 4,
  MODEL_WEIGHTS_INVALID: 4,
  MODEL_INT8_INEXACT: 4,
  MODEL_CACHE_UNWRITABLE: 4,
  MODEL_WORKER_FAILED: 4,
  MODEL_LOAD_FAILED: 4,
  MODEL_NOT_REMOVABLE: 4,
  ENCODER_CLOSED: 4,
  HUB_OFFLINE: 4,
  HUB_NOT_FOUND: 4,
  HUB_UNAUTHORIZED: 4,
  HUB_GATED: 4,
  HUB_RATE_LIMITED: 4,
  HUB_UNAVAILABLE: 4,
  HUB_TIMEOUT: 4,
  HUB_PROTOCOL: 4,
  HUB_CORRUPT: 4,
  HUB_TOO_LARGE: 4,
  HUB_UNSAFE_PATH: 4,
  HUB_WRITE_FAILED: 4,
  HUB_NO_MODEL: 4,
  ONNX_MALFORMED: 5,
  ONNX_LIMIT_EXCEEDED: 5,
  ONNX_EXTERNAL_DATA: 5,
  ONNX_UNSUPPORTED: 5,
  PARSING_QUERY_INVALID: 5,
  PARSING_GRAMMAR_INVALID: 5,
  PARSING_LANGUAGE_INVALID: 5,
  PARSING_LANGUAGE_UNKNOWN: 5,
  PARSING_CLOSED: 5,
  SCIP_MALFORMED: 5,
  SCIP_NOT_FOUND: 2,
  SCIP_LIMIT_EXCEEDED: 5,
  STORE_NOT_FOUND: 3,
  STORE_VERSION_MISMATCH: 6,
  STORE_DAMAGED: 6,
  STORE_LOCKED: 6,
  STORE_FULL: 6,
  STORE_READ_ONLY: 6,
  STORE_UNREADABLE: 6,
  STORE_CLOSED: 6,
  STORE_DIMENSIONS_MISMATCH: 6,
  STORE_CONFLICT: 6,
  STORE_TOO_LARGE: 6,
  STORE_FAILED: 6,
  INDEXING_ROOT_NOT_FOUND: 2,
  INDEXING_ROOT_NOT_A_FOLDER: 2,
  INDEXING_ROOT_UNREADABLE: 2,
  INDEXING_IGNORE_FILE_UNREADABLE: 2,
  INDEXING_FACTS_DAMAGED: 6,
  INDEXING_MODEL_CHANGED: 6,
  INDEXING_GIT_MISSING: 2,
  INDEXING_NOT_IN_GIT: 2,
  INDEXING_REVISION_UNKNOWN: 2,
  INDEXING_GIT_FAILED: 2,
  SEARCH_QUERY_EMPTY: 2,
  SEARCH_NO_VECTORS: 3,
  SEARCH_MODEL_MISMATCH: 4,
  SYMBOL_NOT_FOUND: 1,
  SYMBOL_AMBIGUOUS: 1,
  USAGE_UNKNOWN_COMMAND: 2,
  USAGE_UNKNOWN_OPTION: 2,
  USAGE_BAD_VALUE: 2,
  USAGE_MISSING_ARGUMENT: 2,
  USAGE_TOO_MANY_ARGUMENTS: 2,
};

/** Every code that an `…_ERROR_CODES` array of the source declares. */
function declaredCodes(): string[] {
  const source = fileURLToPath(new URL('../../../src', import.meta.url));
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [
      ...readFileSync(`${source}/${path}`, 'utf8').matchAll(/_ERROR_CODES(?:: [^=]+)? = \[([^\]]+)\]/g),
    ])
    .flatMap(([, body = '']) => [...body.matchAll(/'([A-Z0-9_]+)'/g)].map(([, code = '']) => code));
}

describe('exitCodeOf', () => {
  it.each(Object.entries(EXIT_CODES))('%s ends with %i', (code, expected) => {
    expect(exitCodeOf(new CodeGraphError('it failed', { code }))).toBe(expected);
  });

  it('is pinned for every error code there is', () => {
    expect(declaredCodes().sort()).toEqual(Object.keys(EXIT_CODES).sort());
  });

  it('ends with 130 when interrupted', () => {
    expect(exitCodeOf(new DOMException('interrupted', 'AbortError'))).toBe(130);
  });

  it('ends with 70 for a fault of the program', () => {
    expect(exitCodeOf(new TypeError('x is undefined'))).toBe(70);
    expect(exitCodeOf('a string')).toBe(70);
    expect(exitCodeOf(new CodeGraphError('it failed', { code: 'UNHEARD_OF' }))).toBe(70);
  });
});
