import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureJson } from '../../../../src/kernel/text/measure-json.ts';

function depthOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countOf(inner), 1);
}

describe('measureJson', () => {
  it('finds the depth of any JSON, and about how many values it has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const { depth, valueCount } = measureJson(JSON.stringify(value, null, indent));
        expect(depth).toBe(depthOf(value));
        expect(valueCount).toBeLessThanOrEqual(2 * countOf(value));
        expect(valueCount).toBeGreaterThanOrEqual(countOf(value) - 1);
      }),
    );
  });

  it('does not look into strings', () => {
    expect(measureJson('["[[{,\\"],[", "\\\\", {}]')).toEqual({ depth: 2, valueCount: 4 });
  });

  it('ends with what is no JSON', () => {
    expect(measureJson(']]["')).toEqual({ depth: 0, valueCount: 1 });
    expect(measureJson('"\\')).toEqual({ depth: 0, valueCount: 0 });
  });
});
