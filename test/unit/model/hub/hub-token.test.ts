import { describe, expect, it } from 'vitest';
import { HubMirror, onFile, refuse, times, type Fault } from '../../../helpers/hub-mirror.ts';
import { MODEL, COMMIT, bench, damaged } from './hub-bench.ts';

const redirectTo = (url: () => string): Fault =>
  onFile('model.safetensors', ({ reply, path }) => refuse(reply, 302, { location: `${url()}${path}?signature=1` }));

/** Sends questions for the revision to the listing. */
const moved: Fault = ({ reply, path }) =>
  path.startsWith('/api/models/org/model/revision') &&
  refuse(reply, 307, {
    location: '/api/models/org/model/revision/main?moved=1'.replace('revision/main', 'tree/x'),
  });

describe('the token', () => {
  const env = { HF_TOKEN: ' hf_secret\n' };
  it('reaches the hub, and no other origin, not even on the way back', async () => {
    await using elsewhere = await HubMirror.start(MODEL);
    await using test = await bench({ env, fault: redirectTo(() => elsewhere.url) });
    expect(damaged(await test.pull())).toEqual([]);
    expect(new Set(test.mirror.requests.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer hf_secret']),
    );
    expect(elsewhere.requests).toHaveLength(1);
    expect(elsewhere.requests[0]?.authorization).toBeUndefined();
    await using other = await bench({ env, fault: redirectTo(() => elsewhere.url) });
    elsewhere.fault = onFile('model.safetensors', ({ reply, path }) =>
      refuse(reply, 302, { location: `${other.mirror.url}/back${path}` }),
    );
    await expect(other.pull()).rejects.toMatchObject({ code: 'HUB_PROTOCOL' });
    const returned = other.mirror.requests.filter(({ path }) => path.startsWith('/back'));
    expect(new Set(returned.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
  });

  it('is kept where a redirect stays', async () => {
    await using test = await bench({ env, fault: moved });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_PROTOCOL' });
    expect(test.mirror.requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer hf_secret',
      'Bearer hf_secret',
    ]);
  });

  it('comes from the file of a login, and stays at home when it is told to', async () => {
    await using test = await bench();
    test.home.write('token', 'hf_stored\n');
    await test.pull();
    expect(test.mirror.requests[0]?.authorization).toBe('Bearer hf_stored');
    await using quiet = await bench({ env: { ...env, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' } });
    await quiet.pull();
    expect(quiet.mirror.requests[0]?.authorization).toBeUndefined();
    await using broken = await bench({ env: { HF_TOKEN: 'hf_ü' } });
    const failure = await broken.pull().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'HUB_UNAUTHORIZED' });
    expect(String(failure)).not.toContain('hf_ü');
  });

  it.each([
    ['in a circle', (url: string) => `${url}/org/model/resolve/${COMMIT}/model.safetensors`],
    ['nowhere', () => 'ftp://example.com/x'],
    ['with a user name', () => 'http://user:password@127.0.0.1/x'],
  ])('a redirect %s ends', async (_name, location) => {
    await using test = await bench();
    test.mirror.fault = onFile('model.safetensors', ({ reply, mirror }) =>
      refuse(reply, 302, { location: location(mirror.url) }),
    );
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_PROTOCOL' });
  });

  it('has no redirect followed that tells nobody where it leads', async () => {
    await using test = await bench({ fault: ({ reply }) => refuse(reply, 302) });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_PROTOCOL' });
  });
});

describe('a signed address elsewhere', () => {
  it('that expired is asked for again', async () => {
    await using elsewhere = await HubMirror.start(MODEL, {
      fault: times(
        1,
        onFile('model.safetensors', ({ reply }) => refuse(reply, 403)),
      ),
    });
    await using test = await bench({
      fault: onFile('model.safetensors', ({ reply, path }) => refuse(reply, 302, { location: elsewhere.url + path })),
    });
    expect(damaged(await test.pull())).toEqual([]);
  });

  it('is gone on with by its own validator, not by that of the hub', async () => {
    const etag = '"elsewhere-1"';
    const fault = onFile('model.safetensors', ({ reply, headers }, { content }) => {
      const from = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
      if (from === 0) {
        reply.writeHead(200, { etag });
        reply.end(content.subarray(0, 50_000));
        return true;
      }
      reply.writeHead(206, { etag, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
      reply.end(content.subarray(from));
      return true;
    });
    await using elsewhere = await HubMirror.start(MODEL, { fault });
    await using test = await bench({
      fault: onFile('model.safetensors', ({ reply, path }) => refuse(reply, 302, { location: elsewhere.url + path })),
    });
    expect(damaged(await test.pull())).toEqual([]);
    expect(elsewhere.requestsFor('model.safetensors')).toEqual([
      expect.not.objectContaining({ ifRange: expect.anything() }),
      expect.objectContaining({ range: 'bytes=50000-', ifRange: etag }),
    ]);
  });
});
