import type { FuzzFailure } from './fuzz-worker.ts';
import { runFuzz } from './run-fuzz.ts';
import { makeTarget, type FuzzTargetName } from './targets.ts';

/** Every run of the tests tries the same files; `scripts/fuzz.ts` tries others. */
const SEED = 20_260_101;
const MAX_MEMORY_GROWTH_BYTES = 256e6;

/** What damaged files did to a reader. */
export interface ReaderVerdict {
  readonly caseCount: number;
  /** Crashes, hangs, and errors that are not documented; `node scripts/fuzz.ts --target … --seed … --case …` shows one. */
  readonly failures: ReadonlyArray<FuzzFailure & { readonly seed: number }>;
  /** Whether the peak of the resident memory grew by less than 256 MB over all cases. */
  readonly isFrugal: boolean;
  /** Whether some files were read and some refused, for several reasons: damage always or never noticed shows nothing. */
  readonly isTelling: boolean;
}

/** The verdict on a reader that withstood `caseCount` damaged files. */
export function sound(caseCount: number): ReaderVerdict {
  return { caseCount, failures: [], isFrugal: true, isTelling: true };
}

/**
 * Tries a reader with its sound seeds and then with `count` damaged files.
 *
 * @throws what the reader says about a sound file.
 */
export async function tryReader(name: FuzzTargetName, count: number): Promise<ReaderVerdict> {
  const target = makeTarget(name);
  for (const seed of target.seeds) await target.read(seed);
  const { caseCount, outcomes, failures, memoryGrowthBytes } = await runFuzz({ target: name, seed: SEED, count });
  const read = outcomes['read'] ?? 0;
  return {
    caseCount,
    failures: failures.map((failure) => ({ ...failure, seed: SEED })),
    isFrugal: memoryGrowthBytes < MAX_MEMORY_GROWTH_BYTES,
    isTelling: read > count / 50 && read < count / 2 && Object.keys(outcomes).length > 2,
  };
}
