import { describe, expect, it } from 'vitest';
import { compactModules } from '../../../../src/cli/output/compact-modules.ts';
import { wrapText } from '../../../../src/cli/output/wrap-text.ts';

describe('compactModules', () => {
  it('sums up layers and their parts', () => {
    const modules = [0, 1, 2].flatMap((layer) =>
      ['query', 'key', 'value'].map((name) => `encoder.layer.${layer}.attention.self.${name}`),
    );
    expect(compactModules(modules)).toEqual([
      { pattern: 'encoder.layer.{0-2}.attention.self.{query,key,value}', count: 9 },
    ]);
  });

  it('keeps parts apart that are in other layers', () => {
    expect(compactModules(['l.0.a', 'l.1.a', 'l.3.a', 'l.10.a', 'l.2.b', 'pooler.dense', 'top'])).toEqual([
      { pattern: 'l.{0-1,3,10}.a', count: 4 },
      { pattern: 'l.2.b', count: 1 },
      { pattern: 'pooler.dense', count: 1 },
      { pattern: 'top', count: 1 },
    ]);
  });

  it('takes only the first number for a layer', () => {
    expect(compactModules(['h.0.mlp.0', 'h.0.mlp.2', 'h.1.mlp.0', 'h.1.mlp.2'])).toEqual([
      { pattern: 'h.{0-1}.mlp.{0,2}', count: 4 },
    ]);
    expect(compactModules(['2', '0.w', ''])).toEqual([
      { pattern: '{2,}', count: 2 },
      { pattern: '0.w', count: 1 },
    ]);
  });

  it('stands for every module once', () => {
    const modules = Array.from({ length: 60 }, (_, index) => `a.${index % 7}.b.${index % 5}.c${index % 3}.d${index}`);
    expect(compactModules(modules).reduce((sum, { count }) => sum + count, 0)).toBe(60);
  });
});

describe('wrapText', () => {
  it.each([
    ['one two three', 8, ['one two', 'three']],
    ['/models/acme/file', 10, ['/models/', 'acme/file']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['exactly ten', 11, ['exactly ten']],
  ])('breaks %j at %i', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });
});
