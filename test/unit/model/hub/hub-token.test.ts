import { describe, expect, it } from 'vitest';
import { endEarly, HubMirror, onFile, refuse, sendFile, times, type Fault } from '../../../helpers/hub-mirror.ts';
import { BLOB, MODEL, COMMIT, bench, damaged } from './hub-bench.ts';

const redirectTo = (url: () => string): Fault =>
  onFile('model.safetensors', ({ reply, path }) => refuse(reply, 302, { location: `${url()}${path}?signature=1` }));

/** Sends questions for the revision to the listing. */
const moved: Fault = ({ reply, path }) =>
  path.startsWith('/api/models/org/model/revision') &&
  refuse(reply, 307, {
    location: '/api/models/org/model/revision/main?moved=1'.replace('revision/main', 'tree/x'),
  });

/** Answers for the old name of a repository as the hub does, with an address that is relative. */
const renamed: Fault = ({ reply, path }) =>
  path.includes('org/old') && refuse(reply, 307, { location: path.replace('org/old', 'org/model') });

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

  it('goes to no other scheme or port of the same host, and not with what is asked for again', async () => {
    // Two origins of one host that differ in the port alone, and a chain through both that breaks off in the middle.
    await using last = await HubMirror.start(MODEL, {
      fault: times(
        1,
        onFile('model.safetensors', (exchange, file) => endEarly(exchange, file, 50_000)),
      ),
    });
    await using middle = await HubMirror.start(MODEL, { fault: redirectTo(() => last.url) });
    await using test = await bench({ env, fault: redirectTo(() => middle.url) });
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.mirror.requestsFor('model.safetensors')).toMatchObject([
      { authorization: 'Bearer hf_secret' },
      { authorization: 'Bearer hf_secret', range: 'bytes=50000-' },
    ]);
    for (const mirror of [middle, last]) {
      expect(mirror.requests).toHaveLength(2);
      expect(mirror.requests.flatMap(({ authorization }) => authorization ?? [])).toEqual([]);
    }
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
    await using unset = await bench({ env: { HF_TOKEN: ' ', HUGGING_FACE_HUB_TOKEN: '' } });
    const named = { environment: { ...unset.options.environment, HF_TOKEN: 'hf_named' } };
    unset.home.write('token', 'hf_stored');
    await unset.pull();
    expect(unset.mirror.requests[0]?.authorization).toBe('Bearer hf_stored');
    await unset.pull('org/model', named);
    expect(unset.mirror.requests.at(-1)?.authorization).toBe('Bearer hf_named');
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

describe('a hub as it really answers', () => {
  it('names the file itself, and hands it out under the validator of another storage', async () => {
    const etag = '"0f343b0931126a20f133d67c2b018a3b-7"';
    const storage = onFile('model.safetensors', (exchange, file) => {
      exchange.reply.setHeader('etag', etag);
      const asked = exchange.headers['if-range'];
      // A storage knows its own validator only.
      if (asked !== undefined && asked !== etag) delete exchange.headers.range;
      delete exchange.headers['if-range'];
      sendFile(exchange, { ...file, digest: etag.slice(1, -1) });
      return true;
    });
    const brokenOff = times(
      1,
      onFile('model.safetensors', ({ reply }, { content }) => {
        reply.writeHead(200, { etag, 'x-linked-etag': '"other"' });
        reply.end(content.subarray(0, 50_000));
        return true;
      }),
    );
    await using elsewhere = await HubMirror.start(MODEL, {
      fault: (exchange) => brokenOff(exchange) || storage(exchange),
    });
    const linked: Fault = onFile('model.safetensors', ({ reply, path, mirror }, { content, digest }) =>
      refuse(reply, 302, {
        location: `${elsewhere.url}${path}?X-Amz-Signature=secret`,
        'x-linked-etag': `"${digest}"`,
        'x-linked-size': String(content.length),
        'x-repo-commit': mirror.commit,
        'x-xet-hash': 'f'.repeat(64),
        link: `<${mirror.url}/api/models/org/model/xet-read-token/${mirror.commit}>; rel="xet-auth"`,
      }),
    );
    await using test = await bench({ fault: linked });
    expect(damaged(await test.pull())).toEqual([]);
    expect(elsewhere.requestsFor('model.safetensors')).toMatchObject([{}, { range: 'bytes=50000-', ifRange: etag }]);
    expect(test.mirror.requests.filter(({ path }) => path.includes('xet'))).toEqual([]);
  });

  it('sends on what was renamed, with the token, as it stays the same hub', async () => {
    await using test = await bench({ env: { HF_TOKEN: 'hf_secret' }, fault: renamed });
    const pulled = await test.pull('org/old');
    expect(damaged(pulled)).toEqual([]);
    expect(pulled.folder).toContain('models--org--old');
    expect(new Set(test.mirror.requests.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer hf_secret']),
    );
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

  it('is asked for the rest by a later run, without a validator it does not know', async () => {
    await using elsewhere = await HubMirror.start(MODEL);
    const toElsewhere = redirectTo(() => elsewhere.url);
    await using test = await bench({ fault: toElsewhere });
    elsewhere.fault = onFile('model.safetensors', (exchange, file) =>
      exchange.headers.range === undefined ? endEarly(exchange, file, 50_000) : refuse(exchange.reply, 503),
    );
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_UNAVAILABLE' });
    elsewhere.fault = undefined;
    expect(damaged(await test.pull())).toEqual([]);
    const last = { range: 'bytes=50000-' };
    expect(test.mirror.requestsFor('model.safetensors').at(-1)).toMatchObject({ ...last, ifRange: `"${BLOB}"` });
    expect(elsewhere.requestsFor('model.safetensors').at(-1)).toEqual(expect.objectContaining(last));
    expect(elsewhere.requestsFor('model.safetensors').at(-1)?.ifRange).toBeUndefined();
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
