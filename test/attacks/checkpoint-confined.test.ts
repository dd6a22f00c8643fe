import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../fixtures/checkpoint/fixture-files.ts';
import type { ConfinedReport } from '../fixtures/checkpoint/load-confined.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the loader in a process that may read this repository and do nothing else. */
function loadConfined(...folders: readonly string[]): ConfinedReport {
  const output = execFileSync(
    process.execPath,
    [
      '--permission',
      `--allow-fs-read=${ROOT}*`,
      '--disallow-code-generation-from-strings',
      fixturePath('load-confined.ts'),
      ...folders,
    ],
    { encoding: 'utf8', timeout: 50_000, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // The program is part of the tests.
  return JSON.parse(output) as ConfinedReport;
}

describe('hostile checkpoints, in a process that may write no file and start no process', () => {
  const folder = fixturePath('bad');
  const { refusals, outcomes, memoryGrowthBytes } = loadConfined(folder);

  it('are loaded where writing, starting and evaluating fail', () => {
    expect(refusals).toEqual({
      write: 'ERR_ACCESS_DENIED',
      spawn: 'ERR_ACCESS_DENIED',
      worker: 'ERR_ACCESS_DENIED',
      eval: 'EvalError',
    });
  });

  it('all end in a checkpoint or an error of ours, so that nothing was even tried', () => {
    expect(Object.keys(outcomes)).toEqual(readdirSync(folder).sort());
    for (const [file, outcome] of Object.entries(outcomes))
      expect(outcome, file).toMatch(/^(?:read|CHECKPOINT_[A-Z_]+)$/u);
    expect(Object.values(outcomes).filter((outcome) => outcome === 'read')).toHaveLength(8);
  });

  it('take less than 64 MB, all of them together', () => {
    expect(memoryGrowthBytes).toBeLessThan(64e6);
  });
});
