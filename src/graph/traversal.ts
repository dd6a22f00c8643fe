import type { AbortableOptions } from '../kernel/abort.ts';
import { compareText } from '../kernel/text/compare-text.ts';
import type { Edge, EdgeKind } from './edge.ts';
import type { NodeId } from './symbol.ts';

/** Which ends of its edges a traversal starts from: `outgoing` goes from source to target. */
export type TraversalDirection = 'outgoing' | 'incoming';

/** Yields every edge that touches one of `ids` on the near end. Any engine can be one: a store, or edges in memory. */
export type EdgeReader = (
  ids: readonly NodeId[],
  options: { readonly direction: TraversalDirection; readonly kinds?: readonly EdgeKind[] | undefined },
) => Promise<readonly Edge[]>;

export interface TraversalOptions extends AbortableOptions {
  readonly direction: TraversalDirection;
  /** Kinds of edges to follow. @defaultValue all */
  readonly kinds?: readonly EdgeKind[] | undefined;
  /** Longest distance from a start node, in edges. @defaultValue 1 */
  readonly depth?: number | undefined;
  /** Edges below this confidence are neither followed nor reported. @defaultValue 0 */
  readonly minConfidence?: number | undefined;
  /** Most edges to report; the traversal stops there and says so. @defaultValue {@link DEFAULT_MAX_TRAVERSED_EDGES} */
  readonly maxEdges?: number | undefined;
}

/** An edge and the distance at which it was found: 1 touches a start node. */
export interface TraversedEdge {
  readonly edge: Edge;
  readonly depth: number;
}

export interface Traversal {
  /** Every node reached and its distance; start nodes are at 0. */
  readonly depths: ReadonlyMap<NodeId, number>;
  /** In order of depth, then of far node, kind and site: the same whatever order the engine yields. */
  readonly edges: readonly TraversedEdge[];
  /** Edges that were left out for their confidence. */
  readonly hiddenEdges: readonly TraversedEdge[];
  /** True when `maxEdges` cut the answer. */
  readonly truncated: boolean;
}

/** Enough for any answer a person reads; a closure over a hub of 100,000 callers would otherwise fill the memory. */
export const DEFAULT_MAX_TRAVERSED_EDGES = 50_000;

/** The node an edge leads to in the given direction. */
export function farNode(edge: Edge, direction: TraversalDirection): NodeId {
  return direction === 'outgoing' ? edge.target : edge.source;
}

function compareEdges(direction: TraversalDirection): (left: Edge, right: Edge) => number {
  return (left, right) =>
    compareText(farNode(left, direction), farNode(right, direction)) ||
    compareText(left.kind, right.kind) ||
    compareText(left.site.path, right.site.path) ||
    left.site.line - right.site.line ||
    left.site.column - right.site.column ||
    compareText(left.source, right.source) ||
    compareText(left.target, right.target);
}

/** Engines may yield one edge twice, for two of the nodes they were asked about. */
function edgeKey({ kind, source, target, site }: Edge): string {
  return JSON.stringify([kind, source, target, site.path, site.line, site.column]);
}

/**
 * Breadth-first search, one read of edges a level. Every edge out of an expanded node is reported once, those that close
 * a cycle included; a node is expanded once, at its shortest distance.
 *
 * @param starts - Nodes at distance 0.
 * @throws the signal's reason when it is aborted between two levels.
 */
export async function traverse(
  starts: readonly NodeId[],
  readEdges: EdgeReader,
  options: TraversalOptions,
): Promise<Traversal> {
  const { direction, kinds, depth: maxDepth = 1, minConfidence = 0, signal } = options;
  const maxEdges = options.maxEdges ?? DEFAULT_MAX_TRAVERSED_EDGES;
  const depths = new Map<NodeId, number>(starts.map((id) => [id, 0]));
  const edges: TraversedEdge[] = [];
  const hiddenEdges: TraversedEdge[] = [];
  const seen = new Set<string>();
  let frontier = [...depths.keys()];
  for (let depth = 1; depth <= maxDepth && frontier.length > 0; depth++) {
    signal?.throwIfAborted();
    const level = [...(await readEdges(frontier, { direction, kinds }))].sort(compareEdges(direction));
    frontier = [];
    for (const edge of level) {
      const key = edgeKey(edge);
      if (seen.has(key)) continue;
      seen.add(key);
      if (edge.confidence < minConfidence) {
        hiddenEdges.push({ edge, depth });
        continue;
      }
      if (edges.length >= maxEdges) return { depths, edges, hiddenEdges, truncated: true };
      edges.push({ edge, depth });
      const far = farNode(edge, direction);
      if (depths.has(far)) continue;
      depths.set(far, depth);
      frontier.push(far);
    }
  }
  return { depths, edges, hiddenEdges, truncated: false };
}
