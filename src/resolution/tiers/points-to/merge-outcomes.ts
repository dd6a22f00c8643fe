import { isCallable, isType, type Declaration } from '../../project-index.ts';
import type { Outcome } from '../../reference-resolver.ts';
import type { CallTargets } from './points-to.ts';

/** What becomes of a call once both the names and the flow of values have been asked. */
export interface MergedOutcome {
  /** What the name says; undefined where flows know better. */
  readonly own: Outcome | undefined;
  /** What flows add. */
  readonly others: readonly Declaration[];
}

/**
 * A name that means a function is an edge, and so is what decorators or assignments put in its place. A name that means
 * a variable gives way to what the variable holds, as does one that nothing was found for.
 */
export function mergeOutcomes(
  outcome: Outcome,
  { declarations, replaced, isOutside, isMany }: CallTargets,
): MergedOutcome {
  if (outcome.kind === 'edge') {
    const { target, tier } = outcome;
    if (tier === 'unique-name') return declarations.length > 0 && !isMany ? flowsOnly(declarations) : alone(outcome);
    if (isCallable(target) || isType(target)) {
      const others =
        isMany || (tier === 'receiver' && !replaced.includes(target))
          ? []
          : declarations.filter((each) => each !== target);
      return { own: outcome, others };
    }
    if (isMany) return alone(ambiguous(declarations.length));
    if (declarations.length === 0) return alone(isOutside ? EXTERNAL : outcome);
    return flowsOnly(declarations);
  }
  if (isMany) return alone(ambiguous(declarations.length));
  if (declarations.length === 0) return alone(outcome);
  // The function of the language is called as well as what it was given to call.
  return outcome.kind === 'unresolved' && outcome.reason === 'external'
    ? { own: outcome, others: declarations }
    : flowsOnly(declarations);
}

const EXTERNAL: Outcome = Object.freeze({ kind: 'unresolved', reason: 'external', candidateCount: 0 });

const alone = (own: Outcome): MergedOutcome => ({ own, others: [] });
const flowsOnly = (others: readonly Declaration[]): MergedOutcome => ({ own: undefined, others });
const ambiguous = (candidateCount: number): Outcome => ({ kind: 'unresolved', reason: 'ambiguous', candidateCount });
