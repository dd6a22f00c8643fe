import { sortByKey } from './adjacency.ts';
import { breadthFirstSearch } from './algorithms/breadth-first-search.ts';
import type { CompactGraph } from './compact-graph.ts';
import { Dispatch } from './dispatch.ts';
import { DEFAULT_MIN_CONFIDENCE, USE_KINDS } from './edge-groups.ts';

export interface ImpactOptions {
  /** Longest distance, in uses. @defaultValue no limit */
  readonly maxDepth?: number | undefined;
  /** Edges below this confidence are not followed. @defaultValue {@link DEFAULT_MIN_CONFIDENCE} */
  readonly minConfidence?: number | undefined;
}

/** An edge by which a change comes to its source. */
export interface ImpactEdge {
  readonly edge: number;
  /** Distance of its source: 1 uses what changes itself. */
  readonly depth: number;
  /** It names a method that the one on the way overrides or implements. */
  readonly dispatch: boolean;
}

/** What may break when something changes. */
export interface Impact {
  /** What changes: the nodes asked about and everything defined in them. */
  readonly starts: readonly number[];
  /** Nodes that may break, in order of distance, then of id; `starts` are not among them. */
  readonly affected: Uint32Array;
  /** Distance of each node; 0 for `starts`, -1 for what is not affected. */
  readonly depthOf: Int32Array;
  /** Edges into what was reached that were left out for their confidence. */
  readonly hiddenEdges: number;
  /** The edges a change comes along, each at its least distance, in order of distance and source. */
  readonly edges: () => Generator<ImpactEdge>;
}

/**
 * What uses the given nodes, what uses that, and so on: calls, creations, references, types that extend them, readers and
 * writers of tables, and for files also who imports them. A method is used as well by who calls the method it overrides.
 */
export function impactOf(graph: CompactGraph, nodes: readonly number[], options: ImpactOptions = {}): Impact {
  const { maxDepth, minConfidence = DEFAULT_MIN_CONFIDENCE } = options;
  const { sources, targets } = graph.edges;
  const dispatch = new Dispatch(graph, minConfidence);
  const isUse = graph.selector({ kinds: USE_KINDS });
  const isSure = graph.selector({ minConfidence });
  const isImport = graph.selector({ kinds: ['imports'], minConfidence });
  const starts = [...new Set(nodes.flatMap((node) => dispatch.withMembers(node)))];
  const files = new Set(starts.filter((node) => graph.kindOf(node) === 'file'));
  /** Least distance at which each stand-in was called upon. */
  const standInDepths = new Map<number, number>();
  let hiddenEdges = 0;
  const search = breadthFirstSearch(
    graph.nodeCount,
    starts,
    (node, visit, depth) => {
      graph.forEachIncoming(node, (edge) => {
        const isUsed = isUse(edge) || (files.has(node) && isImport(edge));
        if (!isUsed) return;
        if (isSure(edge)) visit(sources[edge] ?? 0, edge);
        else hiddenEdges++;
      });
      for (const standIn of dispatch.standInsOf(node)) {
        if (standInDepths.has(standIn)) continue;
        standInDepths.set(standIn, depth);
        graph.forEachIncoming(standIn, (edge) => {
          if (dispatch.isCall(edge)) visit(sources[edge] ?? 0, edge);
        });
      }
    },
    { maxDepth },
  );
  const { depthOf } = search;
  const affected = sortByKey(search.reached.slice(starts.length).sort(), depthOf, graph.nodeCount);

  function* edges(): Generator<ImpactEdge> {
    for (const node of affected) {
      const depth = depthOf[node] ?? 0;
      for (let edge = graph.outgoing[node] ?? 0; edge < (graph.outgoing[node + 1] ?? 0); edge++) {
        const target = targets[edge] ?? 0;
        const isDirect = depthOf[target] === depth - 1 && (isUse(edge) || (files.has(target) && isImport(edge)));
        if (isDirect && isSure(edge)) yield { edge, depth, dispatch: false };
        else if (dispatch.isCall(edge) && standInDepths.get(target) === depth - 1) {
          yield { edge, depth, dispatch: graph.kindOf(target) !== 'class' };
        }
      }
    }
  }
  return { starts, affected, depthOf, hiddenEdges, edges };
}
