import type { EdgeKind } from './edge.ts';

/** Edges that run the code of their target: creating an object runs its constructor, executing runs a procedure. */
export const CALL_KINDS: readonly EdgeKind[] = Object.freeze(['calls', 'instantiates', 'executes'] as const);

/** Edges whose source may break when their target changes. */
export const USE_KINDS: readonly EdgeKind[] = Object.freeze([
  ...CALL_KINDS,
  'extends',
  'implements',
  'overrides',
  'references',
  'reads',
  'writes',
  'tests',
] as const);

/** Hides edges of tier `unique-name` (0.3): they are guesses. */
export const DEFAULT_MIN_CONFIDENCE = 0.5;
