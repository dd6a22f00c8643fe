import { CheckpointError } from '../../src/checkpoint/checkpoint-error.ts';
import { ByteSourceError } from '../../src/kernel/byte-source.ts';
import { OnnxError } from '../../src/model/onnx-file/onnx-error.ts';
import { TokenizerError } from '../../src/model/tokenizer/tokenizer-error.ts';
import { TensorError } from '../../src/tensor/tensor-error.ts';
import { Random } from './random.ts';
import type { FuzzTarget, FuzzTargetName } from './targets.ts';

/** One damaged file and what came of it. */
export interface CaseResult {
  /** `read`, the code of a documented error, or `FAILED`. */
  readonly outcome: string;
  readonly milliseconds: number;
  /** What was thrown, when it is nothing that the readers document. */
  readonly failure: string | undefined;
}

/** Which case. */
export interface CaseId {
  readonly target: FuzzTargetName;
  readonly seed: number;
  readonly caseNumber: number;
}

/** The damaged file of a case. */
export function damagedFile(target: FuzzTarget, { seed, target: name, caseNumber }: CaseId): Uint8Array {
  return target.damage(Random.ofCase(seed, name, caseNumber));
}

function isDocumented(
  error: unknown,
): error is CheckpointError | ByteSourceError | TensorError | TokenizerError | OnnxError {
  return [CheckpointError, ByteSourceError, TensorError, TokenizerError, OnnxError].some(
    (known) => error instanceof known,
  );
}

/** Makes the damaged file of a case and reads it. */
export async function runCase(target: FuzzTarget, id: CaseId): Promise<CaseResult> {
  const bytes = damagedFile(target, id);
  const started = performance.now();
  const passed = (): number => performance.now() - started;
  try {
    await target.read(bytes);
    return { outcome: 'read', milliseconds: passed(), failure: undefined };
  } catch (error) {
    if (isDocumented(error)) return { outcome: error.code, milliseconds: passed(), failure: undefined };
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'FAILED', milliseconds: passed(), failure };
  }
}
