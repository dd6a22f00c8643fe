import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeNameOf, writtenTypeOf } from '../../../../src/parsing/tree-sitter/type-name.ts';

const notation = { transparentTypes: new Set(['Promise', 'Optional', 'Array']), quotedTypes: true };

describe('typeNameOf', () => {
  it.each([
    [': Pool', 'Pool'],
    ['-> db.Pool', 'db.Pool'],
    ['Map<string, Pool>', 'Map'],
    ['Promise<Pool>', 'Pool'],
    ['Promise<Array<Pool | undefined>>', 'Pool'],
    ['readonly Pool[][]', 'Pool'],
    ['readonlyPool', 'readonlyPool'],
    ['Optional["Pool"]', 'Pool'],
    ['Pool | null', 'Pool'],
    ['| Pool', 'Pool'],
    ['*Pool', 'Pool'],
    ['[]*db.Pool', 'db.Pool'],
    ['...Option', 'Option'],
    ['Stack[T]', 'Stack'],
    ['Größe', 'Größe'],
  ])('reads %s as %s', (text, name) => {
    expect(typeNameOf(text, notation)).toBe(name);
  });

  it.each([
    'A | B',
    '{ a: string }',
    '(a: A) => B',
    'x is Pool',
    '',
    'null',
    'Promise<>',
    'A & B',
    '<',
    '[',
    'A'.repeat(2_000),
  ])('finds no single name in %s', (text) => {
    expect(typeNameOf(text, notation)).toBeUndefined();
  });

  it('takes quotes for literals where types are not quoted', () => {
    expect(typeNameOf("'red'", { transparentTypes: new Set() })).toBeUndefined();
  });

  it('ends for any text', () => {
    const part = fc.constantFrom('<', '>', '[', ']', '|', '*', '"', 'A', 'Promise', ' ', '?', ',', '=>', ':');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(typeNameOf(parts.join(''), notation) ?? 'A').toMatch(/^[\w.]+$/u);
      }),
    );
  });
});

describe('writtenTypeOf', () => {
  it.each([
    [': Map<string,\n  Pool[]>', 'Map<string, Pool[]>'],
    ['-> Optional[Pool]', 'Optional[Pool]'],
    ['*Pool', '*Pool'],
    ['Pool | null', 'Pool | null'],
  ])('%j is %j', (text, type) => {
    expect(writtenTypeOf(text)).toBe(type);
  });

  it.each(['', ': { a: Pool }', ': () => Pool', `Map<${'a'.repeat(200)}>`])('%j names nothing', (text) => {
    expect(writtenTypeOf(text)).toBeUndefined();
  });
});
