import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packFacts, unpackFacts } from '../../../src/indexing/facts.ts';
import { loadLanguage } from '../../../src/parsing/language-registry.ts';

const pack = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value));

describe('facts', () => {
  it('come back as they were', async () => {
    const parsed = (await loadLanguage('python')).parse('a.py', 'import os\n\ndef ação():\n    return os.getcwd()\n');
    expect(unpackFacts('a.py', packFacts(parsed))).toEqual(parsed);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['other bytes', Uint8Array.of(1, 2, 3, 4)],
    ['a cut stream', pack({ path: 'a.py', language: 'python', definitions: [] }).subarray(0, 9)],
    ['other JSON', pack([1])],
    ['null', pack(null)],
    ['a missing field', pack({ path: 'a.py', language: 'python', definitions: [], references: [] })],
  ])('that are %s are damaged, and say what to do', (_name, packed) => {
    expect(() => unpackFacts('a.py', packed)).toThrow(
      expect.objectContaining({
        name: 'IndexingError',
        code: 'INDEXING_FACTS_DAMAGED',
        hint: expect.stringContaining('--full'),
        details: { path: 'a.py' },
      }),
    );
  });

  it('do not unfold to more than any source gives', () => {
    const bomb = deflateRawSync(Buffer.alloc((256 << 20) + 1, 0x20));
    expect(bomb.byteLength).toBeLessThan(1 << 20);
    expect(() => unpackFacts('a.py', bomb)).toThrow(expect.objectContaining({ code: 'INDEXING_FACTS_DAMAGED' }));
  });
});
