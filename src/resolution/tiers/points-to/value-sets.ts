import { type AbstractValue, OUTSIDE } from './abstract-value.ts';

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
  const some = sets.filter(({ size }) => size > 0);
  if (some.length <= 1) return some[0] ?? NOTHING;
  const result = new Set<AbstractValue>();
  for (const set of some) for (const value of set) result.add(value);
  return result;
}

/** What any of the values is mapped to. */
export function mapValues(values: Values, map: (value: AbstractValue) => Iterable<AbstractValue>): Values {
  if (values.size === 0) return NOTHING;
  const result = new Set<AbstractValue>();
  for (const value of values) for (const each of map(value)) result.add(each);
  return result;
}
