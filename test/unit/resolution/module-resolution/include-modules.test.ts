import { describe, expect, it } from 'vitest';
import { buildProjectIndex } from '../../../../src/resolution/project-index.ts';
import { IncludeModules } from '../../../../src/resolution/module-resolution/include-modules.ts';
import type { ParsedFile } from '../../../../src/parsing/language.ts';

const file = (path: string, includes: readonly string[] = []): ParsedFile => ({
  path,
  language: 'c',
  definitions: [],
  references: [],
  imports: includes.map((specifier) => ({
    specifier,
    names: [{ name: '*', alias: '*' }],
    reexport: false,
    position: { line: 0, column: 0 },
  })),
  exportAliases: [],
  typedNames: [],
  packageName: '',
  diagnostics: [],
});

function resolver(...files: readonly ParsedFile[]): (from: string, specifier: string) => string | undefined {
  const index = buildProjectIndex(files);
  const modules = new IncludeModules(index.files);
  return (from, specifier) => {
    const scope = index.byPath.get(from);
    if (scope === undefined) throw new Error(`no file ${from}`);
    const found = modules.resolve(scope, specifier);
    return typeof found === 'object' ? found.key : found;
  };
}

describe('IncludeModules', () => {
  const find = resolver(
    file('src/a.c'),
    file('src/pool.h'),
    file('lib/pool.h'),
    file('include/db/conn.h'),
    file('include/public.h'),
    file('third/deep/only.h'),
    file('one/twice.h'),
    file('two/twice.h'),
    file('src/string.h'),
  );

  it.each([
    ['pool.h', 'src/pool.h'],
    ['../lib/pool.h', 'lib/pool.h'],
    ['db/conn.h', 'include/db/conn.h'],
    ['deep/only.h', 'third/deep/only.h'],
    ['only.h', 'third/deep/only.h'],
    ['twice.h', undefined],
    ['missing.h', undefined],
    ['../../../outside.h', undefined],
    ['<db/conn.h>', 'include/db/conn.h'],
    ['<public.h>', 'include/public.h'],
    ['<string.h>', 'external'],
    ['<sys/types.h>', 'external'],
    ['::std', 'external'],
  ])('finds %s', (specifier, expected) => {
    expect(find('src/a.c', specifier)).toBe(expected);
  });

  it('comes to an end where headers include each other', () => {
    const index = buildProjectIndex([file('a.h', ['b.h']), file('b.h', ['a.h'])]);
    const [first] = index.files;
    expect(first && new IncludeModules(index.files).wildcardName(first, 'b.h', 'run')).toBeUndefined();
  });
});
