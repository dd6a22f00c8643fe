import { expect } from 'vitest';
import { runFuzz } from './run-fuzz.ts';
import { makeTarget, type FuzzTargetName } from './targets.ts';

/** Every run of the tests tries the same files; `scripts/fuzz.ts` tries others. */
const SEED = 20_260_101;
const MAX_MEMORY_GROWTH_BYTES = 256e6;

/**
 * Tries a reader with its sound seeds and with `count` damaged files: each must end, with content or with a documented
 * error, and no memory may be taken that the file does not account for.
 */
export async function expectSoundReader(name: FuzzTargetName, count: number): Promise<void> {
  const target = makeTarget(name);
  for (const seed of target.seeds) await target.read(seed);
  const { caseCount, outcomes, failures, memoryGrowthBytes } = await runFuzz({ target: name, seed: SEED, count });
  expect(failures, `again: node scripts/fuzz.ts --target ${name} --seed ${SEED} --case …`).toEqual([]);
  expect(caseCount).toBe(count);
  expect(memoryGrowthBytes).toBeLessThan(MAX_MEMORY_GROWTH_BYTES);
  // Damage that is always or never noticed would show nothing.
  const read = outcomes['read'] ?? 0;
  expect(read).toBeGreaterThan(count / 50);
  expect(read).toBeLessThan(count / 2);
  expect(Object.keys(outcomes).length).toBeGreaterThan(2);
}
