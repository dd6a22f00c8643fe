import { describe, expect, it } from 'vitest';
import { redirectTarget } from '../../../../src/model/hub/redirect-target.ts';

const from = (address: string): URL => new URL(address);

describe('redirectTarget', () => {
  it.each([
    ['https://hub.example/a/b', '/c?d=1', 'https://hub.example/c?d=1'],
    ['https://hub.example/a/b', 'c', 'https://hub.example/a/c'],
    ['https://hub.example/a', '//cdn.example/x', 'https://cdn.example/x'],
    ['https://hub.example/a', 'https://cdn.example:8443/x', 'https://cdn.example:8443/x'],
    ['http://hub.example/a', 'https://hub.example/a', 'https://hub.example/a'],
    ['http://hub.example/a', 'http://cdn.example/a', 'http://cdn.example/a'],
  ])('leads from %s with %s to %s', (address, location, expected) => {
    expect(redirectTarget(from(address), location).href).toBe(expected);
  });

  it.each(['http://hub.example/a', 'http://cdn.example:443/a?signature=secret'])(
    'does not leave an encrypted connection for %s',
    (location) => {
      const follow = (): URL => redirectTarget(from('https://hub.example/a?signature=secret'), location);
      expect(follow).toThrow(
        expect.objectContaining({ code: 'HUB_PROTOCOL', message: expect.stringContaining('unencrypted http://') }),
      );
      expect(follow).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
    },
  );

  it.each([
    [null],
    ['ftp://hub.example/a'],
    ['file:///etc/passwd'],
    ['data:text/plain,x'],
    ['http://'],
    ['https://user@hub.example/a'],
    ['https://:password@hub.example/a'],
  ])('does not follow %j, and does not repeat it', (location) => {
    expect(() => redirectTarget(from('https://hub.example/a'), location)).toThrow(
      expect.objectContaining({
        code: 'HUB_PROTOCOL',
        message: 'https://hub.example/a redirects to no http address',
        hint: expect.any(String),
      }),
    );
  });
});
