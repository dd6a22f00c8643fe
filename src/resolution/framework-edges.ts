import type { Declaration } from './project-index.ts';
import { isCallable } from './project-index.ts';
import type { Outcome } from './reference-resolver.ts';

/**
 * What a framework does with a name that is handed to it: it calls what the name means. Guesses stay guesses.
 *
 * @param outcome - As the name alone is resolved.
 */
export function handledOutcome(outcome: Outcome): Outcome {
  if (outcome.kind !== 'edge' || outcome.tier === 'unique-name') return outcome;
  const edgeKind = outcome.edgeKind === 'instantiates' ? 'instantiates' : 'calls';
  return { ...outcome, edgeKind, tier: 'framework' };
}

/** The function or method a route stands in front of as its decorator: requests are given to it. */
export function decoratedByRoute({ definition, parent }: Declaration): Declaration | undefined {
  if (definition.kind !== 'route' || parent === null || !isCallable(parent)) return undefined;
  // What registers routes inside of a function stands in its body.
  return definition.range.endOffset <= parent.definition.bodyOffset ? parent : undefined;
}
