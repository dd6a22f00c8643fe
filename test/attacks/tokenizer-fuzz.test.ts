import { describe, it } from 'vitest';
import { expectSoundReader } from '../fuzz/expect-sound-reader.ts';

describe('20,000 damaged tokenizers', () => {
  it('are read or refused, and nothing else', { timeout: 120_000 }, () => expectSoundReader('tokenizer', 20000));
});
