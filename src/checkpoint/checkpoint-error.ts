import { basename } from 'node:path';
import { CodeGraphError } from '../kernel/errors.ts';
import type { PickleIntent } from './pickle/intent/pickle-intent.ts';
import { shownText } from './pickle/intent/trace-values.ts';

/**
 * Codes of {@link CheckpointError}. `details.path` is always the file, `details.byteOffset` the absolute position
 * where there is one.
 *
 * - `CHECKPOINT_NOT_A_CHECKPOINT`: another kind of file, or one without tensors; `details.kind` says which.
 * - `CHECKPOINT_LFS_POINTER`: a Git LFS pointer in place of the file.
 * - `CHECKPOINT_UNSUPPORTED`: a model file of a kind this package does not read (TorchScript, GGUF, tar, compressed or
 *   encrypted zip, big-endian); `details.kind`.
 * - `CHECKPOINT_TRUNCATED`: the file ends before what it announces.
 * - `CHECKPOINT_MALFORMED`: the bytes contradict the format.
 * - `CHECKPOINT_SHARD_MISSING`: a file that the index of a sharded checkpoint names is not there or cannot be read;
 *   `details.shard`.
 * - `CHECKPOINT_CHECKSUM_MISMATCH`: a record does not have its CRC-32; `details.record`.
 * - `CHECKPOINT_FORBIDDEN_GLOBAL`: the pickle names code outside the allow-list (CWE-502); `details.global`, and in
 *   `details.wouldHave` what unpickling it in Python would have done, in words. Nothing is executed.
 * - `CHECKPOINT_FORBIDDEN_OPCODE`: a pickle opcode outside the allow-list; `details.opcode`,
 *   and `global` and `wouldHave` where it names code as well. Nothing is executed.
 * - `CHECKPOINT_LIMIT_EXCEEDED`: a count or size above a named limit; `details.limit`.
 * - `CHECKPOINT_INVALID_QUANTIZATION`: scales or zero points that cannot be right; `details.tensor`.
 */
export const CHECKPOINT_ERROR_CODES = [
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
] as const;
export type CheckpointErrorCode = (typeof CHECKPOINT_ERROR_CODES)[number];

/** A file that cannot be read as a checkpoint. Nothing in it was executed. */
export class CheckpointError extends CodeGraphError<CheckpointErrorCode> {
  override readonly name: string = 'CheckpointError';
}

const DAMAGED_HINT = 'Download or copy the file again and compare its sha256 with the publisher’s.';

/** Makes the errors of one file, so that readers need not repeat its path. */
export class CheckpointFailure {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The bytes contradict the format. */
  malformed(problem: string, byteOffset?: number): CheckpointError {
    const where = byteOffset === undefined ? '' : ` at byte ${byteOffset}`;
    return new CheckpointError(`${this.path}: ${problem}${where}`, {
      code: 'CHECKPOINT_MALFORMED',
      hint: DAMAGED_HINT,
      details: { path: this.path, byteOffset },
    });
  }

  /** The file ends before what it announces. */
  truncated(problem: string, byteOffset?: number): CheckpointError {
    return new CheckpointError(`${this.path}: ${problem}`, {
      code: 'CHECKPOINT_TRUNCATED',
      hint: 'Download or copy the file again: the end of it is missing.',
      details: { path: this.path, byteOffset },
    });
  }

  /** A count or size from the file is above a named limit. */
  limitExceeded(problem: string, limit: number, byteOffset?: number): CheckpointError {
    const where = byteOffset === undefined ? '' : ` at byte ${byteOffset}`;
    return new CheckpointError(`${this.path}: ${problem}, more than the limit of ${limit}${where}`, {
      code: 'CHECKPOINT_LIMIT_EXCEEDED',
      hint: 'Check where the file comes from: no checkpoint of a usual model needs that much.',
      details: { path: this.path, byteOffset, limit },
    });
  }

  /** A model file of a kind that is not read here. */
  unsupported(kind: string, problem: string, hint: string): CheckpointError {
    return new CheckpointError(`${this.path} ${problem}`, {
      code: 'CHECKPOINT_UNSUPPORTED',
      hint,
      details: { path: this.path, kind },
    });
  }

