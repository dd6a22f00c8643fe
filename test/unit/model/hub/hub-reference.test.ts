import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHubReference } from '../../../../src/model/hub/hub-reference.ts';
import { hubCacheRoot, hubSettings } from '../../../../src/model/hub/hub-settings.ts';
import { retryAfterMs } from '../../../../src/model/hub/status-error.ts';

describe('parseHubReference', () => {
  it.each([
    ['org/name', 'org/name', 'main'],
    ['bert-base-uncased', 'bert-base-uncased', 'main'],
    ['org/name@v1.0', 'org/name', 'v1.0'],
    ['org/name@refs/pr/3', 'org/name', 'refs/pr/3'],
    ['sentence-transformers/all-MiniLM-L6-v2', 'sentence-transformers/all-MiniLM-L6-v2', 'main'],
  ])('reads %s', (reference, id, revision) => {
    expect(parseHubReference(reference)).toEqual({ id, revision });
  });

  it.each(['', '/', 'a/b/c', '../x', './x', '/x/y', 'a/..', 'a--b/c', 'a\\b', 'C:/x', 'org/name@', 'org/name@../x'])(
    'refuses %j',
    (reference) => expect(parseHubReference(reference)).toBeNull(),
  );

  it('never gives a name that climbs', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '.', '/', '\\', '@', '-', ':', '~', ' ') }), (text) => {
        const reference = parseHubReference(text);
        if (reference === null) return;
        const folder = join('/cache', `models--${reference.id.replaceAll('/', '--')}`);
        expect(folder.split('/')).toHaveLength(3);
        expect(join('/cache/refs', reference.revision).startsWith('/cache/refs/')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('hubSettings', () => {
  it.each([
    [{}, '/home/me/.cache/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/xdg', HF_HOME: '/hf' }, '/hf/hub'],
    [{ HF_HOME: '~/hf' }, '/home/me/hf/hub'],
    [{ HF_HOME: '/hf', HUGGINGFACE_HUB_CACHE: '/legacy' }, '/legacy'],
    [{ HUGGINGFACE_HUB_CACHE: '/legacy', HF_HUB_CACHE: '$HOME/cache' }, '/home/me/cache'],
    [{ HF_HUB_CACHE: '', HF_HOME: '' }, '/home/me/.cache/huggingface/hub'],
  ])('finds the cache for %j', (variables, expected) => {
    expect(hubCacheRoot({ HOME: '/home/me', ...variables })).toBe(expected);
  });

  it('reads timeouts in seconds, and ignores what is none', () => {
    const settings = hubSettings({
      HF_HUB_ETAG_TIMEOUT: '3',
      HF_HUB_DOWNLOAD_TIMEOUT: 'soon',
      HF_ENDPOINT: 'http://h/x/',
    });
    expect(settings).toMatchObject({ answerTimeoutMs: 3_000, stallTimeoutMs: 10_000, endpoint: 'http://h/x' });
  });

  it.each(['hub', 'ftp://hub', 'http://user:password@hub', 'http://:password@hub', 'http://hub/?key=password'])(
    'refuses the endpoint %s without repeating it',
    (endpoint) => {
      expect(() => hubSettings({ HF_ENDPOINT: endpoint })).toThrow(
        expect.objectContaining({ code: 'HUB_PROTOCOL', message: expect.not.stringContaining('password') }),
      );
    },
  );
});

describe('retryAfterMs', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 1969 23:00:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('reads %j', (header, expected) => {
    expect(retryAfterMs(header, 0)).toBe(expected);
  });
});
