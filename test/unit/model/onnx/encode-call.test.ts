import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodeProgress } from '../../../../src/model/encoder.ts';
import { EncodeCall, type EncodeCallSettings, type EncodeRunner } from '../../../../src/model/onnx/encode-call.ts';
import { runJobs } from '../../../../src/model/onnx/run-jobs.ts';

const SETTINGS: EncodeCallSettings = {
  dimensions: 2,
  prompt: '',
  maxTokens: 4,
  longTexts: 'window',
  normalize: false,
  onProgress: undefined,
};

/** A network whose vector of a window is [sum of ids, number of ids], after as many turns as `delays` says. */
function runner(delays: readonly number[] = []): EncodeRunner {
  let next = 0;
  const embed = async (ids: Int32Array) => {
    for (let turns = delays[next++ % delays.length] ?? 0; turns > 0; turns--) await Promise.resolve();
    const embedding = Float32Array.of(
      ids.reduce((sum, id) => sum + id / 3, 0),
      ids.length,
    );
    return { type: 'encoded', task: 0, embedding, tokenCount: ids.length, encodedTokenCount: ids.length } as const;
  };
  return {
    run: embed,
    encode: async (text) => {
      const ids = Int32Array.from(Buffer.from(text));
      if (ids.length <= SETTINGS.maxTokens) return await embed(ids);
      const windows = Array.from({ length: Math.ceil(ids.length / 4) }, (_, at) => ids.slice(at * 4, at * 4 + 4));
      const weights = windows.map((window) => window.length);
      return { type: 'split', task: 0, windows, weights, tokenCount: ids.length, truncated: false };
    },
  };
}

async function run(
  texts: readonly string[],
  workers: readonly EncodeRunner[],
  onProgress?: EncodeCallSettings['onProgress'],
) {
  const call = new EncodeCall(texts, { ...SETTINGS, onProgress });
  await runJobs({ workers, jobsPerWorker: 2, jobs: call.jobs, run: (worker, job) => call.run(worker, job) });
  return call.matrix;
}

describe('EncodeCall', () => {
  it('averages windows in the order of the text, in whatever order they arrive', async () => {
    const texts = fc.array(fc.string({ maxLength: 40 }), { maxLength: 8 });
    const delays = fc.array(fc.nat(9), { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(texts, delays, delays, async (list, left, right) => {
        const alone = await run(list, [runner()]);
        const events: EncodeProgress[] = [];
        const spread = await run(list, [runner(left), runner(right), runner()], (event) => events.push(event));
        expect(spread).toEqual(alone);
        for (const name of ['textsDone', 'tokensDone', 'bytesDone'] as const) {
          const counted = events.map((event) => event[name]);
          expect(counted).toEqual(counted.toSorted((a, b) => a - b));
        }
        const last = events.at(-1);
        expect(last?.bytesDone).toBe(last?.bytesTotal);
        expect(last?.textsDone).toBe(list.length === 0 ? undefined : list.length);
      }),
    );
  });

  it('weighs windows by their tokens and says how many there were', async () => {
    const matrix = await run(['ab', 'abcdab'], [runner()]);
    expect([...matrix.windows]).toEqual([1, 2]);
    expect([...matrix.tokenCounts]).toEqual([2, 6]);
    expect(matrix.row(1)[1]).toBeCloseTo((4 * 4 + 2 * 2) / 6, 5);
  });

  it('takes the longest text first', () => {
    const { jobs, bytesTotal } = new EncodeCall(['bb', 'ééé', 'a', 'cc'], SETTINGS);
    expect(jobs.map((job) => (job.type === 'text' ? job.row : -1))).toEqual([2, 3, 0, 1]);
    expect(bytesTotal).toBe(2 + 6 + 1 + 2);
  });

  it('reports nothing once it has been stopped', async () => {
    const events: EncodeProgress[] = [];
    const call = new EncodeCall(['a', 'b'], { ...SETTINGS, onProgress: (event) => events.push(event) });
    await call.run(runner(), call.jobs[1]!);
    call.stop();
    await call.run(runner(), call.jobs[0]!);
    expect(events).toHaveLength(1);
  });
});
