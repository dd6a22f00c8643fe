import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubError } from '../../../../src/model/hub/hub-error.ts';
import { HubResponse } from '../../../../src/model/hub/hub-response.ts';

/** Reads an answer that sends so many bytes each 30 ms, where nothing for 100 ms is a stall; the bytes that came until then. */
async function readDrops(bytesPerDrop: number, drops: number): Promise<{ readonly bytes: number; stalled: boolean }> {
  const failure = new HubError('stalled', { code: 'HUB_TIMEOUT', hint: '' });
  const stop = Promise.withResolvers<never>();
  stop.promise.catch(() => undefined);
  let left = drops;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (left-- <= 0) return controller.close();
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 30)), stop.promise]);
      controller.enqueue(new Uint8Array(bytesPerDrop));
    },
  });
  const response = new HubResponse(new Response(body), {
    stallTimeoutMs: 100,
    stalled: () => failure,
    abort: (reason) => stop.reject(reason),
    explain: (thrown) => thrown,
  });
  let bytes = 0;
  const read = async (): Promise<boolean> => {
    try {
      for await (const chunk of response.chunks()) bytes += chunk.byteLength;
      return false;
    } catch (thrown) {
      if (thrown !== failure) throw thrown;
      return true;
    }
  };
  const reading = read();
  await vi.advanceTimersByTimeAsync(30 * (drops + 2));
  return { stalled: await reading, bytes };
}

describe('HubResponse', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes a slow answer for as long as enough of it comes', async () => {
    expect(await readDrops(1_024, 20)).toEqual({ bytes: 20 * 1_024, stalled: false });
    expect(await readDrops(512, 20)).toEqual({ bytes: 20 * 512, stalled: false });
  });

  it('gives up one that only drips', async () => {
    const { bytes, stalled } = await readDrops(1, 20);
    expect(stalled).toBe(true);
    expect(bytes).toBeLessThan(10);
  });
});
