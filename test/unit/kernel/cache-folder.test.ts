import { describe, expect, it } from 'vitest';
import { resolveCacheFolder } from '../../../src/kernel/cache-folder.ts';

describe('resolveCacheFolder', () => {
  it('goes by option, CODEGRAPHAI_CACHE, XDG_CACHE_HOME and home', () => {
    expect(resolveCacheFolder('/a', { CODEGRAPHAI_CACHE: '/b' })).toBe('/a');
    expect(resolveCacheFolder(undefined, { CODEGRAPHAI_CACHE: '/b', XDG_CACHE_HOME: '/c' })).toBe('/b');
    expect(resolveCacheFolder(undefined, { CODEGRAPHAI_CACHE: '', XDG_CACHE_HOME: '/c' })).toBe('/c/codegraphai');
    expect(resolveCacheFolder(undefined, {})).toMatch(/\.cache\/codegraphai$/);
  });
});
