import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The page that says of errors where they come from and what to do, relative to the package. */
export const TROUBLESHOOTING_PAGE = 'docs/troubleshooting.md';

/** Section of the page that speaks of a code. */
const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['CHECKPOINT_FORBIDDEN_GLOBAL', 'weights-only'],
  ['CHECKPOINT_FORBIDDEN_OPCODE', 'weights-only'],
  ['CHECKPOINT_UNSUPPORTED', 'whole-module'],
  ['CHECKPOINT_TRUNCATED', 'truncated'],
  ['CHECKPOINT_MALFORMED', 'truncated'],
  ['CHECKPOINT_CHECKSUM_MISMATCH', 'truncated'],
  ['CHECKPOINT_NOT_A_CHECKPOINT', 'html'],
  ['CHECKPOINT_LIMIT_EXCEEDED', 'html'],
  ['CHECKPOINT_LFS_POINTER', 'lfs-pointer'],
  ['MODEL_WEIGHTS_SKIPPED', 'lfs-pointer'],
  ['TOKENIZER_LFS_POINTER', 'lfs-pointer'],
  ['TOKENIZER_MALFORMED', 'empty-tokenizer'],
  ['TOKENIZER_MISSING', 'missing-sentencepiece'],
  ['TOKENIZER_FILE_SKIPPED', 'missing-sentencepiece'],
  ['TOKENIZER_FROM_BASE_MODEL', 'missing-sentencepiece'],
  ['TOKENIZER_VOCABULARY_MISMATCH', 'size-mismatch'],
  ['MODEL_SHAPE_MISMATCH', 'size-mismatch'],
  ['MODEL_TENSOR_MISSING', 'size-mismatch'],
  ['CHECKPOINT_SHARD_MISSING', 'shards'],
  ['CHECKPOINT_INVALID_QUANTIZATION', 'damaged-weights'],
  ['MODEL_WEIGHTS_INVALID', 'damaged-weights'],
  ['MODEL_CONFIG_INVALID', 'config'],
  ['MODEL_UNSUPPORTED', 'remote-code'],
  ['TOKENIZER_UNSUPPORTED', 'remote-code'],
  ['ONNX_MALFORMED', 'onnx'],
  ['ONNX_LIMIT_EXCEEDED', 'onnx'],
  ['ONNX_EXTERNAL_DATA', 'onnx'],
  ['ONNX_UNSUPPORTED', 'onnx'],
  ['MODEL_DEVICE_UNAVAILABLE', 'device'],
  ['MODEL_INT8_INEXACT', 'int8'],
  ['MODEL_FILE_MISSING', 'no-file'],
  ['MODEL_NOT_FOUND', 'no-file'],
  ['MODEL_FALLBACK', 'fallback'],
  ['MODEL_RUNTIME_MISSING', 'slow'],
  ['MODEL_CACHE_UNWRITABLE', 'cache'],
  ['HUB_WRITE_FAILED', 'cache'],
  ['HUB_OFFLINE', 'offline'],
  ['HUB_UNAVAILABLE', 'offline'],
  ['HUB_UNAUTHORIZED', 'gated'],
  ['HUB_GATED', 'gated'],
  ['HUB_RATE_LIMITED', 'rate-limited'],
  ['HUB_TIMEOUT', 'rate-limited'],
  ['HUB_CORRUPT', 'rate-limited'],
  ['HUB_PROTOCOL', 'rate-limited'],
  ['SEARCH_MODEL_MISMATCH', 'other-model'],
  ['INDEXING_MODEL_CHANGED', 'other-model'],
]);

/** Areas of error codes that the page is about, also where no section of it is about the code itself. */
const AREAS: ReadonlySet<string> = new Set(['MODEL', 'CHECKPOINT', 'TOKENIZER', 'TENSOR', 'ONNX', 'HUB']);

/** Codes that have a section of their own, with its anchor; for the check that the page has it. */
export function troubleshootingSections(): ReadonlyMap<string, string> {
  return SECTIONS;
}

/**
 * Where to read about an error: the page in this package and the section of it.
 *
 * @returns undefined for codes that the page is not about, and in an installation without it.
 */
export function troubleshootingLink(code: string): string | undefined {
  const section = SECTIONS.get(code);
  if (section === undefined && !AREAS.has(code.split('_')[0] ?? '')) return undefined;
  const page = join(packageRoot(), TROUBLESHOOTING_PAGE);
  if (!existsSync(page)) return undefined;
  return section === undefined ? page : `${page}#${section}`;
}
