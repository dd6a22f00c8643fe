import { describe, expect, it } from 'vitest';
import { typeOfValue, valueTextOf } from '../../../../src/parsing/tree-sitter/value-text.ts';

describe('valueTextOf', () => {
  it.each([
    ['open()', 'open()'],
    ['await this.pool.acquire(id, { wait: (ms) => ms })', 'this.pool.acquire()'],
    ['pools\n  .get("a)")\n  ?.first', 'pools.get()?.first'],
    ['rows[at + 1]!', 'rows[]'],
    ['create<Pool>(`${a}`)', 'create<Pool>()'],
    ['self.items[f(")")].next()', 'self.items[].next()'],
    ["f('it\\'s')", 'f()'],
  ])('%j is %j', (source, text) => {
    expect(valueTextOf(source)).toBe(text);
  });

  it.each([
    ['brackets that do not match', 'f(]'],
    ['a bracket that is not closed', 'f(a'],
    ['a bracket that was not opened', 'f)'],
    ['a string that is not closed', "f('a)"],
    ['a literal', '[1].map(f)'],
    ['what starts in parentheses', '(a ?? b).c()'],
    ['function types among type arguments', 'f<() => void>()'],
    ['what is too long to be read', `f(${'a'.repeat(10_000)})`],
    ['what is too long to be kept', `${'a.'.repeat(101)}b()`],
  ])('is undefined for %s', (_, source) => {
    expect(valueTextOf(source)).toBeUndefined();
  });
});

describe('typeOfValue', () => {
  it.each([
    ['a.b()', 'a.b()'],
    ['a.b', '= a.b'],
    ['a()[]', '= a()[]'],
  ])('of %s is %s', (expression, typeName) => {
    expect(typeOfValue(expression)).toBe(typeName);
  });
});
