import { CALL_KINDS } from '../graph/edge-groups.ts';
import type { NodeId, SymbolNode } from '../graph/symbol.ts';
import type { EdgeReader, TraversalDirection } from '../graph/traversal.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { LoadedGraph } from './loaded-graph.ts';

/**
 * Reads calls for one question. A call may name something else than what runs: the class in place of its constructor, a
 * method in place of one that overrides it. Those stand in for the nodes that are asked about.
 */
export class CallEdges {
  readonly #store: IndexStore;
  readonly #graph: LoadedGraph;
  readonly #minConfidence: number;
  /** Nodes that were looked at only as methods that may run in place of others. */
  readonly #dispatched = new Set<NodeId>();

  constructor(store: IndexStore, graph: LoadedGraph, minConfidence: number) {
    this.#store = store;
    this.#graph = graph;
    this.#minConfidence = minConfidence;
  }

  /** Reads edges of the nodes given and of all that stands in for them. */
  readonly read: EdgeReader = async (ids, options) => {
    const constructors = await this.constructorsOf(ids);
    const classes = options.direction === 'incoming' ? await this.classesOf(ids) : [];
    const overrides = await this.#followOverrides(ids, options.direction);
    for (const id of overrides) this.#dispatched.add(id);
    const named = [...ids, ...constructors.map(({ id }) => id), ...classes.map(({ id }) => id)];
    return await this.#graph.edges([...new Set([...named, ...overrides])], options);
  };

  /** Whether a node was read as a stand-in for a method it overrides, or is overridden by. */
  wasDispatched(id: NodeId): boolean {
    return this.#dispatched.has(id);
  }

  /** Edges of calls that touch a symbol. */
  async countCalls(symbol: SymbolNode, direction: TraversalDirection): Promise<number> {
    const constructors = await this.constructorsOf([symbol.id]);
    const classes = direction === 'incoming' ? await this.classesOf([symbol.id]) : [];
    const ids = new Set([symbol.id, ...constructors.map(({ id }) => id), ...classes.map(({ id }) => id)]);
    const edges = await this.#graph.edges([...ids], { direction, kinds: CALL_KINDS });
    return edges.filter((edge) => edge.confidence >= this.#minConfidence).length;
  }

  /** Constructors defined in any of the nodes. */
  async constructorsOf(ids: readonly NodeId[]): Promise<SymbolNode[]> {
    const members = await this.#graph.edges(ids, { direction: 'outgoing', kinds: ['contains'] });
    const symbols = await this.#store.getSymbols(members.map((edge) => edge.target));
    return symbols.filter(({ kind }) => kind === 'constructor');
  }

  /** Classes of those of the nodes that are constructors: whoever creates an object names the class. */
  async classesOf(ids: readonly NodeId[]): Promise<SymbolNode[]> {
    const symbols = await this.#store.getSymbols(ids);
    const parents = symbols.flatMap(({ kind, parentId }) =>
      kind === 'constructor' && parentId !== null ? [parentId] : [],
    );
    return await this.#store.getSymbols([...new Set(parents)]);
  }

  /**
   * For callers the methods that the nodes override, directly or not: a call of one may run the node. For callees the
   * methods that override the nodes.
   */
  async #followOverrides(ids: readonly NodeId[], direction: TraversalDirection): Promise<readonly NodeId[]> {
    const along = direction === 'incoming' ? 'outgoing' : 'incoming';
    const found = new Set<NodeId>(ids);
    for (let level = ids; level.length > 0;) {
      const edges = await this.#graph.edges(level, { direction: along, kinds: ['overrides'] });
      const sure = edges.filter((edge) => edge.confidence >= this.#minConfidence);
      level = sure.map((edge) => (along === 'outgoing' ? edge.target : edge.source)).filter((id) => !found.has(id));
      for (const id of level) found.add(id);
    }
    for (const id of ids) found.delete(id);
    return [...found];
  }
}
