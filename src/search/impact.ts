import type { AbortableOptions } from '../kernel/abort.ts';
import { NODE_KINDS, type CompactGraph } from '../graph/compact-graph.ts';
import { UNRESOLVED_REASONS } from '../graph/edge.ts';
import { hiddenUses, impactOf, type Impact as GraphImpact } from '../graph/impact.ts';
import type { NodeId } from '../graph/symbol.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { LoadedGraph } from './loaded-graph.ts';
import { resolveNode } from './node-lookup.ts';
import {
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

const CONSTRUCTOR = NODE_KINDS.indexOf('constructor');

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
  const isTest = loaded.testFlags(graph);
  const found: { readonly edges: FoundEdge[]; readonly tests: FoundEdge[] } = { edges: [], tests: [] };
  let [edgeCount, truncated] = [0, false];
  for (const { edge, depth: distance, dispatch } of impact.edges()) {
    truncated = edgeCount === maxEdges;
    if (truncated) break;
    edgeCount++;
    const list = isTest[graph.edges.sources[edge] ?? 0] === 1 ? found.tests : found.edges;
    list.push({ edge: graph.edgeOf(edge), depth: distance, dispatch });
  }
  return {
    edges: await describeEdges(store, found.edges),
    tests: await describeEdges(store, found.tests),
    affected: countAffected(graph, impact.affected, isTest),
    completeness: measureCompleteness(graph, impact, options).total(edgeCount),
    truncated,
  };
}

/** What is missing at every node whose users were looked for. */
function measureCompleteness(
  graph: CompactGraph,
  { starts, affected, depthOf }: GraphImpact,
  { depth = Number.POSITIVE_INFINITY, minConfidence }: ImpactOptions,
): CompletenessCount {
  const { kinds, unresolved, unresolvedTable } = graph.nodes;
  const hidden = hiddenUses(graph, minConfidence);
  const isCounted = new Uint8Array(unresolvedTable.length);
  const completeness = new CompletenessCount();
  let hiddenCount = 0;
  const add = (node: number): void => {
    hiddenCount += hidden[node] ?? 0;
    // A constructor is called by the name of its class.
    const named = kinds[node] === CONSTRUCTOR ? graph.parentOf(node) : node;
    const entry = unresolved[named] ?? 0;
    if (isCounted[entry] === 1) return;
    isCounted[entry] = 1;
    for (const reason of UNRESOLVED_REASONS) completeness.add(reason, unresolvedTable[entry]?.[reason] ?? 0);
  };
  for (const node of starts) add(node);
  for (const node of affected) if ((depthOf[node] ?? 0) < depth) add(node);
  completeness.add('low-confidence', hiddenCount);
  return completeness;
}

function countAffected(graph: CompactGraph, affected: Uint32Array, isTest: Uint8Array): AffectedCounts {
  const { paths, pathTable } = graph.nodes;
  const isCounted = new Uint8Array(pathTable.length);
  let [files, tests] = [0, 0];
  for (const node of affected) {
    const path = paths[node] ?? 0;
    if (isTest[node] === 1) tests++;
    else if (isCounted[path] === 0) {
      isCounted[path] = 1;
      files++;
    }
  }
  return { symbols: affected.length - tests, files, tests };
}
