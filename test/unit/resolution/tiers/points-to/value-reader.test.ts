import { describe, expect, it } from 'vitest';
import { lastName, type ValueExpression } from '../../../../../src/resolution/tiers/points-to/abstract-value.ts';
import { parseArgument, parseValue } from '../../../../../src/resolution/tiers/points-to/value-reader.ts';

/** A short notation of what was read. */
function show(value: ValueExpression): string {
  switch (value.kind) {
    case 'name':
      return value.name;
    case 'member':
      return `${show(value.object)}.${value.name}`;
    case 'index':
      return `${show(value.object)}[${value.key ?? '?'}]`;
    case 'call':
      return `${show(value.callee)}(${value.arguments.map((each) => (each.name === undefined ? '' : `${each.name}=`) + show(each.value)).join(', ')})`;
    case 'list':
      return `${value.isOpen ? 'each' : 'list'}(${value.items.map(show).join(', ')})`;
    case 'table':
      return `table(${value.entries.map((entry) => `${entry.key ?? '?'}: ${show(entry.value)}`).join(', ')})`;
    case 'choice':
      return value.alternatives.map(show).join(' | ');
    case 'lambda':
      return `(${value.parameters.join(', ')}) => ${show(value.result)}`;
    case 'spread':
      return `${value.isTable ? '**' : '*'}${show(value.value)}`;
    case 'string':
      return JSON.stringify(value.value);
    default:
      return '?';
  }
}

describe('values as flows keep them', () => {
  it.each([
    ['work', 'work'],
    ['self.pool.acquire()', 'self.pool.acquire()'],
    ['await fetch(url)', 'fetch(url)'],
    ['a, b', 'list(a, b)'],
    ['(a, b)', 'list(a, b)'],
    ['(a)', 'a'],
    ['()', 'list()'],
    ['[a, b(c)]', 'list(a, b(c))'],
    ['[f for f in fs if f]', 'each(f)'],
    ['{a, b}', 'list(a, b)'],
    ["{'x': f, 1: g, k: h}", 'table(x: f, 1: g, ?: h)'],
    ['{k: v for k, v in rows}', 'table(?: v)'],
    ["table['x'](y)", 'table[x](y)'],
    ['rows[-1]', 'rows[-1]'],
    ['rows[1:2]', 'rows[?]'],
    ['rows[i]', 'rows[?]'],
    ['a if c else b', 'a | b'],
    ['a or b', 'a | b'],
    ['[a] + rest', 'list(a) | rest'],
    ['a + b', '?'],
    ['not a', '?'],
    ['a == b', '?'],
    ['None', '?'],
    ['3.5', '?'],
    ['lambda x, *y: x(y)', '(x, y) => x(y)'],
    ['=> x: x', '(x) => x'],
    ['=>', '() => ?'],
    ['f(*args, key=g, **options)', 'f(*args, key=g, **options)'],
    ['f(x for x in xs)', 'f(each(x))'],
    ['b = f', 'f'],
    ["'a' 'b'", '"a"'],
    ['f"{x}"', '"{x}"'],
    ['(yield)', '?'],
    ['a.', '?'],
    ['f(', '?'],
    ['', '?'],
  ])('reads %s as %s', (text, expected) => {
    expect(show(parseValue(text))).toBe(expected);
  });

  it('gives up on values nested deeper than people write', () => {
    const deep = `${'['.repeat(5_000)}a${']'.repeat(5_000)}`;
    expect(show(parseValue(deep))).toBe('?');
    expect(show(parseValue('('.repeat(5_000)))).toBe('?');
    expect(show(parseValue(`${'not '.repeat(5_000)}a`))).toBe('?');
  });

  it('tells keywords from comparisons in arguments', () => {
    expect(parseArgument('key=f').name).toBe('key');
    expect(parseArgument('a == b').name).toBeUndefined();
    expect(parseArgument('=> x: x').name).toBeUndefined();
    expect(show(parseArgument('key==> x: x').value)).toBe('(x) => x');
  });

  it('knows the last name of a callee', () => {
    expect(lastName(parseValue('contextlib.contextmanager'))).toBe('contextmanager');
    expect(lastName(parseValue("app.route('/')"))).toBe('route');
    expect(lastName(parseValue('[a]'))).toBe('');
  });
});
