import { describe, expect, it } from 'vitest';
import { isTooDeep, MAX_BRACKET_DEPTH } from '../../../../src/parsing/tree-sitter/bracket-depth.ts';

describe('isTooDeep', () => {
  it.each(['(', '[', '{', ')', ']', '}'])('counts %s', (bracket) => {
    expect(isTooDeep(bracket.repeat(MAX_BRACKET_DEPTH))).toBe(false);
    expect(isTooDeep(bracket.repeat(MAX_BRACKET_DEPTH + 1))).toBe(true);
    expect(isTooDeep(`x = ${`${bracket} a `.repeat(MAX_BRACKET_DEPTH + 1)}`)).toBe(true);
  });

  it('lets long files of balanced brackets pass', () => {
    expect(isTooDeep('f({ a: [1] });\n'.repeat(20_000))).toBe(false);
    expect(isTooDeep('('.repeat(MAX_BRACKET_DEPTH) + ')'.repeat(MAX_BRACKET_DEPTH))).toBe(false);
  });

  it('counts nothing else', () => {
    expect(isTooDeep('<>"\'`/\\*+-az AZ_09|~'.repeat(5_000))).toBe(false);
  });
});
