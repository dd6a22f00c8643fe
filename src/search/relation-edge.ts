import type { Edge, EdgeKind, EdgeSite, ResolutionTier, UnresolvedReason } from '../graph/edge.ts';
import type { NodeId } from '../graph/symbol.ts';
import type { IndexStore } from '../store/index-store.ts';
import { summarizeNodeId, summarizeSymbol, type NodeSummary } from './symbol-summary.ts';

/** An edge as answers show it. */
export interface RelationEdge {
  readonly kind: EdgeKind;
  readonly source: NodeSummary;
  readonly target: NodeSummary;
  /** 1 touches the symbol that was asked for; in a path, the number of the step. */
  readonly depth: number;
  readonly tier: ResolutionTier;
  readonly confidence: number;
  readonly site: EdgeSite;
  /**
   * True where the edge belongs to the answer only as a method may run in place of the one that is named: the one asked
   * about overrides or implements it, or is overridden by it. Missing otherwise.
   */
  readonly dispatch?: true | undefined;
}

/** How much of the answer is known. "None" may be said only where `unresolved` is 0. */
export interface Completeness {
  /** Edges in the answer. */
  readonly resolved: number;
  /** References that may belong into the answer and made no edge, or one that was hidden for its confidence. */
  readonly unresolved: number;
  /** `unresolved` by reason; `low-confidence` counts hidden edges. */
  readonly reasons: Readonly<Partial<Record<UnresolvedReason | 'low-confidence', number>>>;
}

/** Sums up what is missing from an answer. */
export class CompletenessCount {
  readonly #reasons: Partial<Record<UnresolvedReason | 'low-confidence', number>> = {};
  #unresolved = 0;

  add(reason: UnresolvedReason | 'low-confidence', count = 1): void {
    if (count === 0) return;
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + count;
    this.#unresolved += count;
  }

  /** @param resolved - Edges in the answer. */
  total(resolved: number): Completeness {
    return { resolved, unresolved: this.#unresolved, reasons: this.#reasons };
  }
}

/** An edge on its way into an answer. */
export interface FoundEdge {
  readonly edge: Edge;
  readonly depth: number;
  readonly dispatch: boolean;
}

/** Shows edges with the symbols at their ends. */
export async function describeEdges(store: IndexStore, found: readonly FoundEdge[]): Promise<RelationEdge[]> {
  const describe = await nodeDescriber(
    store,
    found.flatMap(({ edge }) => [edge.source, edge.target]),
  );
  return found.map(({ edge, depth, dispatch }) => {
    const { kind, source, target, tier, confidence, site } = edge;
    const shown = { kind, source: describe(source), target: describe(target), depth, tier, confidence, site };
    return dispatch ? { ...shown, dispatch } : shown;
  });
}

/** Reads what is to be shown of some nodes at once. */
export async function nodeDescriber(store: IndexStore, ids: Iterable<NodeId>): Promise<(id: NodeId) => NodeSummary> {
  const symbols = await store.getSymbols([...new Set(ids)]);
  const summaries = new Map<NodeId, NodeSummary>(symbols.map((symbol) => [symbol.id, summarizeSymbol(symbol)]));
  return (id) => summaries.get(id) ?? summarizeNodeId(id);
}

/** Names by which a symbol may be called: SQL names in any of the usual cases. */
export function callableNames({ name, language }: { readonly name: string; readonly language: string }): string[] {
  return language === 'sql' ? [name, name.toLowerCase(), name.toUpperCase()] : [name];
}
