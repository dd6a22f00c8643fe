import type { CreateHeader } from './create-header.ts';

/**
 * What encloses the tokens being read.
 * - `members`: an Oracle package or type body; ends with its `END`.
 * - `block`: a routine that ends with the `END` of its first `BEGIN`.
 * - `batch`: a T-SQL routine or view; ends with the batch.
 * - `statement`: a table, a view, a routine whose body is a string; ends with `;`.
 */
export interface Frame {
  readonly kind: 'members' | 'block' | 'batch' | 'statement';
  /** Index of the definition, -1 for an anonymous block. */
  readonly definition: number;
  readonly object: CreateHeader['kind'] | 'anonymous';
  state: 'header' | 'declarations' | 'body';
  /** Open `BEGIN` and `CASE`. */
  depth: number;
  /** The string or dollar quote that holds the body, and its language. */
  bodyToken: number;
  language: string;
}

/** Definitions with parameters and a body of statements. */
export const ROUTINES: ReadonlySet<string> = new Set(['procedure', 'function', 'trigger']);

/** A frame of which nothing is read but how it starts. */
export function newFrame(
  kind: Frame['kind'],
  definition: number,
  object: Frame['object'],
  state: Frame['state'],
): Frame {
  return { kind, definition, object, state, depth: 0, bodyToken: -1, language: '' };
}
