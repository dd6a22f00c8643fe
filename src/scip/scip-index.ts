import type { PositionEncoding } from './scip-schema.ts';

/** A place where a symbol is defined or used. Lines and columns are 0-based, columns in the document's encoding. */
export interface ScipOccurrence {
  readonly line: number;
  readonly column: number;
  /** The symbol as a text, unique in the index unless it starts with `local `. */
  readonly symbol: string;
  readonly isDefinition: boolean;
}

/** One file of a SCIP index. */
export interface ScipDocument {
  /** Relative to the project's root, with `/`. */
  readonly path: string;
  readonly positionEncoding: PositionEncoding;
  readonly occurrences: readonly ScipOccurrence[];
}
