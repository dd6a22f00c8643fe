import { buildAdjacency } from './adjacency.ts';
import { breadthFirstSearch } from './algorithms/breadth-first-search.ts';
import type { CompactGraph } from './compact-graph.ts';
import { standInsOf, usersOf, withMembers } from './dispatch.ts';
import { CALL_KINDS, DEFAULT_MIN_CONFIDENCE, USE_KINDS } from './edge-groups.ts';

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
  /** Nodes that may break, in order of distance; `starts` are not among them. */
  readonly affected: Uint32Array;
  /** Distance of each node; 0 for `starts`, -1 for what is not affected. */
  readonly depthOf: Int32Array;
  /** The edges a change comes along, each at its least distance, in order of distance and source. */
  readonly edges: () => Generator<ImpactEdge>;
}

/**
 * What uses the given nodes, what uses that, and so on: calls, creations, references, types that extend them, readers and
 * writers of tables, and for files also who imports them. A method is used as well by who calls the method it overrides.
 */
export function impactOf(graph: CompactGraph, nodes: readonly number[], options: ImpactOptions = {}): Impact {
  const { maxDepth = Number.POSITIVE_INFINITY, minConfidence = DEFAULT_MIN_CONFIDENCE } = options;
  const starts = [...new Set(nodes.flatMap((node) => withMembers(graph, node)))];
  const files = starts.filter((node) => graph.kindOf(node) === 'file');
  const users = usersOf(graph, minConfidence);
  const direct = files.length === 0 ? [] : importersOf(graph, files, minConfidence);
  // Importers are one step away as users are: they are put in as if each start had them for users.
  const search =
    direct.length === 0
      ? breadthFirstSearch(users, starts, { maxDepth })
      : breadthFirstSearch(withRow(users, files[0] ?? 0, direct), starts, { maxDepth });
  const affected = search.reached.subarray(starts.length);
  return {
    starts,
    affected,
    depthOf: search.depthOf,
    edges: () => impactEdges(graph, affected, search.depthOf, new Set(files), minConfidence),
  };
}

/** For each node the edges into it that were left out for their confidence. Remembered by the graph. */
export function hiddenUses(graph: CompactGraph, minConfidence: number = DEFAULT_MIN_CONFIDENCE): Uint32Array {
  return graph.remember(`hidden uses ${minConfidence}`, () => {
    const isUse = graph.selector({ kinds: USE_KINDS });
    const isSure = graph.selector({ minConfidence });
    const counts = new Uint32Array(graph.nodeCount);
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      const target = graph.edges.targets[edge] ?? 0;
      if (isUse(edge) && !isSure(edge)) counts[target] = (counts[target] ?? 0) + 1;
    }
    return counts;
  });
}

function importersOf(graph: CompactGraph, files: readonly number[], minConfidence: number): number[] {
  const isImport = graph.selector({ kinds: ['imports'], minConfidence });
  const importers: number[] = [];
  for (const file of files) {
    graph.forEachIncoming(file, (edge) => isImport(edge) && importers.push(graph.edges.sources[edge] ?? 0));
  }
  return importers;
}

/** The same graph with more targets in one row. */
function withRow(
  graph: ReturnType<typeof usersOf>,
  node: number,
  more: readonly number[],
): Parameters<typeof breadthFirstSearch>[0] {
  const { nodeCount, offsets, targets } = graph;
  const row = [...targets.subarray(offsets[node], offsets[node + 1]), ...more];
  const extended = new Uint32Array(targets.length + more.length);
  extended.set(targets.subarray(0, offsets[node]));
  extended.set(row, offsets[node]);
  extended.set(targets.subarray(offsets[node + 1]), (offsets[node] ?? 0) + row.length);
  const shifted = offsets.map((offset, at) => (at > node ? offset + more.length : offset));
  return { nodeCount, offsets: shifted, targets: extended };
}

function* impactEdges(
  graph: CompactGraph,
  affected: Uint32Array,
  depthOf: Int32Array,
  files: ReadonlySet<number>,
  minConfidence: number,
): Generator<ImpactEdge> {
  const { targets } = graph.edges;
  const isUse = graph.selector({ kinds: USE_KINDS, minConfidence });
  const isCall = graph.selector({ kinds: CALL_KINDS, minConfidence });
  const isImport = graph.selector({ kinds: ['imports'], minConfidence });
  const isRun = standInTest(graph, depthOf, minConfidence);
  for (let start = 0; start < affected.length;) {
    const depth = depthOf[affected[start] ?? 0] ?? 0;
    let end = start + 1;
    while (depthOf[affected[end] ?? -1] === depth) end++;
    for (const node of affected.slice(start, end).sort()) {
      for (let edge = graph.outgoing[node] ?? 0; edge < (graph.outgoing[node + 1] ?? 0); edge++) {
        const target = targets[edge] ?? 0;
        const isFollowed = isUse(edge) || (files.has(target) && isImport(edge));
        if (isFollowed && depthOf[target] === depth - 1) yield { edge, depth, dispatch: false };
        else if (isCall(edge) && isRun(target, depth - 1)) {
          yield { edge, depth, dispatch: graph.kindOf(target) !== 'class' };
        }
      }
    }
    start = end;
  }
}

/** Tells whether a node stands in for one at a distance: it is the class of a constructor or overridden by a method there. */
function standInTest(
  graph: CompactGraph,
  depthOf: Int32Array,
  minConfidence: number,
): (node: number, depth: number) => boolean {
  const runs = graph.remember(`runs ${minConfidence}`, () => {
    const isOverride = graph.selector({ kinds: ['overrides'], minConfidence });
    const [sources, targets]: [number[], number[]] = [[], []];
    for (let node = 0; node < graph.nodeCount; node++) {
      for (const standIn of standInsOf(graph, node, isOverride)) {
        sources.push(standIn);
        targets.push(node);
      }
    }
    return buildAdjacency(graph.nodeCount, { sources, targets });
  });
  return (node, depth) => {
    for (let at = runs.offsets[node] ?? 0; at < (runs.offsets[node + 1] ?? 0); at++) {
      if (depthOf[runs.targets[at] ?? 0] === depth) return true;
    }
    return false;
  };
}
