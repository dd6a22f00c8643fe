export interface RunJobsOptions<Worker, Job> {
  readonly workers: readonly Worker[];
  /** Jobs a worker holds at once: it starts the next while the answer to the last is on its way. */
  readonly jobsPerWorker: number;
  /** A stack: the last is taken first. */
  readonly jobs: readonly Job[];
  /** Does one job, and returns the jobs that come of it; they are taken next, the last of them first. */
  readonly run: (worker: Worker, job: Job) => Promise<readonly Job[]>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs jobs on workers until none is left. Ends with the first failure, or with the signal's reason; what is under way
 * then runs on without being waited for, and nothing more is started.
 */
export function runJobs<Worker, Job>(options: RunJobsOptions<Worker, Job>): Promise<void> {
  const { workers, jobsPerWorker, run, signal } = options;
  const stack = [...options.jobs];
  // One entry for each job that could be started now; a worker's second comes behind the first of all others.
  const free = Array.from({ length: jobsPerWorker }, () => workers).flat();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let running = 0;
  let ended = false;

  const end = (settle: () => void): void => {
    ended = true;
    stack.length = 0;
    signal?.removeEventListener('abort', onAbort);
    settle();
  };
  const fail = (cause: unknown): void => end(() => reject(cause));
  const onAbort = (): void => fail(signal?.reason);

  const work = async (worker: Worker, job: Job): Promise<void> => {
    try {
      const further = await run(worker, job);
      if (ended) return;
      stack.push(...further);
    } catch (cause) {
      if (!ended) fail(cause);
      return;
    }
    running--;
    free.push(worker);
    startJobs();
  };
  const startJobs = (): void => {
    while (stack.length > 0 && free.length > 0) {
      const [worker, job] = [free.shift(), stack.pop()];
      if (worker === undefined || job === undefined) break;
      running++;
      void work(worker, job);
    }
    if (running === 0 && !ended) end(resolve);
  };

  signal?.addEventListener('abort', onAbort, { once: true });
  startJobs();
  return promise;
}
