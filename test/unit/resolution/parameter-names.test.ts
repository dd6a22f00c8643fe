import { describe, expect, it } from 'vitest';
import type { SymbolKind } from '../../../src/graph/symbol.ts';
import type { ParameterStyle } from '../../../src/parsing/language.ts';
import { parameterNames } from '../../../src/resolution/parameter-names.ts';
import { parsedFile } from './parsed-file-builder.ts';

const names = (style: ParameterStyle, name: string, signature: string, kind: SymbolKind = 'function'): string[] => [
  ...parameterNames(parsedFile('a', { definitions: [{ kind, name, signature }] }).definitions[0], style),
];

describe('parameterNames', () => {
  it('reads TypeScript parameters, patterns and arrows', () => {
    expect(names('patterns', 'f', 'function f(a: () => void, b = g(1, 2), ...rest: T[])')).toEqual(['a', 'b', 'rest']);
    expect(names('patterns', 'f', 'function f({ a, b: c, d: { e }, ...others }: { x: X; y: Y }, [g])')).toEqual([
      'a',
      'c',
      'e',
      'others',
      'g',
    ]);
    expect(names('patterns', 'constructor', 'constructor(private readonly pool: Pool)', 'constructor')).toEqual([
      'pool',
    ]);
    expect(names('patterns', 'f', 'const f = x')).toEqual(['x']);
    expect(names('patterns', 'f', 'const f = (x, y)')).toEqual(['x', 'y']);
    expect(names('patterns', 'f', 'const f = x', 'constant')).toEqual([]);
  });

  it('reads Python, Java and Go parameters', () => {
    expect(names('name-first', 'f', 'def f(self, a: dict[str, int], b=(1, 2), *args, **options)')).toEqual([
      'self',
      'a',
      'b',
      'args',
      'options',
    ]);
    expect(names('name-last', 'f', 'void f(final Map<String, List<X>> map, int[] numbers, String... rest)')).toEqual([
      'map',
      'numbers',
      'rest',
    ]);
    expect(names('name-first', 'Get', 'func (p *Pool) Get(ctx context.Context, a, b int) (x int)')).toEqual([
      'ctx',
      'a',
      'b',
    ]);
  });
});
