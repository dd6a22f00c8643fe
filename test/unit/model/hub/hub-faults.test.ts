import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HubError } from '../../../../src/model/hub/hub-error.ts';
import { json, onFile, refuse, times, type Fault } from '../../../helpers/hub-mirror.ts';
import { WEIGHTS, MODEL, bench, damaged } from './hub-bench.ts';

const everything =
  (status: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  ({ reply }) =>
    refuse(reply, status, headers);

/** Lists weights of a petabyte. */
const hugeWeights: Fault = ({ reply, path, mirror }) => {
  if (!path.includes('/tree/')) return false;
  json(reply, [
    { type: 'file', oid: 'a'.repeat(40), size: 10, path: 'config.json' },
    { type: 'file', oid: 'b'.repeat(40), size: 1, path: mirror.id, lfs: {} },
    { type: 'file', path: 'model.safetensors', size: 1, lfs: { oid: 'c'.repeat(64), size: 2 ** 50 } },
  ]);
  return true;
};

describe('a hub that refuses or fails', () => {
  it.each([
    [401, {}, 'HUB_UNAUTHORIZED'],
    [401, { 'x-error-code': 'RepoNotFound' }, 'HUB_NOT_FOUND'],
    [401, { 'x-error-code': 'GatedRepo' }, 'HUB_GATED'],
    [403, { 'x-error-code': 'GatedRepo' }, 'HUB_GATED'],
    [403, {}, 'HUB_UNAUTHORIZED'],
    [404, {}, 'HUB_NOT_FOUND'],
    [418, {}, 'HUB_PROTOCOL'],
    [501, {}, 'HUB_UNAVAILABLE'],
  ])('%i %j is said at once', async (status, headers, code) => {
    await using test = await bench({ fault: everything(status, headers) });
    await expect(test.pull()).rejects.toMatchObject({ name: 'HubError', code, hint: expect.any(String) });
    expect(test.mirror.requests).toHaveLength(1);
    expect(test.blobs()).toEqual([]);
  });

  it.each([
    [500, 'HUB_UNAVAILABLE'],
    [503, 'HUB_UNAVAILABLE'],
    [429, 'HUB_RATE_LIMITED'],
  ])('%i is tried five times, and passes when it passes', async (status, code) => {
    await using test = await bench({ fault: everything(status) });
    await expect(test.pull()).rejects.toMatchObject({ code });
    expect(test.mirror.requests).toHaveLength(5);
    test.mirror.fault = times(4, everything(status));
    expect(damaged(await test.pull())).toEqual([]);
  });

  it('is asked again when it says, unless that is far away', async () => {
    await using test = await bench({ fault: times(1, everything(429, { 'retry-after': '7' })) });
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.delays).toEqual([7_000]);
    test.mirror.fault = everything(429, { 'retry-after': '3600' });
    await expect(test.pull()).rejects.toMatchObject({ hint: expect.stringContaining('in 3600 seconds') });
    expect(test.delays).toHaveLength(1);
  });

  it('is given up when it sends nothing, or only drips', async () => {
    const env = { HF_HUB_ETAG_TIMEOUT: '0.05', HF_HUB_DOWNLOAD_TIMEOUT: '0.05' };
    await using silent = await bench({ fault: () => true, env });
    await expect(silent.pull()).rejects.toMatchObject({ code: 'HUB_TIMEOUT' });
    // Before it ever answered, nothing speaks for waiting again.
    expect(silent.mirror.requests).toHaveLength(1);
    const timers: NodeJS.Timeout[] = [];
    const drip = onFile('model.safetensors', ({ reply }) => {
      reply.writeHead(200, { 'content-length': WEIGHTS.length });
      timers.push(setInterval(() => reply.write('x'), 5));
      return true;
    });
    await using dripping = await bench({ fault: drip, env });
    await expect(dripping.pull()).rejects.toMatchObject({ code: 'HUB_TIMEOUT' });
    timers.forEach(clearInterval);
  });

  it('is asked again when it stalls or cannot be reached later on', async () => {
    const env = { HF_HUB_DOWNLOAD_TIMEOUT: '0.2' };
    await using gone = await bench();
    const { url } = gone.mirror;
    await gone.mirror[Symbol.asyncDispose]();
    const stalls = times(
      1,
      onFile('config.json', ({ reply }) => (reply.writeHead(200).flushHeaders(), true)),
    );
    const leadsNowhere = times(
      1,
      onFile('model.safetensors', ({ reply }) => refuse(reply, 302, { location: `${url}/x` })),
    );
    await using test = await bench({ fault: (exchange) => stalls(exchange) || leadsNowhere(exchange), env });
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.delays).toHaveLength(2);
  });

  it('is not asked again where nothing listens', async () => {
    await using test = await bench();
    const { url } = test.mirror;
    await test.mirror[Symbol.asyncDispose]();
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE', details: { reason: 'ECONNREFUSED' } });
    expect(test.delays).toEqual([]);
    expect(url).toContain('127.0.0.1');
  });

  it.each([
    ['a login page', ({ reply }: Parameters<Fault>[0]) => (reply.end('<html>Log in</html>'), true)],
    ['a number', ({ reply }: Parameters<Fault>[0]) => (json(reply, 7), true)],
    ['a commit that is a path', ({ reply }: Parameters<Fault>[0]) => (json(reply, { sha: '../../x' }), true)],
  ])('is recognised as no hub by %s', async (_name, fault) => {
    await using test = await bench({ fault });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_PROTOCOL' });
    expect(existsSync(join(test.home.path, 'hub'))).toBe(false);
  });

  it('cannot fill the memory with its listing', async () => {
    const chunk = ' '.repeat(1024 * 1024);
    const endless: Fault = ({ reply, path }) => {
      if (!path.includes('/tree/')) return false;
      const more = (): void => {
        while (reply.writable && reply.write(chunk));
        reply.once('drain', more);
      };
      more();
      return true;
    };
    await using test = await bench({ fault: endless });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_TOO_LARGE' });
    const entry = { type: 'file', oid: 'a'.repeat(40), size: 1, path: 'x' };
    test.mirror.fault = ({ reply, path }) => {
      if (!path.includes('/tree/')) return false;
      reply.setHeader(
        'link',
        `<${test.mirror.url}/api/models/org/model/tree/x?cursor=${test.mirror.requests.length}>; rel="next"`,
      );
      json(
        reply,
        Array.from({ length: 5_000 }, () => entry),
      );
      return true;
    };
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_TOO_LARGE' });
  });

  it('cannot go on listing folders for ever', async () => {
    await using test = await bench();
    test.mirror.fault = ({ reply, path, mirror }) => {
      if (!path.includes('/tree/')) return false;
      const next = `${mirror.url}/api/models/org/model/tree/x?cursor=${mirror.requests.length}`;
      reply.setHeader('link', `<${next}>; rel="next"`);
      json(
        reply,
        Array.from({ length: 5_000 }, () => ({ type: 'directory', path: 'x' })),
      );
      return true;
    };
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_TOO_LARGE' });
    expect(test.mirror.requests).toHaveLength(6);
  });

  it('cannot go on with empty pages, or with the same one', async () => {
    await using test = await bench();
    for (const entries of [[], [{ type: 'directory', path: 'x' }]]) {
      const asked = test.mirror.requests.length;
      test.mirror.fault = ({ reply, path, mirror }) => {
        if (!path.includes('/tree/')) return false;
        const cursor = entries.length === 0 ? mirror.requests.length : 'same';
        reply.setHeader('link', `<${mirror.url}/api/models/org/model/tree/x?cursor=${cursor}>; rel="next"`);
        json(reply, entries);
        return true;
      };
      await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_NO_MODEL' });
      expect(test.mirror.requests.length - asked).toBeLessThanOrEqual(3);
    }
  });

  it('cannot have a model of any size stored', async () => {
    await using test = await bench({ fault: hugeWeights });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_TOO_LARGE' });
    await using config = await bench({}, { ...MODEL, 'config.json': ' '.repeat(5 * 1024 * 1024) });
    await expect(config.pull()).rejects.toMatchObject({ code: 'HUB_TOO_LARGE' });
  });

  it.each(['../../x', '/etc/passwd', '..\\x', 'a/../../x', 'C:\\x', 'a/./b', 'a//b', 'a\u0000b'])(
    'cannot name the file %j',
    async (path) => {
      await using test = await bench({}, { ...MODEL, [path]: 'evil' });
      await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_UNSAFE_PATH' });
      expect(existsSync(join(test.home.path, 'hub'))).toBe(false);
    },
  );

  it.each(['../../x', '/etc', '..'])('cannot lead out with a module in %s', async (path) => {
    await using test = await bench({}, { ...MODEL, 'modules.json': JSON.stringify([{ path: '' }, { path }]) });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_UNSAFE_PATH' });
  });

  it('is told to have no model before anything is written', async () => {
    const { 'model.safetensors': _, ...rest } = MODEL;
    await using test = await bench({}, { ...rest, 'model.gguf': 'x' });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_NO_MODEL' });
    expect(existsSync(join(test.home.path, 'hub'))).toBe(false);
  });

  it('is never asked when the network is forbidden', async () => {
    for (const env of [{ HF_HUB_OFFLINE: '1' }, { TRANSFORMERS_OFFLINE: 'yes' }]) {
      await using test = await bench({ env });
      await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_OFFLINE' });
      expect(test.mirror.requests).toEqual([]);
    }
    await using test = await bench();
    await expect(test.pull('org/model', { offline: true })).rejects.toBeInstanceOf(HubError);
    expect(test.mirror.requests).toEqual([]);
  });
});
