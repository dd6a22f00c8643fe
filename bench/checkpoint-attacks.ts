/**
 * Time and memory that each hostile or damaged checkpoint takes before it is refused, each in a process of its own, so
 * that nothing is warm; the median of five runs.
 *
 *   node bench/checkpoint-attacks.ts [FOLDER]
 *
 * `FOLDER` is that of the tests by default. JSON on standard output.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCheckpoint } from '../src/checkpoint/open-checkpoint.ts';
import { describeMachine, median } from './machine.ts';

/** What a process says about the file it opened. */
interface Measurement {
  /** `read`, or the code of the error. */
  readonly outcome: string;
  /** From opening the file to the error, or to the last tensor. */
  readonly milliseconds: number;
  /** By how much the peak of the resident memory grew meanwhile. */
  readonly memoryGrowthBytes: number;
  /** Of the whole process: most of it is Node.js itself. */
  readonly peakMemoryBytes: number;
}

/** Runs of each file, of which the middle one counts: other programs may have had the processor. */
const RUNS = 5;

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

async function outcomeOf(path: string): Promise<string> {
  try {
    await using checkpoint = await openCheckpoint(path, { verifyTensorCrc: true });
    for (const tensor of checkpoint.stateDict.tensors.values()) await tensor.readElements();
    return 'read';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

async function measure(path: string): Promise<Measurement> {
  const before = peakBytes();
  const started = performance.now();
  const outcome = await outcomeOf(path);
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  return { outcome, milliseconds, memoryGrowthBytes: peakBytes() - before, peakMemoryBytes: peakBytes() };
}

function measureOften(path: string): Measurement {
  const runs = Array.from({ length: RUNS }, () => measureApart(path));
  const of = (pick: (run: Measurement) => number): number => median(runs.map(pick));
  return {
    outcome: [...new Set(runs.map(({ outcome }) => outcome))].join(' or '),
    milliseconds: of(({ milliseconds }) => milliseconds),
    memoryGrowthBytes: of(({ memoryGrowthBytes }) => memoryGrowthBytes),
    peakMemoryBytes: of(({ peakMemoryBytes }) => peakMemoryBytes),
  };
}

function measureApart(path: string): Measurement {
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--one', path], { encoding: 'utf8' });
  // Written by this very program.
  return JSON.parse(output) as Measurement;
}

const [first, second = ''] = process.argv.slice(2);
if (first === '--one') {
  process.stdout.write(JSON.stringify(await measure(second)));
} else {
  const folder = resolve(first ?? fileURLToPath(new URL('../test/fixtures/checkpoint/bad', import.meta.url)));
  const files = readdirSync(folder).filter((file) => file.endsWith('.bin'));
  const results = files.map((file) => ({ file, ...measureOften(join(folder, file)) }));
  const most = (of: (result: Measurement) => number): number => Math.max(...results.map(of));
  const summary = {
    files: results.length,
    slowestMilliseconds: most(({ milliseconds }) => milliseconds),
    medianMilliseconds: median(results.map(({ milliseconds }) => milliseconds)),
    largestMemoryGrowthBytes: most(({ memoryGrowthBytes }) => memoryGrowthBytes),
    largestPeakMemoryBytes: most(({ peakMemoryBytes }) => peakMemoryBytes),
  };
  process.stdout.write(`${JSON.stringify({ machine: describeMachine(), summary, results }, null, 2)}\n`);
}
