import { describe, expect, it } from 'vitest';
import { parseTypeName } from '../../../src/resolution/type-name.ts';
import type { TypeExpression } from '../../../src/resolution/type-name.ts';

const show = (type: TypeExpression): string =>
  type.kind === 'container'
    ? `[${type.element}]`
    : type.kind === 'self'
      ? 'self'
      : type.kind === 'class'
        ? `class ${type.name}`
        : type.name;

describe('parseTypeName', () => {
  it.each([
    ['Pool', 'Pool'],
    ['db.Pool', 'db.Pool'],
    ['Pool<T, U>', 'Pool'],
    ['Pool | null | undefined', 'Pool'],
    ['Pool | Cache', 'Pool, Cache'],
    ['Readable & Closeable', 'Readable, Closeable'],
    ['Promise<Pool | null>', 'Pool'],
    ['Optional[Pool]', 'Pool'],
    ['Union[Pool, None, Cache]', 'Pool, Cache'],
    ['"Pool"', 'Pool'],
    ['list["Pool"]', '["Pool"]'],
    ['dict[str, Pool]', '[ Pool]'],
    ['tuple[Pool, ...]', '[Pool]'],
    ['Pool[]', '[Pool]'],
    ['readonly Pool[]', '[Pool]'],
    ['Map<string, Pool>', '[ Pool]'],
    ['List<? extends Pool>', '[? extends Pool]'],
    ['? extends Pool', 'Pool'],
    ['@Nullable Pool', 'Pool'],
    ['*db.Pool', 'db.Pool'],
    ['[]*Pool', '[*Pool]'],
    ['map[string]*Pool', '[*Pool]'],
    ['chan Pool', '[Pool]'],
    ['(*Pool, error)', 'Pool'],
    ['...Pool', 'Pool'],
    ['typeof Pool', 'class Pool'],
    ['type[Pool]', 'class Pool'],
    ['Class<Pool>', 'class Pool'],
    ['this', 'self'],
    ['Self', 'self'],
    ['() => Pool', ''],
    ['(a: Pool) => void', ''],
    ['func(int) Pool', ''],
    ['void', ''],
    ['{ a: Pool }', ''],
    ['', ''],
  ])('reads %s', (text, expected) => {
    expect(parseTypeName(text).map(show).join(', ')).toBe(expected);
  });

  it('gives up on nesting without end', () => {
    expect(parseTypeName(`${'Promise<'.repeat(500)}Pool${'>'.repeat(500)}`)).toEqual([]);
  });
});
