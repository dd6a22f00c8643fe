import { describe, expect, it } from 'vitest';
import { packFacts, unpackFacts } from '../../../src/indexing/facts.ts';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import { loadLanguage } from '../../../src/parsing/language-registry.ts';

const SOURCE = `import os
from .pool import Pool as P

class Café(P):
    """Documented."""
    size: int = 3

    def ação(self, pool: P):
        conn = pool.acquire()
        return os.getcwd()
`;

const parse = async (source: string): Promise<ParsedFile> => (await loadLanguage('python')).parse('a.py', source);

/** As {@link packFacts} lays them out. */
function pack(surface: unknown, references: unknown): Uint8Array {
  const [first, second] = [surface, references].map((section) => Buffer.from(JSON.stringify(section)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(first?.byteLength ?? 0);
  return Buffer.concat([length, first ?? '', second ?? ''].map((part) => Buffer.from(part)));
}

const FRAME = { path: 'a.py', language: 'python', imports: [] };

describe('facts', () => {
  it('come back as they were, but for what the store keeps elsewhere', async () => {
    const parsed = await parse(SOURCE);
    expect(parsed.definitions.length).toBeGreaterThan(2);
    expect(parsed.references.length).toBeGreaterThan(1);
    const definitions = parsed.definitions.map((definition) => ({ ...definition, documentation: '' }));
    expect({ ...unpackFacts('a.py', packFacts(parsed)) }).toEqual({ ...parsed, definitions, diagnostics: [] });
  });

  it('keep fields that only one language has', async () => {
    const parsed = await parse(SOURCE);
    const extended = {
      ...parsed,
      references: parsed.references.map((reference) => ({ ...reference, dynamic: true })),
      definitions: parsed.definitions.map((definition) => ({ ...definition, later: ['x'] })),
    };
    const unpacked = unpackFacts('a.py', packFacts(extended));
    expect(unpacked.references).toEqual(extended.references);
    expect(unpacked.definitions[0]).toHaveProperty('later', ['x']);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['other bytes', Uint8Array.of(1, 2, 3, 4)],
    ['cut in the surface', pack([FRAME, [], []], []).subarray(0, 12)],
    ['cut in the references', pack([FRAME, [], []], []).subarray(0, -1)],
    ['other JSON', pack({}, [])],
    ['null', pack(null, [])],
    ['without a section', pack([FRAME, []], [])],
    ['without a field', pack([{ path: 'a.py' }, [], []], [])],
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
});
