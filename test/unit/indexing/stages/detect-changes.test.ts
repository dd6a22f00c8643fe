import { describe, expect, it } from 'vitest';
import type { DiscoveredFile } from '../../../../src/indexing/discovery/discover.ts';
import { detectChanges } from '../../../../src/indexing/stages/detect-changes.ts';
import type { FileStamp } from '../../../../src/store/index-store.ts';

const LAST_RUN = 1_000_000;
const found = (change: Partial<DiscoveredFile> = {}): DiscoveredFile => ({
  path: 'a.ts',
  language: 'typescript',
  sizeBytes: 10,
  mtimeMs: LAST_RUN - 2_001,
  ...change,
});
const stamp = (change: Partial<FileStamp> = {}): FileStamp => ({ ...found(), contentHash: 'hash', ...change });

describe('detectChanges', () => {
  it('lets a file alone whose stamp is the same', () => {
    expect(detectChanges([found()], [stamp()], LAST_RUN, false)).toEqual({
      candidates: [],
      unchanged: ['a.ts'],
      removed: [],
    });
  });

  it.each([
    ['another size', found({ sizeBytes: 11 })],
    ['a later time', found({ mtimeMs: LAST_RUN - 2_000.5 })],
    ['an earlier time', found({ mtimeMs: 5 })],
    ['another language', found({ language: 'tsx' })],
    ['another path', found({ path: 'A.ts' })],
  ])('looks at a file with %s', (_name, file) => {
    expect(detectChanges([file], [stamp()], LAST_RUN, false).candidates).toEqual([file]);
  });

  it.each([
    [LAST_RUN - 2_001, false],
    [LAST_RUN - 2_000, true],
    [LAST_RUN - 1, true],
    [LAST_RUN, true],
    [LAST_RUN + 1_000_000, true],
  ])('written at %d, next to the last run at 1000000: looks again is %s', (mtimeMs, again) => {
    const changes = detectChanges([found({ mtimeMs })], [stamp({ mtimeMs })], LAST_RUN, false);
    expect(changes.candidates.length).toBe(again ? 1 : 0);
  });

  it('trusts no stamp when it is not known when they were taken', () => {
    expect(detectChanges([found()], [stamp()], 0, false).candidates).toHaveLength(1);
  });

  it('looks at every file when asked to', () => {
    expect(detectChanges([found()], [stamp()], LAST_RUN, true).candidates).toHaveLength(1);
  });

  it('names what is gone', () => {
    expect(detectChanges([], [stamp(), stamp({ path: 'b.ts' })], LAST_RUN, false).removed).toEqual(['a.ts', 'b.ts']);
  });
});
