import { Worker } from 'node:worker_threads';
import type { FuzzFailure, FuzzWorkerData, FuzzWorkerReport } from './fuzz-worker.ts';
import type { FuzzTargetName } from './targets.ts';

/** How many damaged files to try, and on what. */
export interface FuzzOptions {
  readonly target: FuzzTargetName;
  readonly seed: number;
  readonly count: number;
  /** @defaultValue 1 */
  readonly workers?: number | undefined;
  /** Longest a case may take, measured twice. @defaultValue not measured */
  readonly slowMs?: number | undefined;
  /** After this long without a new case the worker is stopped: it hangs. @defaultValue 20,000 */
  readonly hangMs?: number | undefined;
}

/** What came of a run. */
export interface FuzzSummary {
  readonly target: FuzzTargetName;
  readonly seed: number;
  readonly caseCount: number;
  /** How often each outcome came: `read`, or the code of an error. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: { readonly caseNumber: number; readonly milliseconds: number };
  readonly failures: readonly FuzzFailure[];
  /** By how much the peak of the resident memory of the process grew, over all cases and workers. */
  readonly memoryGrowthBytes: number;
}

/** Most memory for objects that a worker may have: one that wants more ends with an error. */
const MAX_HEAP_MB = 256;

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function runWorker(data: Omit<FuzzWorkerData, 'progress'>, hangMs: number): Promise<FuzzWorkerReport> {
  const progress = new Int32Array(new SharedArrayBuffer(4)).fill(data.first);
  return new Promise((resolve) => {
    const workerData: FuzzWorkerData = { ...data, progress: progress.buffer };
    const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    let seen = { caseNumber: -1, at: performance.now() };
    const watchdog = setInterval(() => {
      const caseNumber = Atomics.load(progress, 0);
      if (caseNumber !== seen.caseNumber) seen = { caseNumber, at: performance.now() };
      else if (performance.now() - seen.at > hangMs) fail(`hangs: no end after ${hangMs} ms`);
    }, 250);
    const end = (report: FuzzWorkerReport): void => {
      clearInterval(watchdog);
      resolve(report);
      void worker.terminate();
    };
    const fail = (problem: string): void => {
      const caseNumber = Atomics.load(progress, 0);
      const failures = [{ target: data.target, caseNumber, problem }];
      end({ caseCount: 0, outcomes: {}, slowest: { caseNumber, milliseconds: 0 }, failures });
    };
    // The worker posts nothing but its report.
    worker.once('message', (report) => end(report as FuzzWorkerReport));
    worker.once('error', (error) =>
      fail(`ends the thread: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    );
    worker.once('exit', (code) => fail(`ends the thread with code ${code}`));
  });
}

/** Tries damaged files in worker threads; never rejects because of what a reader does. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzSummary> {
  const { target, seed, count, workers = 1, slowMs = Number.POSITIVE_INFINITY, hangMs = 20_000 } = options;
  const before = peakBytes();
  const reports = await Promise.all(
    Array.from({ length: workers }, (_, first) =>
      runWorker({ target, seed, first, step: workers, end: count, slowMs }, hangMs),
    ),
  );
  const outcomes: Record<string, number> = {};
  for (const report of reports) {
    for (const [outcome, times] of Object.entries(report.outcomes))
      outcomes[outcome] = (outcomes[outcome] ?? 0) + times;
  }
  return {
    target,
    seed,
    caseCount: reports.reduce((sum, { caseCount }) => sum + caseCount, 0),
    outcomes: Object.fromEntries(Object.entries(outcomes).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    slowest: reports.map(({ slowest }) => slowest).reduce((a, b) => (a.milliseconds >= b.milliseconds ? a : b)),
    failures: reports.flatMap(({ failures }) => failures),
    memoryGrowthBytes: peakBytes() - before,
  };
}
