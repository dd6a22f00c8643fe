import { describe, expect, it } from 'vitest';
import { sound, tryReader } from '../fuzz/try-reader.ts';

describe('damaged headers', () => {
  it('of safetensors are read or refused, 30,000 of them', { timeout: 120_000 }, async () => {
    expect(await tryReader('safetensors', 30_000)).toEqual(sound(30_000));
  });
  it('of sharded checkpoints are read or refused, 10,000 of them', { timeout: 120_000 }, async () => {
    expect(await tryReader('shard-index', 10_000)).toEqual(sound(10_000));
  });
});
