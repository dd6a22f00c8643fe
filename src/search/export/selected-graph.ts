import { basename } from 'node:path';
import type { CompactGraph } from '../../graph/compact-graph.ts';
import { CompactGraphBuilder } from '../../graph/compact-graph-builder.ts';
import type { Edge } from '../../graph/edge.ts';
import type { NodeId } from '../../graph/symbol.ts';
import { nodeDescriber } from '../relation-edge.ts';
import { summarizeNodeId, type NodeSummary } from '../symbol-summary.ts';
import type { ExportSource, GraphExportOptions } from './graph-exporter.ts';

/** Nodes that are read from the store at a time. */
const PAGE = 1_000;

/** An end of an edge, as documents name it. */
export type EdgeEnd = Pick<NodeSummary, 'id' | 'path' | 'qualifiedName' | 'kind'>;

/** An edge between nodes that are both in the selection. */
export interface SelectedEdge extends Omit<Edge, 'source' | 'target'> {
  readonly source: EdgeEnd;
  readonly target: EdgeEnd;
}

/** The part of a graph that is exported. Nodes are in order of their ids, edges in order of source, target and site. */
export class SelectedGraph {
  /** Name of the folder of the repository. */
  readonly name: string;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly #source: ExportSource;
  readonly #graph: CompactGraph;
  readonly #nodes: readonly number[];
  readonly #edges: readonly number[];

  private constructor(source: ExportSource, graph: CompactGraph, nodes: readonly number[], edges: readonly number[]) {
    this.name = basename(source.root);
    this.nodeCount = nodes.length;
    this.edgeCount = edges.length;
    this.#source = source;
    this.#graph = graph;
    this.#nodes = nodes;
    this.#edges = edges;
  }

  /** Reads the graph of an index and selects from it. */
  static async read(source: ExportSource, options: GraphExportOptions): Promise<SelectedGraph> {
    const builder = new CompactGraphBuilder();
    await source.store.readGraph(builder);
    const graph = builder.build();
    const { kinds, edges: edgeKinds, minConfidence } = options;
    const wanted: ReadonlySet<string> | null = kinds === undefined ? null : new Set<string>(kinds);
    const nodes = [...graph.nodes.ids.keys()].filter((node) => wanted === null || wanted.has(graph.kindOf(node)));
    const isIn = new Uint8Array(graph.nodeCount);
    for (const node of nodes) isIn[node] = 1;
    const isSelected = graph.selector({ kinds: edgeKinds, minConfidence });
    const { sources, targets } = graph.edges;
    const edges = [...sources.keys()].filter(
      (edge) => isSelected(edge) && isIn[sources[edge] ?? 0] === 1 && isIn[targets[edge] ?? 0] === 1,
    );
    return new SelectedGraph(source, graph, nodes, edges);
  }

  /** Every node, some at a time. */
  async *nodes(): AsyncGenerator<NodeSummary> {
    for (let start = 0; start < this.#nodes.length; start += PAGE) {
      const ids = this.#nodes.slice(start, start + PAGE).map((node) => this.#graph.idOf(node));
      const describe = await nodeDescriber(this.#source.store, ids);
      for (const id of ids) yield describe(id);
    }
  }

  *edges(): Generator<SelectedEdge> {
    for (const number of this.#edges) {
      const edge = this.#graph.edgeOf(number);
      yield { ...edge, source: this.#end(edge.source), target: this.#end(edge.target) };
    }
  }

  /** The end of an edge by its id alone: `path#qualifiedName`, with `~2` for the second of that name. */
  #end(id: NodeId): EdgeEnd {
    const node = this.#graph.numberOf(id) ?? -1;
    if (this.#graph.languageOf(node) === '') {
      const { kind, path, qualifiedName } = summarizeNodeId(id);
      return { id, kind, path, qualifiedName };
    }
    const path = this.#graph.pathOf(node);
    const qualifiedName = id.slice(path.length + 1).replace(/~\d+$/u, '');
    return { id, kind: this.#graph.kindOf(node), path, qualifiedName };
  }
}
