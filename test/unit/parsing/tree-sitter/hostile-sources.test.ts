import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES_URL, languageDescriptors } from '../../../../src/parsing/language-descriptors.ts';
import { loadLanguage } from '../../../../src/parsing/language-registry.ts';
import type { ParsedFile } from '../../../../src/parsing/language.ts';
import { loadGrammar } from '../../../../src/parsing/tree-sitter/grammar.ts';
import {
  TreeSitterLanguage,
  type TreeSitterLanguageOptions,
} from '../../../../src/parsing/tree-sitter/tree-sitter-language.ts';
import { rules } from '../../../../src/parsing/languages/go/rules.ts';

const IDS = languageDescriptors()
  .filter(({ engine }) => engine === 'tree-sitter')
  .map(({ id }) => id);

async function parse(id: string, text: string): Promise<ParsedFile> {
  return (await loadLanguage(id)).parse('file', text);
}

function expectConsistent(file: ParsedFile, text: string): void {
  for (const [index, { parent, range, bodyOffset, name }] of file.definitions.entries()) {
    expect(parent).toBeLessThan(index);
    expect(name).not.toBe('');
    expect(range.startOffset).toBeLessThanOrEqual(bodyOffset);
    expect(bodyOffset).toBeLessThanOrEqual(range.endOffset);
    expect(range.endOffset).toBeLessThanOrEqual(text.length);
  }
  for (const { enclosing, name } of file.references) {
    expect(enclosing).toBeLessThan(file.definitions.length);
    expect(name).not.toBe('');
  }
  for (const { scope } of file.typedNames) expect(scope).toBeLessThan(file.definitions.length);
}

describe.each(IDS)('hostile sources in %s', (id) => {
  it.each([
    ['nothing', ''],
    ['5,000 open brackets', '('.repeat(5_000)],
    ['5,000 closed brackets', `x = ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['5,000 open braces', '{'.repeat(5_000)],
    ['a class in a class, 1,000 times', 'class A {'.repeat(1_000)],
    ['a line of a million characters', `x = "${'a'.repeat(1 << 20)}"`],
    ['a chain of 3,000 calls', `a${'.b()'.repeat(3_000)}`],
    ['100,000 operators', 'a+'.repeat(100_000)],
    ['NUL', '\0'.repeat(10_000)],
    ['NUL between', 'x\0y = 1'],
    ['lone surrogates', '\ud800 = "\udfff"; \udc00\ud800()'],
    ['a byte order mark', '\ufeffx'],
    ['unclosed string', '"""\'`${'],
  ])('%s', async (_, text) => {
    const file = await parse(id, text);
    expectConsistent(file, text);
    expect(file.diagnostics.length).toBeLessThanOrEqual(2);
  });

  it('never throws', async () => {
    const language = await loadLanguage(id);
    const word = fc.constantFrom(
      'class ',
      'function ',
      'def ',
      'func ',
      'type ',
      'const ',
      'import ',
      'export ',
      'from ',
      'x',
      'Y',
      '.',
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      '=',
      ':',
      ',',
      ';',
      '"',
      '\n',
      '\n    ',
      '@',
      '*',
      'this',
      'self',
      'new ',
      'package a\n',
      '/** d */',
      '# d\n',
      '=>',
      '<',
      '>',
    );
    const source = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    );
    const property = fc.property(source, (text) => expectConsistent(language.parse('file', text), text));
    expect(fc.check(property, { numRuns: 150 })).toMatchObject({ failed: false });
  });
});

describe('syntax errors', () => {
  it('are one diagnostic with the first line, and leave what stands around them', async () => {
    const file = await parse('typescript', 'function before() {}\n\ncall(;\n\nclass After { run() {} }\n');
    expect(file.diagnostics).toEqual([
      expect.objectContaining({ severity: 'info', code: 'PARSE_SYNTAX_ERROR', path: 'file', line: 3 }),
    ]);
    expect(file.definitions.map(({ qualifiedName }) => qualifiedName)).toEqual(['before', 'After', 'After.run']);
  });

  it('say when chains are too long to be read whole', async () => {
    const file = await parse('typescript', `a${'.b()'.repeat(3_000)}`);
    expect(file.diagnostics.map(({ code }) => code)).toContain('PARSE_INCOMPLETE');
  });
});

async function openGo(options: TreeSitterLanguageOptions): Promise<TreeSitterLanguage> {
  const query = new URL('go/symbols.scm', LANGUAGES_URL);
  const grammar = await loadGrammar('go', new URL('go/parser.wasm', LANGUAGES_URL), [query]);
  return new TreeSitterLanguage('go', grammar, rules, options);
}

describe('limits', () => {
  it('keep time in proportion to many names in one statement', async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `x${index} = f()`).join(', ');
    expect((await parse('typescript', `const ${names};`)).definitions).toHaveLength(5_000);
    expect((await parse('java', `class A { public static final int ${names}; }`)).definitions).toHaveLength(5_001);
  });

  it('leave out what is nested too deeply, and names too long to be one', async () => {
    const nested = await parse('typescript', `${'function f() {'.repeat(1_000)}${'}'.repeat(1_000)}`);
    expect(nested.definitions).toHaveLength(100);
    const long = await parse('typescript', `class ${'A'.repeat(1_000)} { method() { ${'b'.repeat(1_000)}(); } }`);
    expect(long.definitions.map(({ name }) => name)).toEqual(['method']);
    expect(long.references).toEqual([]);
  });

  it('give a file up that takes too long, and parse the next one', async () => {
    const language = await openGo({ timeLimitMs: 0 });
    const file = language.parse('slow.go', 'package a\n'.repeat(10_000));
    expect(file.diagnostics.map(({ code, path }) => [code, path])).toEqual([['PARSE_TIMEOUT', 'slow.go']]);
    expect(file.definitions).toEqual([]);
    const patient = await openGo({});
    expect(patient.parse('a.go', 'package a\nfunc F() {}').definitions).toHaveLength(1);
  });

  it('refuse a file that is too large', async () => {
    const language = await openGo({ maxLength: 10 });
    expect(language.parse('a.go', 'package abc').diagnostics.map(({ code }) => code)).toEqual(['PARSE_TOO_LARGE']);
  });
});
