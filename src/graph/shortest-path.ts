import { breadthFirstSearch, nodesTo } from './algorithms/breadth-first-search.ts';
import type { CompactGraph } from './compact-graph.ts';
import { isConstructorOf, stepsOf, withMembers } from './dispatch.ts';
import { DEFAULT_MIN_CONFIDENCE } from './edge-groups.ts';
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
  const goals = new Uint8Array(graph.nodeCount);
  for (const node of to) for (const member of withMembers(graph, node)) goals[member] = 1;
  const starts = from.flatMap((node) => withMembers(graph, node));
  const search = breadthFirstSearch(stepsOf(graph, kinds, minConfidence), starts, { goals });
  if (search.goal === -1) return { steps: null, reached: search.reached };
  const nodes = nodesTo(search, search.goal);
  const isSelected = graph.selector({ kinds, minConfidence });
  const isOverride = graph.selector({ kinds: ['overrides'], minConfidence });
  const steps = nodes.slice(1).map((node, at): PathStep => {
    const previous = nodes[at] ?? 0;
    const edge = graph.findEdge(previous, node, isSelected);
    if (edge !== -1) return { edge, dispatch: false };
    const overriding = graph.findEdge(node, previous, isOverride);
    if (overriding !== -1) return { edge: overriding, dispatch: true };
    return { edge: graph.findEdge(previous, node, (each) => isConstructorOf(graph, each)), dispatch: false };
  });
  return { steps, reached: search.reached };
}
