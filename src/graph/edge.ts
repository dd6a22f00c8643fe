import type { NodeId } from './symbol.ts';

/** What the source of an edge does to its target. */
export const EDGE_KINDS = [
  'contains',
  'imports',
  'calls',
  'instantiates',
  'extends',
  'implements',
  'references',
  'reads',
  'writes',
  'executes',
  /** A method implements or overrides another: who calls that one may run this one. */
  'overrides',
  /** A test exercises its target. */
  'tests',
] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** How an edge was found, surest first. */
export const RESOLUTION_TIERS = [
  'scip',
  'syntax',
  'lexical',
  'import',
  'receiver',
  'points-to',
  'framework',
  'unique-name',
] as const;
export type ResolutionTier = (typeof RESOLUTION_TIERS)[number];

/** Confidence of each tier: the share of its edges that were right where they were measured (see docs/architecture.md). */
export const TIER_CONFIDENCE: Readonly<Record<ResolutionTier, number>> = Object.freeze({
  scip: 1,
  syntax: 1,
  lexical: 0.98,
  import: 0.97,
  receiver: 0.95,
  'points-to': 0.9,
  framework: 0.9,
  'unique-name': 0.3,
});

/** A place of use. Line and column are 1-based, the column in UTF-16 units: as shown to people. */
export interface EdgeSite {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** An edge belongs to the file of its source: replacing that file replaces the edge. */
export interface Edge {
  readonly kind: EdgeKind;
  readonly source: NodeId;
  readonly target: NodeId;
  readonly tier: ResolutionTier;
  readonly confidence: number;
  readonly site: EdgeSite;
}

/** Why a reference made no edge. */
export const UNRESOLVED_REASONS = ['external', 'ambiguous', 'unknown-receiver', 'not-found', 'dynamic'] as const;
export type UnresolvedReason = (typeof UNRESOLVED_REASONS)[number];

/** A reference that made no edge: kept, so that "no callers" is never claimed where nothing was looked up. */
export interface UnresolvedReference {
  readonly kind: EdgeKind;
  readonly source: NodeId;
  /** The name as written, with its receiver: `pool.acquire`. */
  readonly name: string;
  readonly reason: UnresolvedReason;
  /** How many definitions the name could have meant. */
  readonly candidateCount: number;
  readonly site: EdgeSite;
}
