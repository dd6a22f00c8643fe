import { buildAdjacency, type Adjacency } from './adjacency.ts';
import { EDGE_KINDS, RESOLUTION_TIERS, type Edge, type EdgeKind, type UnresolvedReason } from './edge.ts';
import { SYMBOL_KINDS, type NodeId, type NodeKind } from './symbol.ts';
import type { EdgeReader } from './traversal.ts';

/** Kinds of nodes by the number a {@link CompactGraph} has for them. */
export const NODE_KINDS: readonly NodeKind[] = Object.freeze([
  'repository',
  'directory',
  'file',
  'external',
  ...SYMBOL_KINDS,
] as const);

/** Columns of the nodes; a node is its place in them. They are in order of their ids, so numbers do not depend on history. */
export interface NodeColumns {
  readonly ids: readonly NodeId[];
  /** Index into {@link NODE_KINDS}. */
  readonly kinds: Uint8Array;
  /** Of symbols; of files and folders the last part of the path. */
  readonly names: readonly string[];
  /** Index into `pathTable`; of what is no symbol and no file 0, the empty path. */
  readonly paths: Uint32Array;
  readonly pathTable: readonly string[];
  /** Index into `languageTable`; 0, the empty name, for what is no symbol. */
  readonly languages: Uint8Array;
  readonly languageTable: readonly string[];
  /** 1 where the symbol is visible outside its file. */
  readonly exported: Uint8Array;
  /** The symbol it is defined in, or -1. */
  readonly parents: Int32Array;
  /** Index into `unresolvedTable`; 0, which counts nothing, where all references of the node's name are resolved. */
  readonly unresolved: Uint32Array;
  readonly unresolvedTable: readonly UnresolvedCounts[];
  /** 1 where the symbol extends or implements something outside the repository. */
  readonly foreignBases: Uint8Array;
}

/** Columns of the edges, in order of source, target, kind and site; an edge is its place in them. */
export interface EdgeTable {
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
  /** Index into `EDGE_KINDS`. */
  readonly kinds: Uint8Array;
  /** Index into `RESOLUTION_TIERS`. */
  readonly tiers: Uint8Array;
  /** Index into `confidenceTable`. */
  readonly confidences: Uint16Array;
  readonly confidenceTable: readonly number[];
  /** Index into `NodeColumns.pathTable`. */
  readonly sitePaths: Uint32Array;
  readonly lines: Uint32Array;
  readonly columns: Uint32Array;
}

/** How many references with a name made no edge, by reason, of the kinds that use what they name. */
export type UnresolvedCounts = Readonly<Partial<Record<UnresolvedReason, number>>>;

/** Which edges a question is about. */
export interface EdgeSelection {
  /** @defaultValue all */
  readonly kinds?: readonly EdgeKind[] | undefined;
  /** @defaultValue 0 */
  readonly minConfidence?: number | undefined;
}

/** A set of edge kinds as bits. */
export function edgeKindMask(kinds: readonly EdgeKind[] = EDGE_KINDS): number {
  return kinds.reduce((mask, kind) => mask | (1 << EDGE_KINDS.indexOf(kind)), 0);
}

/**
 * The whole graph in memory: some thirty bytes an edge, rows of edges in both directions, and nothing that a store could
 * tell as well. It does not change; a changed index makes a new one.
 */
export class CompactGraph {
  readonly nodes: NodeColumns;
  readonly edges: EdgeTable;
  /** Edges out of node v are `outgoing[v]` up to, not including, `outgoing[v + 1]`. */
  readonly outgoing: Uint32Array;
  /** Edges into node v are `incomingEdges[incoming[v]]` up to, not including, `incomingEdges[incoming[v + 1]]`. */
  readonly incoming: Uint32Array;
  readonly incomingEdges: Uint32Array;
  readonly #unresolved: ReadonlyMap<string, UnresolvedCounts>;
  readonly #answers = new Map<string, unknown>();
  #numbers: ReadonlyMap<NodeId, number> | null = null;

  /** Made by a {@link CompactGraphBuilder}. */
  constructor(parts: {
    readonly nodes: NodeColumns;
    readonly edges: EdgeTable;
    readonly outgoing: Uint32Array;
    readonly incoming: Uint32Array;
    readonly incomingEdges: Uint32Array;
    readonly unresolved: ReadonlyMap<string, UnresolvedCounts>;
  }) {
    this.nodes = parts.nodes;
    this.edges = parts.edges;
    this.outgoing = parts.outgoing;
    this.incoming = parts.incoming;
    this.incomingEdges = parts.incomingEdges;
    this.#unresolved = parts.unresolved;
  }

  get nodeCount(): number {
    return this.nodes.ids.length;
  }

  get edgeCount(): number {
    return this.edges.sources.length;
  }

  /** The node of an id; undefined where the graph has none. */
  numberOf(id: NodeId): number | undefined {
    this.#numbers ??= new Map(this.nodes.ids.map((known, node) => [known, node]));
    return this.#numbers.get(id);
  }

  idOf(node: number): NodeId {
    const id = this.nodes.ids[node];
    if (id === undefined) throw new RangeError(`there is no node ${node} in a graph of ${this.nodeCount}`);
    return id;
  }

  kindOf(node: number): NodeKind {
    return NODE_KINDS[this.nodes.kinds[node] ?? 0] ?? 'external';
  }

  nameOf(node: number): string {
    return this.nodes.names[node] ?? '';
  }

