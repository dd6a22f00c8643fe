import { describe, expect, it } from 'vitest';
import { sound, tryReader } from '../fuzz/try-reader.ts';

describe('20,000 damaged tokenizers', () => {
  it('are read or refused, and nothing else', { timeout: 120_000 }, async () => {
    expect(await tryReader('tokenizer', 20_000)).toEqual(sound(20_000));
  });
});

describe('5,000 damaged vocabularies', () => {
  it('are read or refused, and nothing else', { timeout: 120_000 }, async () => {
    expect(await tryReader('vocabulary', 5000)).toEqual(sound(5000));
  });
});
