import type { CompactGraph } from '../graph/compact-graph.ts';
import { CompactGraphBuilder } from '../graph/compact-graph-builder.ts';
import type { Edge, EdgeKind } from '../graph/edge.ts';
import { GraphAnalysis } from '../graph/graph-analysis.ts';
import type { NodeId } from '../graph/symbol.ts';
import type { TraversalDirection } from '../graph/traversal.ts';
import type { IndexStore } from '../store/index-store.ts';
import { pathRoles } from '../graph/path-role.ts';

/**
 * The graph of an index in memory, from the first question that needs the whole of it on, and read again when the index has
 * changed. Questions about one symbol ask the store as long as nobody has loaded it: that is quicker than loading it.
 */
export class LoadedGraph {
  readonly #store: IndexStore;
  readonly #isProgram = new Map<string, boolean>();
  #loaded: { readonly revision: number; readonly analysis: GraphAnalysis } | null = null;

  constructor(store: IndexStore) {
    this.#store = store;
  }

  /** Edges that touch the given nodes. */
  async edges(
    ids: readonly NodeId[],
    options: { readonly direction: TraversalDirection; readonly kinds?: readonly EdgeKind[] | undefined },
  ): Promise<readonly Edge[]> {
    if (this.#loaded === null) return await this.#store.edges(ids, options);
    return await (await this.graph()).readEdges(ids, options);
  }

  /** The whole graph as the index is now. */
  async graph(): Promise<CompactGraph> {
    return (await this.analysis()).graph;
  }

  /** Answers about the whole graph as the index is now. */
  async analysis(): Promise<GraphAnalysis> {
    const builder = new CompactGraphBuilder(); // Costs nothing while it is empty.
    const revision = await this.#store.readGraph(builder, this.#loaded?.revision);
    if (this.#loaded?.revision !== revision) {
      this.#loaded = { revision, analysis: new GraphAnalysis(builder.build(), (path) => this.isProgram(path)) };
    }
    return this.#loaded.analysis;
  }

  /** False for tests, examples, and code that others or machines wrote. */
  isProgram(path: string): boolean {
    let known = this.#isProgram.get(path);
    if (known === undefined) {
      known = pathRoles(path).size === 0;
      this.#isProgram.set(path, known);
    }
    return known;
  }

  /** 1 for each node that is in a test. */
  testFlags(graph: CompactGraph): Uint8Array {
    return graph.remember('test flags', () => {
      const isTestPath = graph.nodes.pathTable.map((path) => (pathRoles(path).has('test') ? 1 : 0));
      return Uint8Array.from(graph.nodes.paths, (path) => isTestPath[path] ?? 0);
    });
  }
}
