import type { AbortableOptions } from '../kernel/abort.ts';
import { CALL_KINDS, DEFAULT_MIN_CONFIDENCE, USE_KINDS } from '../graph/edge-groups.ts';
import type { EdgeKind } from '../graph/edge.ts';
import { shortestPath } from '../graph/shortest-path.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { LoadedGraph } from './loaded-graph.ts';
import { resolveNode } from './node-lookup.ts';
import { CompletenessCount, describeEdges, type Completeness, type RelationEdge } from './relation-edge.ts';
import type { NodeSummary } from './symbol-summary.ts';

export interface SymbolPathOptions extends AbortableOptions {
  /** Kinds of edges to follow. @defaultValue calls; where none lead there, uses and imports of any kind */
  readonly kinds?: readonly EdgeKind[] | undefined;
  /** @defaultValue {@link DEFAULT_MIN_CONFIDENCE} */
  readonly minConfidence?: number | undefined;
}

/** How one symbol leads to another. */
export interface SymbolPath {
  readonly from: NodeSummary;
  readonly to: NodeSummary;
  /** Whether there is a path; `edges` is empty as well where `from` and `to` are the same, or one is in the other. */
  readonly found: boolean;
  /** The steps in order. A step with `dispatch` goes from its target, which is called, to its source, which may run. */
  readonly edges: readonly RelationEdge[];
  /** Where there is no path, `unresolved` counts the references on the way that might be one. */
  readonly completeness: Completeness;
}

/**
 * Finds the shortest chain of edges from one symbol or file to another.
 *
 * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
 */
export async function findPath(
  store: IndexStore,
  loaded: LoadedGraph,
  fromName: string,
  toName: string,
  options: SymbolPathOptions = {},
): Promise<SymbolPath> {
  const { minConfidence = DEFAULT_MIN_CONFIDENCE, signal } = options;
  const [from, to] = [await resolveNode(store, fromName), await resolveNode(store, toName)];
  const graph = await loaded.graph();
  const numbers = ({ ids }: typeof from): number[] => ids.flatMap((id) => graph.numberOf(id) ?? []);
  const attempts = options.kinds === undefined ? [CALL_KINDS, [...USE_KINDS, 'imports' as const]] : [options.kinds];
  const completeness = new CompletenessCount();
  for (const [attempt, kinds] of attempts.entries()) {
    signal?.throwIfAborted();
    const { steps, reached } = shortestPath(graph, numbers(from), numbers(to), { kinds, minConfidence });
    if (steps !== null) {
      const found = steps.map(({ edge, dispatch }, at) => ({ edge: graph.edgeOf(edge), depth: at + 1, dispatch }));
      const edges = await describeEdges(store, found);
      return { from: from.summary, to: to.summary, found: true, edges, completeness: completeness.total(edges.length) };
    }
    if (attempt < attempts.length - 1) continue;
    const sources = [...reached].map((node) => graph.idOf(node));
    for (const { kind, reason } of await store.unresolved({ sources })) {
      // What is known to lie outside leads nowhere in here.
      if (reason !== 'external' && kinds.includes(kind)) completeness.add(reason);
    }
    const isFollowed = graph.selector({ kinds });
    const isSure = graph.selector({ minConfidence });
    for (const node of reached) {
      graph.forEachOutgoing(node, (edge) => {
        if (isFollowed(edge) && !isSure(edge)) completeness.add('low-confidence');
      });
    }
  }
  return { from: from.summary, to: to.summary, found: false, edges: [], completeness: completeness.total(0) };
}
