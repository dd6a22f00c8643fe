import { describe, expect, it } from 'vitest';
import { sound, tryReader } from '../fuzz/try-reader.ts';

describe('10,000 damaged ONNX graphs', () => {
  it('are read or refused, and nothing else', { timeout: 120_000 }, async () => {
    expect(await tryReader('onnx', 10_000)).toEqual(sound(10_000));
  });
});
