import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { compileTokenizer } from './compile-tokenizer.ts';
import { TokenizerError } from './tokenizer-error.ts';
import { MAX_TOKENIZER_JSON_BYTES } from './tokenizer-json.ts';

/** Tokenizer definitions by preference. */
const TOKENIZER_FILES = ['tokenizer.json', 'sentencepiece.bpe.model'] as const;
export type TokenizerFile = (typeof TOKENIZER_FILES)[number];

/** The file a model's tokenizer comes from. */
export interface TokenizerSource {
  readonly file: TokenizerFile;
  readonly path: string;
  /** The compiled form, for `UnigramTokenizer.fromCompiled`. */
  readonly compiled: Uint8Array<ArrayBuffer>;
  /** Why a preferred file was passed over: `TOKENIZER_FILE_SKIPPED`, a warning each. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A pointer file is some 130 bytes. */
const MAX_POINTER_BYTES = 1024;
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,15})\s*$/;

/**
 * Finds the tokenizer of a model folder and compiles it: `tokenizer.json`, or `sentencepiece.bpe.model` where that is
 * missing, empty, a Git LFS pointer or damaged.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MISSING` when the folder has neither; otherwise what was wrong with the preferred
 * one of the files that are there: `TOKENIZER_LFS_POINTER`, `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`,
 * `TOKENIZER_LIMIT_EXCEEDED`.
 */
export async function readTokenizerSource(folder: string): Promise<TokenizerSource> {
  const failures: TokenizerError[] = [];
  for (const file of TOKENIZER_FILES) {
    const path = join(folder, file);
    try {
      const compiled = compileTokenizer(await readTokenizerFile(path));
      return { file, path, compiled, diagnostics: failures.map((failure) => skipped(failure, file)) };
    } catch (error) {
      if (!(error instanceof TokenizerError)) throw error;
      failures.push(error);
    }
  }
  throw failures.find((failure) => failure.code !== 'TOKENIZER_MISSING') ?? missing(folder);
}

async function readTokenizerFile(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const description = await stat(path);
    if (!description.isFile()) throw new Error('it is not a regular file');
    const { size } = description;
    if (size > MAX_TOKENIZER_JSON_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_TOKENIZER_JSON_BYTES}`);
    bytes = await readFile(path);
  } catch (cause) {
    const code = systemErrorCode(cause) === 'ENOENT' ? 'TOKENIZER_MISSING' : 'TOKENIZER_MALFORMED';
    throw new TokenizerError(`${path} cannot be read: ${errorMessage(cause)}`, {
      code,
      hint: 'Check that the file exists and that you may read it.',
      details: { path },
      cause,
    });
  }
  assertNoPointer(path, bytes);
  return bytes;
}

function assertNoPointer(path: string, bytes: Uint8Array): void {
  if (bytes.byteLength > MAX_POINTER_BYTES) return;
  if (bytes.byteLength === 0) {
    throw new TokenizerError(`${path} is empty`, {
      code: 'TOKENIZER_MALFORMED',
      hint: 'Download the model again: this file was never written.',
      details: { path },
    });
  }
  const pointer = LFS_POINTER.exec(Buffer.from(bytes).toString('latin1'));
  if (pointer === null) return;
  const [, oid, size] = pointer;
  throw new TokenizerError(`${path} is a Git LFS pointer to ${size} bytes, not the file itself`, {
    code: 'TOKENIZER_LFS_POINTER',
    hint: 'Run "git lfs pull" in the model\'s clone, or download the file.',
    details: { path, oid, sizeBytes: Number(size) },
  });
}

function skipped(failure: TokenizerError, used: TokenizerFile): Diagnostic {
  return {
    severity: 'warning',
    code: 'TOKENIZER_FILE_SKIPPED',
    message: `${failure.message}; ${used} serves instead.`,
    hint: failure.hint,
  };
}

function missing(folder: string): TokenizerError {
  return new TokenizerError(`${folder} has no ${TOKENIZER_FILES.join(' and no ')}`, {
    code: 'TOKENIZER_MISSING',
    hint: 'Download the model again with its tokenizer files.',
    details: { folder, searched: TOKENIZER_FILES },
  });
}
