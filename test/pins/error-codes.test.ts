import { describe, expect, it } from 'vitest';
import { CHECKPOINT_ERROR_CODES } from '../../src/checkpoint/checkpoint-error.ts';
import { USAGE_ERROR_CODES } from '../../src/cli/usage-error.ts';
import { SCIP_ERROR_CODES } from '../../src/scip/scip-error.ts';
import { INDEXING_ERROR_CODES } from '../../src/indexing/indexing-error.ts';
import { BYTE_SOURCE_ERROR_CODES } from '../../src/kernel/byte-source.ts';
import { HUB_ERROR_CODES } from '../../src/model/hub/hub-error.ts';
import { MODEL_ERROR_CODES } from '../../src/model/model-error.ts';
import { ONNX_ERROR_CODES } from '../../src/model/onnx-file/onnx-error.ts';
import { TOKENIZER_ERROR_CODES } from '../../src/model/tokenizer/tokenizer-error.ts';
import { PARSING_ERROR_CODES } from '../../src/parsing/parsing-error.ts';
import { SEARCH_ERROR_CODES } from '../../src/search/search-error.ts';
import { STORE_ERROR_CODES } from '../../src/store/store-error.ts';
import { TENSOR_ERROR_CODES } from '../../src/tensor/tensor-error.ts';

/*
 * Error codes are public: programs switch on them. A change here is a breaking change, and the expectations are literals,
 * never taken from src.
 */
describe('error codes', () => {
  it.each([
    ['kernel', BYTE_SOURCE_ERROR_CODES, ['SOURCE_UNREADABLE', 'SOURCE_OUT_OF_RANGE', 'SOURCE_CLOSED']],
    [
      'tensor',
      TENSOR_ERROR_CODES,
      ['TENSOR_INVALID_GEOMETRY', 'TENSOR_LIMIT_EXCEEDED', 'TENSOR_INVALID_QUANTIZATION', 'TENSOR_NO_CONVERSION'],
    ],
    [
      'checkpoint',
      CHECKPOINT_ERROR_CODES,
      [
        'CHECKPOINT_NOT_A_CHECKPOINT',
        'CHECKPOINT_LFS_POINTER',
        'CHECKPOINT_UNSUPPORTED',
        'CHECKPOINT_TRUNCATED',
        'CHECKPOINT_MALFORMED',
        'CHECKPOINT_SHARD_MISSING',
        'CHECKPOINT_CHECKSUM_MISMATCH',
        'CHECKPOINT_FORBIDDEN_GLOBAL',
        'CHECKPOINT_FORBIDDEN_OPCODE',
        'CHECKPOINT_LIMIT_EXCEEDED',
        'CHECKPOINT_INVALID_QUANTIZATION',
      ],
    ],
    [
      'tokenizer',
      TOKENIZER_ERROR_CODES,
      [
        'TOKENIZER_MISSING',
        'TOKENIZER_LFS_POINTER',
        'TOKENIZER_MALFORMED',
        'TOKENIZER_UNSUPPORTED',
        'TOKENIZER_LIMIT_EXCEEDED',
        'TOKENIZER_VOCABULARY_MISMATCH',
      ],
    ],
    [
      'model',
      MODEL_ERROR_CODES,
      [
        'MODEL_NOT_FOUND',
        'MODEL_FILE_MISSING',
        'MODEL_CONFIG_INVALID',
        'MODEL_UNSUPPORTED',
        'MODEL_TENSOR_MISSING',
        'MODEL_SHAPE_MISMATCH',
        'MODEL_RUNTIME_MISSING',
        'MODEL_RUNTIME_FAILED',
        'MODEL_DEVICE_UNAVAILABLE',
        'MODEL_FILES_CHANGED',
        'MODEL_WEIGHTS_INVALID',
        'MODEL_INT8_INEXACT',
        'MODEL_CACHE_UNWRITABLE',
        'MODEL_WORKER_FAILED',
        'MODEL_LOAD_FAILED',
        'MODEL_NOT_REMOVABLE',
        'ENCODER_CLOSED',
      ],
    ],
    ['onnx', ONNX_ERROR_CODES, ['ONNX_MALFORMED', 'ONNX_LIMIT_EXCEEDED', 'ONNX_EXTERNAL_DATA', 'ONNX_UNSUPPORTED']],
    [
      'hub',
      HUB_ERROR_CODES,
      [
        'HUB_OFFLINE',
        'HUB_NOT_FOUND',
        'HUB_UNAUTHORIZED',
        'HUB_GATED',
        'HUB_RATE_LIMITED',
        'HUB_UNAVAILABLE',
        'HUB_TIMEOUT',
        'HUB_PROTOCOL',
        'HUB_CORRUPT',
        'HUB_TOO_LARGE',
        'HUB_UNSAFE_PATH',
        'HUB_WRITE_FAILED',
        'HUB_NO_MODEL',
      ],
    ],
    [
      'parsing',
      PARSING_ERROR_CODES,
      [
        'PARSING_QUERY_INVALID',
        'PARSING_GRAMMAR_INVALID',
        'PARSING_LANGUAGE_INVALID',
        'PARSING_LANGUAGE_UNKNOWN',
        'PARSING_CLOSED',
      ],
    ],
    ['scip', SCIP_ERROR_CODES, ['SCIP_MALFORMED', 'SCIP_NOT_FOUND', 'SCIP_LIMIT_EXCEEDED']],
    [
      'store',
      STORE_ERROR_CODES,
      [
        'STORE_NOT_FOUND',
        'STORE_VERSION_MISMATCH',
        'STORE_DAMAGED',
        'STORE_LOCKED',
        'STORE_FULL',
        'STORE_READ_ONLY',
        'STORE_UNREADABLE',
        'STORE_CLOSED',
        'STORE_DIMENSIONS_MISMATCH',
        'STORE_CONFLICT',
        'STORE_TOO_LARGE',
        'STORE_FAILED',
      ],
    ],
    [
      'indexing',
      INDEXING_ERROR_CODES,
      [
        'INDEXING_ROOT_NOT_FOUND',
        'INDEXING_ROOT_NOT_A_FOLDER',
        'INDEXING_ROOT_UNREADABLE',
        'INDEXING_IGNORE_FILE_UNREADABLE',
        'INDEXING_FACTS_DAMAGED',
        'INDEXING_MODEL_CHANGED',
        'INDEXING_GIT_MISSING',
        'INDEXING_NOT_IN_GIT',
        'INDEXING_REVISION_UNKNOWN',
        'INDEXING_GIT_FAILED',
      ],
    ],
    [
      'search',
      SEARCH_ERROR_CODES,
      ['SEARCH_QUERY_EMPTY', 'SEARCH_NO_VECTORS', 'SEARCH_MODEL_MISMATCH', 'SYMBOL_NOT_FOUND', 'SYMBOL_AMBIGUOUS'],
    ],
    [
      'command line',
      USAGE_ERROR_CODES,
      [
        'USAGE_UNKNOWN_COMMAND',
        'USAGE_UNKNOWN_OPTION',
        'USAGE_BAD_VALUE',
        'USAGE_MISSING_ARGUMENT',
        'USAGE_TOO_MANY_ARGUMENTS',
      ],
    ],
  ])('of %s are these', (_layer, codes, expected) => {
    expect(codes).toEqual(expected);
  });
});