  /** Empty for folders and what is outside the repository. */
  pathOf(node: number): string {
    return this.nodes.pathTable[this.nodes.paths[node] ?? 0] ?? '';
  }

  languageOf(node: number): string {
    return this.nodes.languageTable[this.nodes.languages[node] ?? 0] ?? '';
  }

  /** The symbol it is defined in, or -1. */
  parentOf(node: number): number {
    return this.nodes.parents[node] ?? -1;
  }

  /** References by a name, guesses and resolved ones aside: what may lead to a symbol of that name and is not known to. */
  unresolvedByName(name: string): UnresolvedCounts {
    return this.#unresolved.get(name) ?? {};
  }

  /** All references that made no edge for a reason. */
  unresolvedTotal(reason: UnresolvedReason): number {
    let total = 0;
    for (const counts of this.#unresolved.values()) total += counts[reason] ?? 0;
    return total;
  }

  confidenceOf(edge: number): number {
    return this.edges.confidenceTable[this.edges.confidences[edge] ?? 0] ?? 0;
  }

  edgeKindOf(edge: number): EdgeKind {
    return EDGE_KINDS[this.edges.kinds[edge] ?? 0] ?? 'references';
  }

  /** An edge with its ids and its site. */
  edgeOf(edge: number): Edge {
    const { sources, targets, tiers, sitePaths, lines, columns } = this.edges;
    return {
      kind: this.edgeKindOf(edge),
      source: this.idOf(sources[edge] ?? -1),
      target: this.idOf(targets[edge] ?? -1),
      tier: RESOLUTION_TIERS[tiers[edge] ?? 0] ?? 'unique-name',
      confidence: this.confidenceOf(edge),
      site: {
        path: this.nodes.pathTable[sitePaths[edge] ?? 0] ?? '',
        line: lines[edge] ?? 0,
        column: columns[edge] ?? 0,
      },
    };
  }

  /** Tells of an edge, quickly and many times, whether it belongs to a selection. */
  selector({ kinds, minConfidence = 0 }: EdgeSelection = {}): (edge: number) => boolean {
    const mask = edgeKindMask(kinds);
    const isSure = Uint8Array.from(this.edges.confidenceTable, (confidence) => (confidence >= minConfidence ? 1 : 0));
    const { kinds: edgeKinds, confidences } = this.edges;
    return (edge) => ((mask >> (edgeKinds[edge] ?? 0)) & 1) === 1 && isSure[confidences[edge] ?? 0] === 1;
  }

  /**
   * The selected edges as a plain graph, edges between the same two nodes merged.
   *
   * @param groupOf - Merges nodes: each counts as its group; those of group -1, and edges inside a group, are left out.
   */
  adjacency(selection: EdgeSelection, groups?: { readonly of: Int32Array; readonly count: number }): Adjacency {
    const isSelected = this.selector(selection);
    const sources = new Uint32Array(this.edgeCount);
    const targets = new Uint32Array(this.edgeCount);
    let count = 0;
    for (let edge = 0; edge < this.edgeCount; edge++) {
      if (!isSelected(edge)) continue;
      let source = this.edges.sources[edge] ?? 0;
      let target = this.edges.targets[edge] ?? 0;
      if (groups !== undefined) {
        source = groups.of[source] ?? -1;
        target = groups.of[target] ?? -1;
        if (source < 0 || target < 0 || source === target) continue;
      }
      sources[count] = source;
      targets[count++] = target;
    }
    return buildAdjacency(groups?.count ?? this.nodeCount, {
      sources: sources.subarray(0, count),
      targets: targets.subarray(0, count),
    });
  }

  /** Reads edges as a store would, without asking one. */
  readonly readEdges: EdgeReader = async (ids, { direction, kinds }) => {
    const isSelected = this.selector({ kinds });
    const found: Edge[] = [];
    for (const id of ids) {
      const node = this.numberOf(id);
      if (node === undefined) continue;
      if (direction === 'outgoing')
        this.forEachOutgoing(node, (edge) => isSelected(edge) && found.push(this.edgeOf(edge)));
      else this.forEachIncoming(node, (edge) => isSelected(edge) && found.push(this.edgeOf(edge)));
    }
    return found;
  };

  /** The first of the edges from one node to another for which `test` holds; -1 for none. */
  findEdge(source: number, target: number, test: (edge: number) => boolean): number {
    const end = this.outgoing[source + 1] ?? 0;
    for (let edge = this.outgoing[source] ?? 0; edge < end; edge++) {
      if (this.edges.targets[edge] === target && test(edge)) return edge;
    }
    return -1;
  }

  /** Computes something from this graph once. A name stands for one computation, everywhere. */
  remember<Answer>(name: string, compute: () => Answer): Answer {
    if (!this.#answers.has(name)) this.#answers.set(name, compute());
    return this.#answers.get(name) as Answer; // Each name has one kind of answer.
  }

  forEachOutgoing(node: number, visit: (edge: number) => unknown): void {
    const end = this.outgoing[node + 1] ?? 0;
    for (let edge = this.outgoing[node] ?? 0; edge < end; edge++) visit(edge);
  }

  forEachIncoming(node: number, visit: (edge: number) => unknown): void {
    const end = this.incoming[node + 1] ?? 0;
    for (let at = this.incoming[node] ?? 0; at < end; at++) visit(this.incomingEdges[at] ?? 0);
  }
}
