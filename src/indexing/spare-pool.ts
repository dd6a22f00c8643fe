import { siblingModule } from '../kernel/sibling-module.ts';
import { ParsePool } from '../parsing/parse-pool.ts';

/** A run that parsed more files than this ends its workers: their memory is worth more than the time to start them. */
const MAX_FILES = 64;
/** How long workers wait for the next run. */
const IDLE_MS = 30_000;

/** Chunks files where they were parsed. */
const INDEX_WORKER = siblingModule(import.meta.url, './index-worker');

let spare: { readonly pool: ParsePool; readonly workers: number | undefined; readonly timer: NodeJS.Timeout } | null =
  null;

/**
 * Runs work with a pool of parsers. After a small run its workers wait a while for the next one: where a process indexes
 * on every change, starting them would take longer than everything else. Waiting workers do not keep a process alive.
 *
 * @param files - How many files will be parsed.
 */
export async function withParsePool<Result>(
  workers: number | undefined,
  files: number,
  work: (pool: ParsePool) => Promise<Result>,
): Promise<Result> {
  const pool = takeSpare(workers) ?? (await ParsePool.open({ workers, workerModule: INDEX_WORKER }));
  let result: Result;
  try {
    result = await work(pool);
  } catch (error) {
    await pool.close(); // Aborted: files may still be waiting in it.
    throw error;
  }
  if (files > MAX_FILES || spare !== null) await pool.close();
  else spare = { pool, workers, timer: setTimeout(closeSpare, IDLE_MS).unref() };
  return result;
}

function takeSpare(workers: number | undefined): ParsePool | null {
  if (spare === null || spare.workers !== workers) return null;
  const { pool, timer } = spare;
  clearTimeout(timer);
  spare = null;
  return pool;
}

function closeSpare(): void {
  const pool = spare?.pool;
  spare = null;
  // Ending workers that do nothing has nothing to report.
  void pool?.close();
}
