import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GlobMatcher, MAX_GLOB_LENGTH, matchesGlob } from '../../../../src/kernel/text/glob.ts';

const CASES: readonly [pattern: string, matching: readonly string[], others: readonly string[]][] = [
  ['src/*.ts', ['src/a.ts', 'src/.ts'], ['src/b/a.ts', 'a.ts', 'src/a.tsx', 'SRC/a.ts', 'x/src/a.ts']],
  ['src/**', ['src/a', 'src/a/b/c.ts'], ['src', 'xsrc/a', 'x/src/a']],
  ['src/**/a.ts', ['src/a.ts', 'src/x/a.ts', 'src/x/y/a.ts'], ['src/xa.ts', 'src/x/ya.ts', 'a.ts']],
  ['**/test/**', ['test/a', 'x/test/a', 'x/y/test/a/b'], ['xtest/a', 'test', 'testx/a']],
  ['*.ts', ['a.ts', 'src/a.ts', 'x/y/.ts'], ['a.tsx', 'a.ts/b']],
  ['Makefile', ['Makefile', 'x/Makefile'], ['xMakefile', 'Makefile/x']],
  ['a?c', ['abc', 'x/a-c'], ['ac', 'a/c', 'abbc']],
  ['/a.ts', ['a.ts'], ['x/a.ts']],
  ['./src/*', ['src/a'], ['x/src/a', './src/a']],
  ['a**c/x', ['ac/x', 'abc/x', 'a/b/c/x'], ['a/b/x']],
  ['a/**/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
  ['**', ['a', 'a/b'], []],
  ['a.b[c]{d,e}(f)+$^|\\', ['a.b[c]{d,e}(f)+$^|\\'], ['axb[c]{d,e}(f)+$^|\\', 'a.bc']],
  ['', [''], ['a']],
];

describe('matchesGlob', () => {
  it.each(CASES)('%j', (pattern, matching, others) => {
    const matcher = new GlobMatcher(pattern);
    for (const path of matching) expect(matcher.matches(path), path).toBe(true);
    for (const path of others) expect(matcher.matches(path), path).toBe(false);
  });

  it('agrees with an expression for the same glob', () => {
    const part = fc.constantFrom('a', 'b', '/', '*', '?', '.', '/**/');
    const pattern = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('')}`);
    const path = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 8 }).map((chars) => chars.join(''));
    fc.assert(
      fc.property(pattern, path, (glob, text) => {
        const source = glob
          .slice(1)
          .replaceAll(/\*{3,}/g, '**')
          .replaceAll(/(?<=^|\/)\*\*\/|\*\*|\*|\?|\./g, (token) => {
            const expressions: Record<string, string> = {
              '**/': '(?:.*/)?',
              '**': '.*',
              '*': '[^/]*',
              '?': '[^/]',
              '.': '\\.',
            };
            return expressions[token]!;
          });
        expect(matchesGlob(text, glob)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes no time for what makes expressions explode', () => {
    const path = `${'a'.repeat(2000)}b`;
    expect(matchesGlob(path, `${'*a'.repeat(500)}c`)).toBe(false);
    expect(matchesGlob(`x/${path}`, `${'**/'.repeat(300)}${'*a'.repeat(300)}*`)).toBe(true);
  });

  it('refuses a pattern beyond its limit', () => {
    expect(() => matchesGlob('a', '*'.repeat(MAX_GLOB_LENGTH + 1))).toThrow(RangeError);
  });
});
