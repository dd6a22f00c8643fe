import { open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';
import { MAX_TOKENIZER_JSON_BYTES } from './tokenizer/tokenizer-json.ts';

/** Weights by preference; the first that is there with its content is taken. */
const WEIGHT_FILES = ['model.safetensors', 'pytorch_model.bin'] as const;
/** Tokenizer definitions by preference. */
const TOKENIZER_FILES = ['tokenizer.json', 'sentencepiece.bpe.model'] as const;

/** The two large files of a model folder, as absolute or folder-relative paths as the folder was given. */
export interface ModelFiles {
  readonly weights: string;
  readonly tokenizer: string;
}

/**
 * Finds weights and tokenizer in a model folder. A Git LFS pointer (a clone without `git lfs pull`) is passed over when
 * another file can serve.
 *
 * @throws {@link ModelError} `MODEL_FILE_MISSING`, or `MODEL_UNSUPPORTED` for a tokenizer too large to be one.
 */
export async function findModelFiles(folder: string): Promise<ModelFiles> {
  const weights = await findFirst(folder, WEIGHT_FILES);
  const tokenizer = await findFirst(folder, TOKENIZER_FILES);
  await assertTokenizerSize(tokenizer);
  return { weights, tokenizer };
}

/** Before it is hashed and read whole (CWE-770). */
async function assertTokenizerSize(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size <= MAX_TOKENIZER_JSON_BYTES) return;
  throw new ModelError(
    `${path} has ${size} bytes, more than the ${MAX_TOKENIZER_JSON_BYTES} of the largest tokenizer`,
    {
      code: 'MODEL_UNSUPPORTED',
      hint: 'Get the model again: this file is no tokenizer.',
      details: { feature: `tokenizer of ${size} bytes` },
    },
  );
}

async function findFirst(folder: string, names: readonly string[]): Promise<string> {
  let pointer: string | null = null;
  for (const name of names) {
    const path = join(folder, name);
    const kind = await fileKind(path);
    if (kind === 'content') return path;
    if (kind === 'lfs-pointer') pointer ??= path;
  }
  if (pointer === null) {
    throw new ModelError(`${folder} has none of ${names.join(', ')}`, {
      code: 'MODEL_FILE_MISSING',
      hint: 'Name a folder that holds config.json, the weights and the tokenizer.',
      details: { folder, file: names[0] },
    });
  }
  throw new ModelError(`${pointer} is a Git LFS pointer, not the file itself`, {
    code: 'MODEL_FILE_MISSING',
    hint: 'Run "git lfs pull" in the folder of the model, or download the model again.',
    details: { folder, file: pointer },
  });
}

/** Longest pointer file that Git LFS writes. */
const MAX_POINTER_BYTES = 1024;

async function fileKind(path: string): Promise<'absent' | 'lfs-pointer' | 'content'> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return 'absent';
    // Opened also when it is too large for a pointer, so that a missing permission is named here.
    await using file = await open(path, 'r');
    if (found.size > MAX_POINTER_BYTES) return 'content';
    const head = await file.read(Buffer.alloc(MAX_POINTER_BYTES), 0, MAX_POINTER_BYTES, 0);
    return head.buffer.toString('latin1').startsWith('version https://git-lfs.') ? 'lfs-pointer' : 'content';
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
    throw new ModelError(`${path} cannot be read: ${errorMessage(cause)}`, {
      code: 'MODEL_FILE_MISSING',
      hint: 'Check that you may read the files of the model.',
      details: { folder: dirname(path), file: path },
      cause,
    });
  }
}
