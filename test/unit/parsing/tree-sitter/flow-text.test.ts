import { describe, expect, it } from 'vitest';
import { argumentTextsOf, flowTextOf, type FlowNotation } from '../../../../src/parsing/tree-sitter/flow-text.ts';

const PYTHON: FlowNotation = { lineComment: '#', idle: /^(?:\d|None$|len\()/u, lambda: /^lambda\b/u };

describe('values of flows', () => {
  it('stand on one line without comments', () => {
    expect(flowTextOf("{\n  'a': f,  # first\n  '#': g,\n}", PYTHON)).toBe("{'a': f, '#': g, }");
  });

  it('are left out where they lead nowhere', () => {
    expect(flowTextOf('12', PYTHON)).toBeUndefined();
    expect(flowTextOf('len(rows)', PYTHON)).toBeUndefined();
    expect(flowTextOf('None', PYTHON)).toBeUndefined();
    expect(flowTextOf('None or f', PYTHON)).toBe('None or f');
  });

  it('lose the arguments of calls where they are long', () => {
    const long = 'x'.repeat(200);
    expect(flowTextOf(`make(${long}, other(1))(2).run("(")`, PYTHON)).toBe('make()().run()');
    expect(flowTextOf('make(f)', PYTHON)).toBe('make(f)');
    expect(flowTextOf(`[${'abc, '.repeat(1_000)}]`, PYTHON)).toBeUndefined();
  });
});

describe('arguments of calls', () => {
  it.each([
    ['()', undefined],
    ['(1, None)', undefined],
    ['(a, 1, b)', ['a', '', 'b']],
    ['(f(x, y), [a, b], key = g)', ['f(x, y)', '[a, b]', 'key=g']],
    ['(\'a, b\', "c")', ["'a, b'", '"c"']],
    ['(lambda x, y: x, z)', ['=> x, y: x', 'z']],
    ['(key=lambda: f)', ['key==>: f']],
    ['(*rest, **named)', ['*rest', '**named']],
    ['(a == b)', ['a == b']],
    ['(\n  a,  # why, not\n  b,\n)', ['a', 'b']],
    ['not a call', undefined],
  ])('of %s', (source, expected) => {
    expect(argumentTextsOf(source, PYTHON)).toEqual(expected);
  });

  it('are at most sixteen, and short', () => {
    expect(argumentTextsOf(`(${'a, '.repeat(40)})`, PYTHON)).toHaveLength(16);
    expect(argumentTextsOf(`('${'a'.repeat(300)}')`, PYTHON)).toBeUndefined();
    expect(argumentTextsOf(`(lambda: ${'a.b.'.repeat(80)}c)`, PYTHON)).toEqual(['=>']);
  });
});
