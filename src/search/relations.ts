import type { AbortableOptions } from '../kernel/abort.ts';
import { CALL_KINDS, DEFAULT_MIN_CONFIDENCE } from '../graph/edge-groups.ts';
import type { NodeId } from '../graph/symbol.ts';
import { traverse, type Traversal, type TraversalDirection } from '../graph/traversal.ts';
import type { IndexStore } from '../store/index-store.ts';
import { CallEdges } from './call-edges.ts';
import type { LoadedGraph } from './loaded-graph.ts';
import {
  callableNames,
  CompletenessCount,
  describeEdges,
  type Completeness,
  type RelationEdge,
} from './relation-edge.ts';
import { resolveSymbol } from './symbol-lookup.ts';
import { summarizeSymbol, type SymbolSummary } from './symbol-summary.ts';

/** Callers or callees of a symbol. */
export interface Relations {
  readonly symbol: SymbolSummary;
  /** In order of depth, then of the node they lead to. */
  readonly edges: readonly RelationEdge[];
  readonly completeness: Completeness;
  /** True when `maxEdges` cut the answer. */
  readonly truncated: boolean;
}

export interface RelationOptions extends AbortableOptions {
  /** Longest distance, in calls. @defaultValue 1 */
  readonly depth?: number | undefined;
  /** @defaultValue {@link DEFAULT_MIN_CONFIDENCE} */
  readonly minConfidence?: number | undefined;
  /** @defaultValue `DEFAULT_MAX_TRAVERSED_EDGES` of graph/traversal.ts */
  readonly maxEdges?: number | undefined;
}

/**
 * Finds what calls a symbol (`incoming`) or what it calls (`outgoing`), and at greater depth what calls those.
 *
 * @throws {@link SearchError} `SYMBOL_AMBIGUOUS`, `SYMBOL_NOT_FOUND`.
 */
export async function findRelations(
  store: IndexStore,
  graph: LoadedGraph,
  name: string,
  direction: TraversalDirection,
  options: RelationOptions = {},
): Promise<Relations> {
  const { depth = 1, minConfidence = DEFAULT_MIN_CONFIDENCE, maxEdges, signal } = options;
  assertDepth(depth);
  const { symbol, overloads } = await resolveSymbol(store, name);
  const starts = [symbol, ...overloads].map(({ id }) => id);
  const calls = new CallEdges(store, graph, minConfidence);
  const followed = { direction, kinds: CALL_KINDS, depth, minConfidence, maxEdges, signal };
  const traversal = await traverse(starts, calls.read, followed);
  const found = traversal.edges.map(({ edge, depth: distance }) => {
    const near = direction === 'incoming' ? edge.target : edge.source;
    return {
      edge,
      depth: distance,
      dispatch: calls.wasDispatched(near) && traversal.depths.get(near) !== distance - 1,
    };
  });
  const expanded = [...traversal.depths].filter(([, distance]) => distance < depth).map(([id]) => id);
  return {
    symbol: summarizeSymbol(symbol),
    edges: await describeEdges(store, found),
    completeness: await measureCompleteness(store, calls, traversal, expanded, direction),
    truncated: traversal.truncated,
  };
}

/** @throws RangeError for what is no whole number from 1 up. */
export function assertDepth(depth: number): void {
  if (Number.isSafeInteger(depth) && depth >= 1) return;
  throw new RangeError(`depth is ${depth}: it must be a whole number from 1 up`);
}

async function measureCompleteness(
  store: IndexStore,
  calls: CallEdges,
  traversal: Traversal,
  expanded: readonly NodeId[],
  direction: TraversalDirection,
): Promise<Completeness> {
  const references =
    direction === 'incoming'
      ? await store.unresolved({ names: await namesOf(store, calls, expanded) })
      : await store.unresolved({
          sources: [...expanded, ...(await calls.constructorsOf(expanded)).map(({ id }) => id)],
        });
  const count = new CompletenessCount();
  count.add('low-confidence', traversal.hiddenEdges.length);
  for (const { kind, reason } of references) if (CALL_KINDS.includes(kind)) count.add(reason);
  return count.total(traversal.edges.length);
}

/** Names by which the nodes may be called: a constructor by that of its class. */
async function namesOf(store: IndexStore, calls: CallEdges, ids: readonly NodeId[]): Promise<string[]> {
  const symbols = [...(await store.getSymbols(ids)), ...(await calls.classesOf(ids))];
  return [...new Set(symbols.filter(({ kind }) => kind !== 'constructor').flatMap(callableNames))];
}
