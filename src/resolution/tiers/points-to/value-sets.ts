import { OUTSIDE, type AbstractValue } from './abstract-value.ts';

/** A set of values; never changed once it is made. */
export type Values = ReadonlySet<AbstractValue>;

/** The set of no values. */
export const NOTHING: Values = new Set();
/** The set of nothing but what is outside of the project. */
export const OUTSIDE_ONLY: Values = new Set([OUTSIDE]);

/** Values of either set. */
export function union(a: Values, b: Values): Values {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  return new Set([...a, ...b]);
}

/** Values of any of the sets. */
export function unionAll(sets: readonly Values[]): Values {
  return sets.reduce(union, NOTHING);
}

/** What any of the values is mapped to. */
export function mapValues(values: Values, map: (value: AbstractValue) => Iterable<AbstractValue>): Values {
  if (values.size === 0) return NOTHING;
  const result = new Set<AbstractValue>();
  for (const value of values) for (const each of map(value)) result.add(each);
  return result;
}
