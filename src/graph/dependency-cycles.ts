import type { Adjacency } from './adjacency.ts';
import { breadthFirstSearch, nodesTo } from './algorithms/breadth-first-search.ts';
import { largeComponents, stronglyConnectedComponents } from './algorithms/strongly-connected-components.ts';
import type { CompactGraph, EdgeSelection } from './compact-graph.ts';

/** Nodes each of which leads to every other. */
export interface DependencyCycle {
  /** In order of their ids. */
  readonly members: readonly number[];
  /** Edges of a shortest way round, from the first member back to it. */
  readonly edges: readonly number[];
}

/**
 * Every group of two nodes or more that depend on each other, largest first. A node that uses itself is none.
 *
 * @param nodes - Each node that counts as itself, every other as -1.
 */
export function dependencyCycles(graph: CompactGraph, selection: EdgeSelection, nodes: Int32Array): DependencyCycle[] {
  const adjacency = graph.adjacency(selection, { of: nodes, count: graph.nodeCount });
  const components = stronglyConnectedComponents(adjacency);
  const isSelected = graph.selector(selection);
  return largeComponents(components).map((members) => {
    const round = shortestRound(adjacency, members[0] ?? 0, components.componentOf);
    const edges = round.map((node, at) => graph.findEdge(node, round[(at + 1) % round.length] ?? 0, isSelected));
    return { members, edges };
  });
}

/** Nodes of a shortest way from a node back to it, the node itself once. */
function shortestRound(adjacency: Adjacency, first: number, componentOf: Uint32Array): number[] {
  const search = breadthFirstSearch(adjacency, [first]);
  // In order of distance: the first that leads back is at the least.
  for (const node of search.reached) {
    if (node === first || componentOf[node] !== componentOf[first]) continue;
    const row = adjacency.targets.subarray(adjacency.offsets[node], adjacency.offsets[node + 1]);
    if (row.includes(first)) return nodesTo(search, node);
  }
  return [first];
}
