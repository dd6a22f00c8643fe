import { describe, expect, it } from 'vitest';
import { dottedName, parseExpression } from '../../../src/resolution/expression.ts';
import type { Expression } from '../../../src/resolution/expression.ts';

function show(expression: Expression | undefined): string {
  switch (expression?.kind) {
    case 'name':
      return expression.name;
    case 'member':
      return `${show(expression.object)}.${expression.name}`;
    case 'call':
      return `${show(expression.callee)}()`;
    case 'index':
      return `${show(expression.object)}[]`;
    case 'unwrap':
      return show(expression.object);
    case 'typed':
      return `<${expression.typeName}>`;
    case 'literal':
      return 'literal';
    default:
      return 'unknown';
  }
}

describe('parseExpression', () => {
  it.each([
    ['this', 'this'],
    ['self.pool', 'self.pool'],
    ['this.#pool', 'this.#pool'],
    ['a?.b!.c', 'a.b.c'],
    ['open()?.pool?', 'open().pool'],
    ['Vec::<Pool>::new()', 'Vec.new()'],
    ['a\n  .b', 'a.b'],
    ['open("a)b", `x`).pool', 'open().pool'],
    ['items[items.length - 1].owner', 'items[].owner'],
    ['a?.[0]', 'a[]'],
    ['map.get<Pool>(key)', 'map.get()'],
    ['new ns.Pool<T>(1).first', '<ns.Pool>.first'],
    ['new Pool', '<Pool>'],
    ['(await load()).pool', 'load().pool'],
    ['(other as db.Pool)', '<db.Pool>'],
    ['((Pool) other)', '<Pool>'],
    ['value.(*Pool)', '<*Pool>'],
    ['(&Point{1, 2})', '<Point>'],
    ['super()', 'super()'],
    ['"text"', 'literal'],
    ['f"{x}"', 'literal'],
    ["'''it's'''", 'literal'],
    ['/a[/]b/g', 'literal'],
    ['[1, 2]', 'literal'],
    ['12.5', 'literal'],
    ['Type::method', 'Type.method'],
    ['größe.straße', 'größe.straße'],
  ])('reads %s', (text, expected) => {
    expect(show(parseExpression(text))).toBe(expected);
  });

  it.each([
    '',
    'a +',
    'a + b',
    'a ? b : c',
    'open(',
    '.a',
    'a.',
    '"open',
    '('.repeat(3000),
    `${'('.repeat(100)}a${')'.repeat(100)}`,
  ])('does not guess about %j', (text) => {
    expect(parseExpression(text)).toBeUndefined();
  });

  it('gives the dotted name of names and members alone', () => {
    expect(dottedName({ kind: 'member', object: { kind: 'name', name: 'a' }, name: 'b' })).toBe('a.b');
    expect(dottedName({ kind: 'call', callee: { kind: 'name', name: 'a' } })).toBeUndefined();
  });
});
