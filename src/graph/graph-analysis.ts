import { communities } from './algorithms/communities.ts';
import { pageRank } from './algorithms/page-rank.ts';
import type { CompactGraph } from './compact-graph.ts';
import { deadCode, type DeadCodeCandidate } from './dead-code.ts';
import { dependencyCycles, type DependencyCycle } from './dependency-cycles.ts';
import { CALL_KINDS, DEFAULT_MIN_CONFIDENCE, USE_KINDS } from './edge-groups.ts';
import type { EdgeKind } from './edge.ts';
import { entryPoints, type DeclaredEntry, type EntryPoint } from './entry-points.ts';

/** A symbol that much of the program depends on. */
export interface HotSpot {
  readonly node: number;
  /** Its PageRank: the ranks of all nodes sum to 1. */
  readonly rank: number;
}

/** Files that use each other more than they use the rest. */
export interface FileCommunity {
  /** Nodes of its files, the most connected first. */
  readonly files: readonly number[];
  /** Uses and imports between its files, and between them and others. */
  readonly inside: number;
  readonly outside: number;
}

/** Answers about the whole of one graph. Each is computed when it is first asked for, and remembered. */
export class GraphAnalysis {
  readonly graph: CompactGraph;
  readonly #isProgram: (path: string) => boolean;

  /** @param isProgram - False for paths whose files are no part of the program itself: tests, examples, generated code. */
  constructor(graph: CompactGraph, isProgram: (path: string) => boolean) {
    this.graph = graph;
    this.#isProgram = isProgram;
  }

  /** Files of the program that import each other in a ring. */
  fileCycles(): readonly DependencyCycle[] {
    return this.#once('fileCycles', () => this.#cycles(['imports']));
  }

  /** Symbols of the program that call each other in a ring. */
  callCycles(): readonly DependencyCycle[] {
    return this.#once('callCycles', () => this.#cycles(CALL_KINDS));
  }

  /** Symbols by PageRank over what the program itself uses, highest first; what nothing uses is left out. */
  hotSpots(): readonly HotSpot[] {
    return this.#once('hotSpots', () => {
      const { graph } = this;
      const selection = { kinds: USE_KINDS, minConfidence: DEFAULT_MIN_CONFIDENCE };
      const adjacency = graph.adjacency(selection, { of: this.#programNodes(), count: graph.nodeCount });
      const isUsed = new Uint8Array(graph.nodeCount);
      for (const target of adjacency.targets) isUsed[target] = 1;
      const spots: HotSpot[] = [];
      for (const [node, rank] of pageRank(adjacency).entries()) if (isUsed[node] === 1) spots.push({ node, rank });
      return spots.sort((left, right) => right.rank - left.rank || left.node - right.node);
    });
  }

  /** Groups of two files or more of the program, largest first. */
  communities(): readonly FileCommunity[] {
    return this.#once('communities', () => this.#findCommunities());
  }

  /**
   * Where the program is entered; not remembered, for it depends on more than the graph.
   *
   * @param declared - Files that manifests name.
   */
  entryPoints(declared?: readonly DeclaredEntry[]): readonly EntryPoint[] {
    return entryPoints(this.graph, this.#isProgram, declared);
  }

  deadCode(): readonly DeadCodeCandidate[] {
    return this.#once('deadCode', () => deadCode(this.graph, this.#isProgram));
  }

  #cycles(kinds: readonly EdgeKind[]): readonly DependencyCycle[] {
    return dependencyCycles(this.graph, { kinds, minConfidence: DEFAULT_MIN_CONFIDENCE }, this.#programNodes());
  }

  /** Each node of the program as itself, every other as -1. */
  #programNodes(): Int32Array {
    const { graph } = this;
    return this.#once('programNodes', () => {
      const isOfProgram = graph.nodes.pathTable.map((path) => this.#isProgram(path));
      return Int32Array.from(graph.nodes.paths, (path, node) => (isOfProgram[path] === true ? node : -1));
    });
  }

  #findCommunities(): FileCommunity[] {
    const { graph } = this;
    const { paths, pathTable } = graph.nodes;
    const files = [...graph.nodes.ids.keys()].filter(
      (node) => graph.kindOf(node) === 'file' && this.#isProgram(graph.pathOf(node)),
    );
    const groupOfPath = new Int32Array(pathTable.length).fill(-1);
    for (const [group, file] of files.entries()) groupOfPath[paths[file] ?? 0] = group;
    const groupOf = Int32Array.from(paths, (path) => groupOfPath[path] ?? -1);
    const selection = { kinds: [...USE_KINDS, 'imports' as const], minConfidence: DEFAULT_MIN_CONFIDENCE };
    const adjacency = graph.adjacency(selection, { of: groupOf, count: files.length });
    const { count, communityOf } = communities(adjacency);
    const groups = Array.from({ length: count }, () => ({ files: new Array<number>(), inside: 0, outside: 0 }));
    const degrees = new Uint32Array(files.length);
    for (let group = 0; group < files.length; group++) {
      const own = groups[communityOf[group] ?? 0];
      own?.files.push(group);
      for (let edge = adjacency.offsets[group] ?? 0; edge < (adjacency.offsets[group + 1] ?? 0); edge++) {
        const target = adjacency.targets[edge] ?? 0;
        const weight = adjacency.weights[edge] ?? 0;
        degrees[group] = (degrees[group] ?? 0) + weight;
        degrees[target] = (degrees[target] ?? 0) + weight;
        const other = groups[communityOf[target] ?? 0];
        if (own === undefined || other === undefined) continue;
        if (own === other) own.inside += weight;
        else {
          own.outside += weight;
          other.outside += weight;
        }
      }
    }
    return groups
      .filter((group) => group.files.length > 1)
      .map((group) => ({
        ...group,
        files: group.files
          .sort((left, right) => (degrees[right] ?? 0) - (degrees[left] ?? 0) || left - right)
          .map((file) => files[file] ?? 0),
      }))
      .sort((left, right) => right.files.length - left.files.length || (left.files[0] ?? 0) - (right.files[0] ?? 0));
  }

  #once<Answer>(name: string, compute: () => Answer): Answer {
    return this.graph.remember(`analysis ${name}`, compute);
  }
}
