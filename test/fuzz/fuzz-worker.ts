import { parentPort, workerData } from 'node:worker_threads';
import { runCase } from './run-case.ts';
import { makeTarget, type FuzzTargetName } from './targets.ts';

/** What a worker is to do. */
export interface FuzzWorkerData {
  readonly target: FuzzTargetName;
  readonly seed: number;
  /** Number of its first case; it runs every `step`th from there on. */
  readonly first: number;
  readonly step: number;
  readonly end: number;
  /** A case that takes longer is run again; when that takes longer too, it has failed. Infinity: not looked at. */
  readonly slowMs: number;
  /** The number of the case under way, as an Int32. */
  readonly progress: SharedArrayBuffer;
}

/** A case that did not end as it must. */
export interface FuzzFailure {
  readonly target: FuzzTargetName;
  readonly caseNumber: number;
  readonly problem: string;
}

/** What a worker has seen. */
export interface FuzzWorkerReport {
  readonly caseCount: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { readonly caseNumber: number; readonly milliseconds: number };
  readonly failures: readonly FuzzFailure[];
}

/** More failures than this tell nothing new. */
const MAX_FAILURES = 10;

async function run(data: FuzzWorkerData): Promise<FuzzWorkerReport> {
  const { target: name, seed, first, step, end, slowMs } = data;
  const target = makeTarget(name);
  const progress = new Int32Array(data.progress);
  const outcomes: Record<string, number> = {};
  const failures: FuzzFailure[] = [];
  let slowest = { caseNumber: first, milliseconds: 0 };
  let caseCount = 0;
  for (let caseNumber = first; caseNumber < end && failures.length < MAX_FAILURES; caseNumber += step) {
    Atomics.store(progress, 0, caseNumber);
    const id = { target: name, seed, caseNumber };
    let result = await runCase(target, id);
    // Other programs may have had the processor.
    if (result.milliseconds > slowMs) result = await runCase(target, id);
    const { outcome, milliseconds, failure } = result;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    caseCount += 1;
    if (milliseconds > slowest.milliseconds) slowest = { caseNumber, milliseconds };
    if (failure !== undefined) failures.push({ target: name, caseNumber, problem: failure });
    else if (milliseconds > slowMs)
      failures.push({ target: name, caseNumber, problem: `took ${Math.round(milliseconds)} ms, twice` });
  }
  return { caseCount, outcomes, slowest, failures };
}

// Only ever started by runFuzz, with its data.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.postMessage(await run(workerData as FuzzWorkerData));
