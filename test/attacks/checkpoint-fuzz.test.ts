import { describe, it } from 'vitest';
import { expectSoundReader } from '../fuzz/expect-sound-reader.ts';

describe('40,000 damaged checkpoints', () => {
  it('are read or refused, and nothing else', { timeout: 120_000 }, () => expectSoundReader('checkpoint', 40000));
});
