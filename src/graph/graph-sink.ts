import type { EdgeKind, ResolutionTier, UnresolvedReason } from './edge.ts';
import type { NodeId, SymbolKind } from './symbol.ts';

/** A node as a graph in memory takes it; what else is known of it stays in the store. */
export interface GraphNodeRecord {
  readonly id: NodeId;
  /** Null for what is no symbol: a file, a folder, something outside, a target that does not exist (any more). */
  readonly symbol: {
    readonly kind: SymbolKind;
    readonly name: string;
    /** Relative to the repository root, with `/`. */
    readonly path: string;
    readonly language: string;
    readonly exported: boolean;
    /** Key of the symbol it is defined in; null at the top of the file. */
    readonly parent: number | null;
  } | null;
}

/** An edge between nodes by their keys. */
export interface GraphEdgeRecord {
  readonly source: number;
  readonly target: number;
  readonly kind: EdgeKind;
  readonly tier: ResolutionTier;
  readonly confidence: number;
  readonly sitePath: string;
  /** 1-based, as is the column. */
  readonly line: number;
  readonly column: number;
}

/** References that made no edge, by the last part of the name they were written with. */
export interface UnresolvedNameRecord {
  readonly kind: EdgeKind;
  readonly name: string;
  readonly reason: UnresolvedReason;
  readonly count: number;
}

/**
 * Takes a whole graph, one record at a time and in no particular order, nodes before edges. Any engine can fill one.
 * Keys are integers of the engine's own choice; they mean something within one reading only.
 */
export interface GraphSink {
  addNode(key: number, node: GraphNodeRecord): void;
  addEdge(edge: GraphEdgeRecord): void;
  addUnresolvedName(record: UnresolvedNameRecord): void;
  /** The symbol extends or implements something that was not found in the repository: its methods may be called from there. */
  addForeignBase(source: number): void;
}
