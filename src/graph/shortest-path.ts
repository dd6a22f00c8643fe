import { breadthFirstSearch, stepsTo } from './algorithms/breadth-first-search.ts';
import type { CompactGraph } from './compact-graph.ts';
import { Dispatch } from './dispatch.ts';
import { CALL_KINDS, DEFAULT_MIN_CONFIDENCE } from './edge-groups.ts';
import type { EdgeKind } from './edge.ts';

export interface ShortestPathOptions {
  /** Kinds of edges to follow. */
  readonly kinds: readonly EdgeKind[];
  /** @defaultValue {@link DEFAULT_MIN_CONFIDENCE} */
  readonly minConfidence?: number | undefined;
}

/** A step of a path. */
export interface PathStep {
  readonly edge: number;
  /** The edge is followed from its target to its source: a call of an overridden method may run the one that overrides it. */
  readonly dispatch: boolean;
}

/** The answer of {@link shortestPath}. */
export interface ShortestPath {
  /** Null where nothing leads there; empty where a start is a goal. */
  readonly steps: readonly PathStep[] | null;
  /** Nodes that were reached, the starts among them: what is looked through where there is no path. */
  readonly reached: Uint32Array;
}

/**
 * The fewest edges from one symbol to another, each with everything defined in it: a path to a class may end in one of its
 * methods. With calls, a class leads to its constructors and a method to those that override it.
 */
export function shortestPath(
  graph: CompactGraph,
  from: readonly number[],
  to: readonly number[],
  options: ShortestPathOptions,
): ShortestPath {
  const { kinds, minConfidence = DEFAULT_MIN_CONFIDENCE } = options;
  const { sources, targets } = graph.edges;
  const dispatch = new Dispatch(graph, minConfidence);
  const isSelected = graph.selector({ kinds, minConfidence });
  const followsCalls = kinds.some((kind) => CALL_KINDS.includes(kind));
  const goals = new Set(to.flatMap((node) => dispatch.withMembers(node)));
  const search = breadthFirstSearch(
    graph.nodeCount,
    from.flatMap((node) => dispatch.withMembers(node)),
    (node, visit) => {
      graph.forEachOutgoing(node, (edge) => {
        if (isSelected(edge)) visit(targets[edge] ?? 0, edge * 2);
      });
      if (!followsCalls) return;
      dispatch.forEachOverride(node, 'incoming', (edge) => visit(sources[edge] ?? 0, edge * 2 + 1));
      dispatch.forEachConstructor(node, (edge) => visit(targets[edge] ?? 0, edge * 2));
    },
    { isGoal: (node) => goals.has(node) },
  );
  const steps = stepsTo(search, search.goal).map((step) => ({ edge: step >> 1, dispatch: (step & 1) === 1 }));
  return { steps: search.goal === -1 ? null : steps, reached: search.reached };
}
