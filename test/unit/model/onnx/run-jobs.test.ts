import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runJobs } from '../../../../src/model/onnx/run-jobs.ts';

const NOTHING: readonly string[] = [];

describe('runJobs', () => {
  it('takes the last job first and gives every worker one before any a second', async () => {
    const order: string[] = [];
    const run = async (worker: string, job: string): Promise<readonly string[]> => {
      order.push(`${worker}${job}`);
      return NOTHING;
    };
    await runJobs({ workers: ['a', 'b'], jobsPerWorker: 2, jobs: ['1', '2', '3', '4', '5'], run });
    expect(order.slice(0, 4)).toEqual(['a5', 'b4', 'a3', 'b2']);
    expect(order).toHaveLength(5);
  });

  it('does what comes of a job, also with workers that had nothing to do', async () => {
    const done = new Map<string, string[]>();
    const run = async (worker: string, job: string): Promise<readonly string[]> => {
      done.set(worker, [...(done.get(worker) ?? []), job]);
      return job === 'text' ? ['w1', 'w2', 'w3'] : NOTHING;
    };
    await runJobs({ workers: ['a', 'b'], jobsPerWorker: 1, jobs: ['text'], run });
    expect([...done.values()].flat().toSorted()).toEqual(['text', 'w1', 'w2', 'w3']);
    expect(done.get('b')).toBeDefined();
  });

  it('ends at once when there is nothing to do', async () => {
    await runJobs({ workers: ['a'], jobsPerWorker: 2, jobs: [], run: () => expect.unreachable() });
  });

  it('fails with the first failure and starts nothing more', async () => {
    const started: string[] = [];
    const run = async (_: string, job: string): Promise<readonly string[]> => {
      started.push(job);
      if (job === '3') throw new Error('no');
      return NOTHING;
    };
    const running = runJobs({ workers: ['a'], jobsPerWorker: 1, jobs: ['1', '2', '3', '4'], run });
    await expect(running).rejects.toThrow('no');
    expect(started).toEqual(['4', '3']);
  });

  it('ends with the reason of the signal while a job is under way', async () => {
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    const started: string[] = [];
    const run = (_: string, job: string): Promise<readonly string[]> => {
      started.push(job);
      return promise;
    };
    const { signal } = controller;
    const running = runJobs({ workers: ['a'], jobsPerWorker: 1, jobs: ['1', '2'], run, signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    resolve(['3']);
    await promise;
    // What comes of the job is not started either.
    expect(started).toEqual(['2']);
  });

  it('leaves nothing behind on the signal', async () => {
    const { signal } = new AbortController();
    await runJobs({ workers: ['a'], jobsPerWorker: 1, jobs: ['1'], run: () => Promise.resolve(NOTHING), signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('starts nothing more once it was aborted while it started', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const started: string[] = [];
    const run = (_: string, job: string): Promise<readonly string[]> => {
      started.push(job);
      controller.abort();
      return Promise.resolve(NOTHING);
    };
    const running = runJobs({ workers: ['a', 'b'], jobsPerWorker: 2, jobs: ['1', '2', '3'], run, signal });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(started).toEqual(['3']);
  });
});
