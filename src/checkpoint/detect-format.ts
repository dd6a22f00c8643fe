import { CheckpointError, type CheckpointFailure } from './checkpoint-error.ts';
import { describeIntent } from './pickle/intent/describe-intent.ts';
import type { CheckpointFormat } from './state-dict.ts';
import { ALLOWED_GLOBALS } from './torch/torch-globals.ts';

/** How many bytes {@link detectFormat} wants to see. */
export const SNIFF_BYTES = 512;

/** A pickled 10-byte integer, 0x1950a86a20f9469cfc6c, and STOP: how torch.save began before 1.6. */
const LEGACY_MAGIC = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];
const EMPTY_ZIP_MAGIC = [0x50, 0x4b, 0x05, 0x06];
const PICKLE_PROTO = 0x80;
/** Where a tar header names its kind. */
const TAR_MAGIC_OFFSET = 257;

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** u64 header length, then JSON. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 9 && bytes[8] === 0x7b && bytes[7] === 0 && bytes[6] === 0;
}

/**
 * The error for a file that is no checkpoint, saying what it is.
 *
 * @param bytes - The first {@link SNIFF_BYTES} of the file, or all of it.
 */
export function otherKindError(bytes: Uint8Array, failure: CheckpointFailure): CheckpointError {
  const text = new TextDecoder('latin1').decode(bytes);
  const start = text.trimStart();
  if (text.startsWith('version https://git-lfs.github.com/spec/v1')) return lfsPointer(failure);
  if (text.startsWith('GGUF')) {
    return failure.unsupported(
      'GGUF',
      'is a GGUF model',
      'Use the pytorch_model.bin or model.safetensors of the model.',
    );
  }
  if (text.startsWith('ustar', TAR_MAGIC_OFFSET)) {
    return failure.unsupported(
      'tar',
      'is a tar checkpoint of torch before 0.1.10',
      'Load it with torch and save it again with torch.save.',
    );
  }
  if (start.startsWith('<')) {
    return failure.notACheckpoint(
      'HTML',
      'is an HTML or XML page, probably an error page saved in place of a download',
      'Download the file again and look at the answer of the server.',
    );
  }
  if (start.startsWith('{') || start.startsWith('[')) {
    return failure.notACheckpoint(
      'JSON',
      'is a JSON file',
      'Use the pytorch_model.bin or model.safetensors beside it.',
    );
  }
  if (startsWith(bytes, EMPTY_ZIP_MAGIC)) {
    return failure.notACheckpoint('zip', 'is an empty zip archive', 'Download the file again.');
  }
  if (bytes[0] === PICKLE_PROTO) {
    const intent = describeIntent(bytes, { byteOffset: 0, allowedGlobals: ALLOWED_GLOBALS });
    return failure.barePickle(intent);
  }
  return failure.notACheckpoint(
    'unknown',
    `starts with the bytes ${hex(bytes.subarray(0, 8))}, which no checkpoint does`,
    'Use the pytorch_model.bin or model.safetensors of the model.',
  );
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function lfsPointer(failure: CheckpointFailure): CheckpointError {
  return new CheckpointError(`${failure.path} is a Git LFS pointer, not the file it points to`, {
    code: 'CHECKPOINT_LFS_POINTER',
    hint: 'Run `git lfs pull` in the folder of the model.',
    details: { path: failure.path },
  });
}

/**
 * Tells from its first bytes what a file is.
 *
 * @param bytes - The first {@link SNIFF_BYTES} of the file, or all of it.
 * @throws {@link CheckpointError} `CHECKPOINT_NOT_A_CHECKPOINT`, `CHECKPOINT_LFS_POINTER`, `CHECKPOINT_UNSUPPORTED`,
 * `CHECKPOINT_TRUNCATED` for an empty file.
 */
export function detectFormat(bytes: Uint8Array, failure: CheckpointFailure): CheckpointFormat {
  if (bytes.byteLength === 0) throw failure.truncated('the file is empty', 0);
  if (startsWith(bytes, ZIP_MAGIC)) return 'torch-zip';
  if (startsWith(bytes, LEGACY_MAGIC)) return 'torch-legacy';
  if (looksLikeSafetensors(bytes)) return 'safetensors';
  throw otherKindError(bytes, failure);
}
