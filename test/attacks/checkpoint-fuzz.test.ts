import { describe, expect, it } from 'vitest';
import { sound, tryReader } from '../fuzz/try-reader.ts';

describe('40,000 damaged checkpoints', () => {
  it('are read or refused, and nothing else', { timeout: 120_000 }, async () => {
    expect(await tryReader('checkpoint', 40_000)).toEqual(sound(40_000));
  });
});
