import { describe, it } from 'vitest';
import { expectSoundReader } from '../fuzz/expect-sound-reader.ts';

describe('damaged headers', () => {
  it('of safetensors are read or refused, 30,000 of them', { timeout: 120_000 }, () =>
    expectSoundReader('safetensors', 30000),
  );
  it('of sharded checkpoints are read or refused, 10,000 of them', { timeout: 120_000 }, () =>
    expectSoundReader('shard-index', 10000),
  );
});
