import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PullModelOptions } from '../../../../src/model/hub/pull-model.ts';
import { endEarly, onFile, refuse, sendFile, times, type Fault } from '../../../helpers/hub-mirror.ts';
import { weights, WEIGHTS, BLOB, bench, damaged } from './hub-bench.ts';

const endsInTheMiddle = onFile('model.safetensors', (exchange, file) => endEarly(exchange, file, 50_000));

const cutAt = (share: number): Fault =>
  onFile('model.safetensors', (exchange, file) => {
    sendFile(exchange, file, Math.floor(file.content.length * share));
    return true;
  });

describe('a download that breaks off', () => {
  it('goes on where it stopped, if the file is still the same', async () => {
    await using test = await bench({ fault: times(1, endsInTheMiddle) });
    expect(damaged(await test.pull())).toEqual([]);
    const requests = test.mirror.requestsFor('model.safetensors');
    expect(requests).toHaveLength(2);
    expect(requests[1]).toMatchObject({ range: 'bytes=50000-', ifRange: `"${BLOB}"` });
    expect(test.blobs().filter((name) => name.endsWith('incomplete'))).toEqual([]);
  });

  it('is tried on and on while something comes', async () => {
    const fault = onFile('model.safetensors', (exchange, file) => {
      const from = Number(/\d+/.exec(exchange.headers.range ?? '')?.[0] ?? 0);
      sendFile(exchange, file, Math.min(file.content.length, from + 5_000));
      return true;
    });
    await using test = await bench({ fault });
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.mirror.requestsFor('model.safetensors').length).toBeGreaterThanOrEqual(20);
  });

  it('is given up when it only ever begins anew, however far that goes', async () => {
    let request = 0;
    const fault = onFile('model.safetensors', (exchange, file) =>
      endEarly(exchange, file, request++ % 2 === 0 ? 50_000 : 60_000),
    );
    await using test = await bench({ fault });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE' });
    expect(test.mirror.requestsFor('model.safetensors').length).toBeLessThan(10);
  });

  it('is given up when nothing comes, keeps what it has, and the next run takes it over', async () => {
    const fault = onFile('model.safetensors', (exchange, file) => {
      if (exchange.headers.range === undefined) sendFile(exchange, file, 70_000);
      else exchange.reply.destroy();
      return true;
    });
    await using test = await bench({ fault });
    const failure = await test.pull().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'HUB_UNAVAILABLE', hint: expect.stringMatching(/kB of \d+ kB are kept/) });
    expect(existsSync(join(test.home.path, 'hub/models--org--model/refs/main'))).toBe(false);
    const part = test.blobs().find((name) => name.endsWith('.kept.incomplete')) ?? '';
    const { size } = statSync(join(test.home.path, 'hub/models--org--model/blobs', part));
    test.mirror.fault = undefined;
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.mirror.requestsFor('model.safetensors').at(-1)).toMatchObject({ range: `bytes=${size}-` });
    expect(test.blobs()).toHaveLength(5);
  });

  it.each([
    ['ignores Range', (exchange: Parameters<Fault>[0]) => delete exchange.headers.range],
    ['has another file by now', (exchange: Parameters<Fault>[0]) => (exchange.headers['if-range'] = '"other"')],
  ])('starts anew where the server %s', async (_name, change) => {
    const first = times(1, endsInTheMiddle);
    const fault: Fault = (exchange) => {
      if (first(exchange)) return true;
      if (exchange.file !== undefined) change(exchange);
      return false;
    };
    await using test = await bench({ fault });
    expect(damaged(await test.pull())).toEqual([]);
  });

  it.each([
    ['416', (reply: Parameters<Fault>[0]['reply']) => refuse(reply, 416, { 'content-range': 'bytes */5' })],
    [
      'another part than was asked for',
      (reply: Parameters<Fault>[0]['reply']) => {
        reply.writeHead(206, { 'content-range': `bytes 0-9/${WEIGHTS.length}`, 'content-length': 10 });
        reply.end(WEIGHTS.subarray(0, 10));
        return true;
      },
    ],
  ])('starts anew where the answer is %s', async (_name, answer) => {
    const fault: Fault = (exchange) => exchange.headers.range !== undefined && answer(exchange.reply);
    const first = times(1, endsInTheMiddle);
    await using test = await bench({ fault: (exchange) => first(exchange) || fault(exchange) });
    expect(damaged(await test.pull())).toEqual([]);
  });

  it('does not take over bytes that were wrong', async () => {
    await using test = await bench();
    const blobs = join(test.home.path, 'hub/models--org--model/blobs');
    mkdirSync(blobs, { recursive: true });
    writeFileSync(join(blobs, `${BLOB}.0123abcd.kept.incomplete`), 'x'.repeat(60_000));
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.blobs()).toHaveLength(5);
  });

  it('ends right when two do it at once', async () => {
    await using test = await bench({ fault: times(2, cutAt(0.4)) });
    const [one, two] = await Promise.all([test.pull(), test.pull()]);
    expect(one.folder).toBe(two.folder);
    expect(damaged(one)).toEqual([]);
    expect(test.blobs()).toHaveLength(5);
  });

  it('stops when it is aborted, and keeps what it has', async () => {
    const abort = new AbortController();
    await using test = await bench({
      fault: onFile('model.safetensors', ({ reply }) => {
        reply.writeHead(200, { 'content-length': WEIGHTS.length });
        reply.write(WEIGHTS.subarray(0, 40_000));
        return true;
      }),
    });
    const onProgress: PullModelOptions['onProgress'] = ({ bytesDone }) => {
      if (bytesDone >= 40_000) abort.abort(new DOMException('interrupted', 'AbortError'));
    };
    await expect(test.pull('org/model', { signal: abort.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(test.blobs().filter((name) => name.endsWith('.kept.incomplete'))).toHaveLength(1);
  });
});

describe('content that is not what the hub says', () => {
  const corrupted: Fault = onFile('model.safetensors', (exchange, file) => {
    const content = Buffer.from(file.content).fill(7, 30_000, 30_010);
    sendFile(exchange, { ...file, content });
    return true;
  });

  it('is downloaded again once', async () => {
    await using test = await bench({ fault: times(1, corrupted) });
    expect(damaged(await test.pull())).toEqual([]);
  });

  it('is refused the second time, and nothing of it stays', async () => {
    await using test = await bench({ fault: corrupted });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_CORRUPT', details: { file: 'model.safetensors' } });
    expect(test.blobs().filter((name) => name.includes(BLOB))).toEqual([]);
    expect(existsSync(join(test.home.path, 'hub/models--org--model/refs/main'))).toBe(false);
  });

  it.each([
    ['longer', WEIGHTS.length + 7],
    ['shorter', WEIGHTS.length - 7],
  ])('is refused when it says to be %s', async (_name, length) => {
    const fault = onFile('model.safetensors', ({ reply }) => {
      reply.writeHead(200, { 'content-length': length });
      reply.end(weights(length, 'other'));
      return true;
    });
    await using test = await bench({ fault });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_CORRUPT' });
  });

  it('is refused when more comes than there should be', async () => {
    const fault = onFile('model.safetensors', ({ reply }) => {
      reply.write(WEIGHTS);
      reply.end('and more');
      return true;
    });
    await using test = await bench({ fault });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_CORRUPT' });
  });

  it('is refused for a small file too', async () => {
    const fault = onFile('config.json', ({ reply }, file) => {
      reply.end('x'.repeat(file.content.length));
      return true;
    });
    await using test = await bench({ fault });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_CORRUPT', details: { file: 'config.json' } });
  });
});
