import { beforeAll, describe, expect, it } from 'vitest';
import { loadLanguage } from '../../../../src/parsing/language-registry.ts';
import type { Language, ParsedFile } from '../../../../src/parsing/language.ts';

let typescript: Language;
beforeAll(async () => {
  typescript = await loadLanguage('typescript');
});

function read(text: string): ParsedFile {
  return typescript.parse('a.ts', text);
}

describe('blocks', () => {
  it('are scopes where they hold names, and only there', () => {
    const file = read('if (a) { const pool = open(); pool.run(); }\nif (b) { run(); }\nfunction open() {}');
    expect(file.blocks).toEqual([-1]);
    expect(file.typedNames).toEqual([{ name: 'pool', typeName: 'open()', scope: -2 }]);
    expect(file.references.map(({ name, scope }) => [name, scope])).toEqual([
      ['open', -2],
      ['run', -2],
      ['run', undefined],
    ]);
  });

  it('nest: in functions without a name, and in definitions', () => {
    const file = read('class A { run() { f((a: A) => { if (a) { const b: A = a; b.run(); } }); } }');
    expect(file.blocks).toEqual([1, -2]);
    expect(file.typedNames.map(({ name, scope }) => [name, scope])).toEqual([
      ['a', -2],
      ['b', -3],
    ]);
  });

  it('are none where they are the whole body of a definition', () => {
    const file = read('const f = () => { const a: A = 1; };\nclass A { run = () => { const a: A = 1; }; }');
    expect(file.blocks).toBeUndefined();
  });

  it('give an assignment to the block that declares the name', () => {
    const file = read('f(() => { let pool; g(() => { pool = open(); }); });\nfunction open() {}');
    expect(file.typedNames).toEqual([{ name: 'pool', typeName: 'open()', scope: -2 }]);
  });

  it('hold the definitions in them', () => {
    const file = read('f(() => { const help = () => 1; });\nf(() => { const help = () => 2; });');
    expect(file.definitions.map(({ name, parent, scope }) => [name, parent, scope])).toEqual([
      ['help', -1, -2],
      ['help', -1, -3],
    ]);
  });
});

describe('what is known of a local name', () => {
  it.each([
    ['items.map((item, at) => at)\nconst items = []', 'at', '=> 0.1 items.map'],
    ['run(1, { next: (value) => value })\nfunction run() {}', 'value', '=> 1:next.0 run'],
    ["run('a,b', f(1, 2), /* , */ (value) => value)\nfunction run() {}", 'value', '=> 2.0 run'],
    ['new Run((value) => value)\nclass Run {}', 'value', '=> 0.0 new Run'],
    ['const f: Handler = (value) => value', 'value', '=> .0 Handler'],
    ['function f(): Handler { return (value) => value }', 'value', '=> ^.0 '],
    ['function f(any) { if (any instanceof Run) { any.run(); } }', 'any', 'Run'],
    ['function f() { const held = { open() {} }; }', 'held', '{}'],
    ['function f() { const pool = first ?? second(); }\nconst first = 1', 'pool', '= (first ?? second())'],
    ["function f() { const pool = open(() => { // don't\n }); }\nfunction open() {}", 'pool', 'open()'],
  ])('%j: %s is %s', (text, name, typeName) => {
    expect(read(text).typedNames.find((each) => each.name === name)?.typeName).toBe(typeName);
  });

  it('is nothing for names inside of types', () => {
    expect(read('function f(call: (pool: Pool) => void) {}').typedNames.map(({ name }) => name)).toEqual(['call']);
  });
});

describe('what a function gives back', () => {
  it.each([
    ['function f() { return new Pool<A>(); }', 'Pool<A>'],
    ['function f() { return { open() {} }; }', '{}'],
    ['const f = () => open();', 'open()'],
    ['function f() { if (a) return open(); return new Pool(); }', 'open() | Pool'],
    ['function f(): Pool { return open(); }', 'Pool'],
    ['function f() { g(() => { return open(); }); }', undefined],
  ])('%s: %s', (text, typeName) => {
    expect(read(text).definitions[0]?.typeName).toBe(typeName);
  });
});
