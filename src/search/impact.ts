import type { AbortableOptions } from '../kernel/abort.ts';
import type { CompactGraph } from '../graph/compact-graph.ts';
import { UNRESOLVED_REASONS } from '../graph/edge.ts';
import { impactOf } from '../graph/impact.ts';
import type { NodeId } from '../graph/symbol.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { LoadedGraph } from './loaded-graph.ts';
import { resolveNode } from './node-lookup.ts';
import {
  callableNamesOf,
  CompletenessCount,
  describeEdges,
  type Completeness,
  type FoundEdge,
  type RelationEdge,
} from './relation-edge.ts';
import { assertDepth } from './relations.ts';
import type { NodeSummary } from './symbol-summary.ts';

/** Enough for what a person reads or a program shows. */
export const DEFAULT_MAX_IMPACT_EDGES = 1000;

export interface ImpactOptions extends AbortableOptions {
  /** Longest distance, in uses. @defaultValue no limit */
  readonly depth?: number | undefined;
  /** @defaultValue `DEFAULT_MIN_CONFIDENCE` of graph/edge-groups.ts */
  readonly minConfidence?: number | undefined;
  /** Most edges to list, tests among them; the nearest are. @defaultValue {@link DEFAULT_MAX_IMPACT_EDGES} */
  readonly maxEdges?: number | undefined;
}

/** Numbers of all that may break, listed or not. */
export interface AffectedCounts {
  /** Symbols, and files with code outside of symbols; tests are not among them. */
  readonly symbols: number;
  /** Files they are in. */
  readonly files: number;
  /** Symbols, and files with code outside of symbols, of tests. */
  readonly tests: number;
}

/** What may break by a change. */
export interface ImpactResult {
  /** In order of distance: how the change comes to each, tests left out. Sources may break when their targets change. */
  readonly edges: readonly RelationEdge[];
  /** The same for tests: those to run. */
  readonly tests: readonly RelationEdge[];
  readonly affected: AffectedCounts;
  readonly completeness: Completeness;
  /** True when `maxEdges` cut the lists. */
  readonly truncated: boolean;
}

/** What may break when one symbol or file changes. */
export interface Impact extends ImpactResult {
  readonly symbol: NodeSummary;
}

/**
 * Finds everything that can break when a symbol or a file changes.
 *
 * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
 */
export async function findImpact(
  store: IndexStore,
  graph: LoadedGraph,
  name: string,
  options: ImpactOptions = {},
): Promise<Impact> {
  const { summary, ids } = await resolveNode(store, name);
  return { symbol: summary, ...(await findImpactOf(store, graph, ids, options)) };
}

/** Finds everything that can break when any of some nodes change. */
export async function findImpactOf(
  store: IndexStore,
  loaded: LoadedGraph,
  ids: readonly NodeId[],
  options: ImpactOptions = {},
): Promise<ImpactResult> {
  const { depth, minConfidence, maxEdges = DEFAULT_MAX_IMPACT_EDGES, signal } = options;
  if (depth !== undefined) assertDepth(depth);
  const graph = await loaded.graph();
  signal?.throwIfAborted();
  const starts = ids.flatMap((id) => graph.numberOf(id) ?? []);
  const impact = impactOf(graph, starts, { maxDepth: depth, minConfidence });
  const isTest = (node: number): boolean => loaded.isTest(graph.pathOf(node));
  const found: { readonly edges: FoundEdge[]; readonly tests: FoundEdge[] } = { edges: [], tests: [] };
  let edgeCount = 0;
  for (const { edge, depth: distance, dispatch } of impact.edges()) {
    if (edgeCount++ >= maxEdges) continue;
    const list = isTest(graph.edges.sources[edge] ?? 0) ? found.tests : found.edges;
    list.push({ edge: graph.edgeOf(edge), depth: distance, dispatch });
  }
  const expanded = [...impact.starts, ...impact.affected].filter(
    (node) => depth === undefined || (impact.depthOf[node] ?? 0) < depth,
  );
  const completeness = new CompletenessCount();
  completeness.add('low-confidence', impact.hiddenEdges);
  addUnresolvedNames(completeness, graph, expanded);
  return {
    edges: await describeEdges(store, found.edges),
    tests: await describeEdges(store, found.tests),
    affected: countAffected(graph, impact.affected, isTest),
    completeness: completeness.total(edgeCount),
    truncated: edgeCount > maxEdges,
  };
}

function addUnresolvedNames(completeness: CompletenessCount, graph: CompactGraph, nodes: readonly number[]): void {
  for (const name of callableNamesOf(graph, nodes)) {
    const counts = graph.unresolvedByName(name);
    for (const reason of UNRESOLVED_REASONS) completeness.add(reason, counts[reason] ?? 0);
  }
}

function countAffected(graph: CompactGraph, affected: Uint32Array, isTest: (node: number) => boolean): AffectedCounts {
  const files = new Set<number>();
  let tests = 0;
  for (const node of affected) {
    if (isTest(node)) tests++;
    else files.add(graph.nodes.paths[node] ?? 0);
  }
  return { symbols: affected.length - tests, files: files.size, tests };
}
