import { breadthFirstSearch, stepsTo } from './algorithms/breadth-first-search.ts';
import { largeComponents, stronglyConnectedComponents } from './algorithms/strongly-connected-components.ts';
import type { CompactGraph, EdgeSelection } from './compact-graph.ts';

/** Nodes each of which leads to every other. */
export interface DependencyCycle {
  /** In order of their ids. */
  readonly members: readonly number[];
  /** Edges of a shortest way round, from the first member back to it. */
  readonly edges: readonly number[];
}

/** Every group of two nodes or more that depend on each other, largest first. A node that uses itself is none. */
export function dependencyCycles(graph: CompactGraph, selection: EdgeSelection): DependencyCycle[] {
  const components = stronglyConnectedComponents(graph.adjacency(selection));
  const isSelected = graph.selector(selection);
  const { sources, targets } = graph.edges;
  return largeComponents(components).map((members) => {
    const first = members[0] ?? 0;
    const placeOf = new Map(members.map((node, place) => [node, place]));
    let last = -1;
    const search = breadthFirstSearch(members.length, [0], (place, visit) => {
      graph.forEachOutgoing(members[place] ?? 0, (edge) => {
        if (!isSelected(edge)) return;
        const target = targets[edge] ?? 0;
        if (target === first && place !== 0 && last === -1) last = edge;
        const next = placeOf.get(target);
        if (next !== undefined) visit(next, edge);
      });
    });
    // Breadth first: the first node found to lead back is one at the least distance.
    const edges = [...stepsTo(search, placeOf.get(sources[last] ?? 0) ?? 0), last];
    return { members, edges };
  });
}