  /** Another kind of file. */
  notACheckpoint(kind: string, problem: string, hint: string): CheckpointError {
    return new CheckpointError(`${this.path} ${problem}`, {
      code: 'CHECKPOINT_NOT_A_CHECKPOINT',
      hint,
      details: { path: this.path, kind },
    });
  }

  /** A pickle on its own, with what it asks for where that was seen. */
  barePickle(intent: PickleIntent | undefined): CheckpointError {
    const named = intent === undefined ? '' : ` and ${namesGlobal(intent)}`;
    return new CheckpointError(
      `${this.path} is a bare pickle that torch.save did not write${named}; nothing in it was executed`,
      {
        code: 'CHECKPOINT_NOT_A_CHECKPOINT',
        hint: 'Do not load it in Python either, unless you know who made it.',
        details: { path: this.path, kind: 'pickle', ...(intent && intentDetails(intent)) },
      },
    );
  }

  /** A record whose bytes do not have the recorded CRC-32. */
  checksumMismatch(record: string, byteOffset: number): CheckpointError {
    return new CheckpointError(`${this.path}: record ${record} at byte ${byteOffset} does not have its CRC-32`, {
      code: 'CHECKPOINT_CHECKSUM_MISMATCH',
      hint: DAMAGED_HINT,
      details: { path: this.path, record, byteOffset },
    });
  }

  /**
   * An instruction no state dict needs.
   *
   * @param intent - What the pickle asks for by other means, where there is something.
   */
  forbiddenOpcode(opcode: string, byteOffset: number, intent: PickleIntent | undefined): CheckpointError {
    const named = intent === undefined ? '' : ` and ${namesGlobal(intent)}`;
    return new CheckpointError(
      `${this.path}: the pickle has the forbidden opcode ${opcode} at byte ${byteOffset}${named}; nothing in it was executed`,
      {
        code: 'CHECKPOINT_FORBIDDEN_OPCODE',
        hint:
          intent?.kind === 'hostile'
            ? HOSTILE_HINT
            : `Save it again with \`${SAVE_WEIGHTS}\` and its default protocol 2; if the file is not yours, do not load it in Python.`,
        details: { path: this.path, opcode, byteOffset, ...(intent && intentDetails(intent)) },
      },
    );
  }

  /** A name no state dict needs. */
  forbiddenGlobal(intent: PickleIntent): CheckpointError {
    const isWholeModule = intent.kind === 'whole-module';
    const what = isWholeModule ? 'is a whole pickled module, not a state dict, and ' : '';
    return new CheckpointError(`${this.path} ${what}${namesGlobal(intent)}; nothing in it was executed`, {
      code: 'CHECKPOINT_FORBIDDEN_GLOBAL',
      hint: isWholeModule
        ? `If you trust the file, load it in Python with \`model = torch.load(${JSON.stringify(basename(this.path))}, weights_only=False)\` and save its weights with \`${SAVE_WEIGHTS}\`.`
        : intent.kind === 'hostile'
          ? HOSTILE_HINT
          : FOREIGN_HINT,
      details: { path: this.path, byteOffset: intent.byteOffset, isWholeModule, ...intentDetails(intent) },
    });
  }
}

const HOSTILE_HINT =
  'Do not load this file in Python either, unless you know who made it: it asks for code that no state dict needs.';

/** The line of Python that makes a checkpoint out of a model. */
export const SAVE_WEIGHTS = 'torch.save(model.state_dict(), "pytorch_model.bin")';

/** For names that are somebody's code, and not what attacks are made of. */
const FOREIGN_HINT = `Save plain tensors only, with \`${SAVE_WEIGHTS}\`; if the file is not yours, do not load it in Python.`;

/** "names the forbidden global posix.system at byte 48, which would have run the command `touch x`". */
function namesGlobal({ module, name, byteOffset, wouldHave }: PickleIntent): string {
  const consequence = wouldHave === undefined ? '' : `, which would have ${wouldHave}`;
  return `names the forbidden global ${shownText(`${module}.${name}`)} at byte ${byteOffset}${consequence}`;
}

function intentDetails({ module, name, wouldHave }: PickleIntent): { global: string; wouldHave: string | undefined } {
  return { global: `${module}.${name}`, wouldHave };
}
