import { describe, expect, it } from 'vitest';
import type { SymbolKind } from '../../../src/graph/symbol.ts';
import type { LanguageFamily } from '../../../src/resolution/language-rules.ts';
import { parameterNames } from '../../../src/resolution/parameter-names.ts';
import { parsedFile } from './parsed-file-builder.ts';

const names = (family: LanguageFamily, name: string, signature: string, kind: SymbolKind = 'function'): string[] => [
  ...parameterNames(parsedFile('a', { definitions: [{ kind, name, signature }] }).definitions[0], family),
];

describe('parameterNames', () => {
  it('reads TypeScript parameters, patterns and arrows', () => {
    expect(names('script', 'f', 'function f(a: () => void, b = g(1, 2), ...rest: T[])')).toEqual(['a', 'b', 'rest']);
    expect(names('script', 'f', 'function f({ a, b: c, d: { e }, ...others }: { x: X; y: Y }, [g])')).toEqual([
      'a',
      'c',
      'e',
      'others',
      'g',
    ]);
    expect(names('script', 'constructor', 'constructor(private readonly pool: Pool)', 'constructor')).toEqual(['pool']);
    expect(names('script', 'f', 'const f = x')).toEqual(['x']);
    expect(names('script', 'f', 'const f = (x, y)')).toEqual(['x', 'y']);
    expect(names('script', 'f', 'const f = x', 'constant')).toEqual([]);
  });

  it('reads Python, Java and Go parameters', () => {
    expect(names('python', 'f', 'def f(self, a: dict[str, int], b=(1, 2), *args, **options)')).toEqual([
      'self',
      'a',
      'b',
      'args',
      'options',
    ]);
    expect(names('java', 'f', 'void f(final Map<String, List<X>> map, int[] numbers, String... rest)')).toEqual([
      'map',
      'numbers',
      'rest',
    ]);
    expect(names('go', 'Get', 'func (p *Pool) Get(ctx context.Context, a, b int) (x int)')).toEqual(['ctx', 'a', 'b']);
  });
});
