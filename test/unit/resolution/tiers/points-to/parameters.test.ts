import { describe, expect, it } from 'vitest';
import { readParameters } from '../../../../../src/resolution/tiers/points-to/parameters.ts';

const show = (signature: string): string =>
  readParameters(signature)
    .map(({ name, kind }) => `${kind} ${name}`)
    .join(', ');

describe('parameters of a signature', () => {
  it.each([
    ['def f()', ''],
    ['def f(a, b=1)', 'plain a, plain b'],
    ['def f(a: dict[str, int] = {}, *rest: int, key, **named) -> None', 'plain a, rest rest, named key, table named'],
    ['def f(a, /, b, *, c)', 'plain a, plain b, named c'],
    ["def f(text=', )', after=None)", 'plain text, plain after'],
    ['async def f(self, x: Callable[[int], str])', 'plain self, plain x'],
    ['f = lambda x, *y: x', 'plain x, rest y'],
    ['value = 1', ''],
  ])('of %s', (signature, expected) => {
    expect(show(signature)).toBe(expected);
  });
});
