import type { Place } from '../value.ts';
import type { Argument, ValueExpression } from './abstract-value.ts';
import type { Values } from './value-sets.ts';

/** What the parts of the analysis ask of it while it evaluates: it asks them, and they ask it back. */
export interface FlowEvaluator {
  /** @param depth - Of the expression in the one evaluation began with. */
  evaluate(expression: ValueExpression, place: Place, depth?: number): Values;
  /** A member of any of the values. */
  memberOf(values: Values, name: string, depth?: number): Values;
  /** What calling any of the values gives. */
  resultOf(callees: Values, given: readonly Argument[], place: Place | undefined, depth: number): Values;
  /** The elements of each of the values. */
  iterate(values: Values, depth: number): Values;
}
