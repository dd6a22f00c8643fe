import { describe, expect, it } from 'vitest';
import { loadLanguage } from '../../../../src/parsing/language-registry.ts';

async function typedNames(id: string, text: string): Promise<string[]> {
  const { typedNames: names } = (await loadLanguage(id)).parse('file', text);
  return names.map(({ name, typeName }) => `${name}: ${typeName}`);
}

describe('typed names', () => {
  it('say each type of a name once, and few of very many', async () => {
    const assignments = Array.from({ length: 2_000 }, (_, at) => `  x = x.a${at}()\n  y = self.next()\n`).join('');
    const names = await typedNames('python', `def f(self, x):\n${assignments}`);
    expect(names.filter((name) => name.startsWith('y'))).toEqual(['y: self.next()']);
    expect(names.length).toBeLessThan(20);
  });

  it('leave out what comes from names of the platform', async () => {
    expect(await typedNames('python', 'def f():\n  n = len(rows)\n')).toEqual([]);
  });

  it('hide what the file knows, not what it does not', async () => {
    const text =
      "import { load } from './a';\nexport function f() { items.map((load) => load); items.map((other) => other); }";
    expect(await typedNames('typescript', text)).toEqual(['load: ']);
  });

  it('keep a declared type over what is assigned', async () => {
    const text = 'function g(): B { }\nfunction f() { let a: A = g(); a = g(); let b = g(); b = g(); }';
    expect(await typedNames('typescript', text)).toEqual(['a: A', 'b: g()']);
  });

  it('give a value that is assigned several times all its types', async () => {
    const file = (await loadLanguage('python')).parse('a.py', 'def a(): pass\ndef b(): pass\nx = a()\nx = b()\n');
    expect(file.definitions.map(({ name, typeName }) => `${name}: ${typeName}`)).toContain('x: a() | b()');
  });
});
