import { buildAdjacency, type Adjacency } from './adjacency.ts';
import type { CompactGraph } from './compact-graph.ts';
import { CALL_KINDS, USE_KINDS } from './edge-groups.ts';
import type { EdgeKind } from './edge.ts';

/** A list of numbers that grows, in blocks of its own doubling. */
class Pairs {
  #sources = new Uint32Array(1024);
  #targets = new Uint32Array(1024);
  #count = 0;

  add(source: number, target: number): void {
    if (this.#count === this.#sources.length) {
      this.#sources = grown(this.#sources);
      this.#targets = grown(this.#targets);
    }
    this.#sources[this.#count] = source;
    this.#targets[this.#count++] = target;
  }

  adjacency(nodeCount: number): Adjacency {
    const sources = this.#sources.subarray(0, this.#count);
    const targets = this.#targets.subarray(0, this.#count);
    return buildAdjacency(nodeCount, { sources, targets });
  }
}

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(values.length * 2);
  larger.set(values);
  return larger;
}

/** The node and everything defined in it. */
export function withMembers(graph: CompactGraph, node: number): number[] {
  const isContained = graph.selector({ kinds: ['contains'] });
  const members = [node];
  for (let at = 0; at < members.length; at++) {
    graph.forEachOutgoing(members[at] ?? 0, (edge) => {
      if (isContained(edge)) members.push(graph.edges.targets[edge] ?? 0);
    });
  }
  return members;
}

/**
 * Definitions that a caller names when the node runs: the class of a constructor, the methods that a method overrides or
 * implements, directly or not.
 */
export function standInsOf(graph: CompactGraph, node: number, isOverride: (edge: number) => boolean): number[] {
  if (graph.kindOf(node) === 'constructor') {
    const parent = graph.parentOf(node);
    return parent < 0 ? [] : [parent];
  }
  const found: number[] = [];
  for (let at = -1; at < found.length; at++) {
    graph.forEachOutgoing(at < 0 ? node : (found[at] ?? 0), (edge) => {
      const target = graph.edges.targets[edge] ?? 0;
      if (isOverride(edge) && target !== node && !found.includes(target)) found.push(target);
    });
  }
  return found;
}

/**
 * From each node to those that may break when it changes: what uses it, and what calls a definition that stands in for it.
 * Remembered by the graph.
 */
export function usersOf(graph: CompactGraph, minConfidence: number): Adjacency {
  return graph.remember(`users ${minConfidence}`, () => {
    const isUse = graph.selector({ kinds: USE_KINDS, minConfidence });
    const isCall = graph.selector({ kinds: CALL_KINDS, minConfidence });
    const isOverride = graph.selector({ kinds: ['overrides'], minConfidence });
    const { sources, targets } = graph.edges;
    const pairs = new Pairs();
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      if (isUse(edge)) pairs.add(targets[edge] ?? 0, sources[edge] ?? 0);
    }
    for (let node = 0; node < graph.nodeCount; node++) {
      for (const standIn of standInsOf(graph, node, isOverride)) {
        graph.forEachIncoming(standIn, (edge) => {
          if (isCall(edge)) pairs.add(node, sources[edge] ?? 0);
        });
      }
    }
    return pairs.adjacency(graph.nodeCount);
  });
}

/**
 * From each node to those that edges of some kinds lead to. With calls, also from a method to those that override it, and
 * from a class to its constructors. Remembered by the graph.
 */
export function stepsOf(graph: CompactGraph, kinds: readonly EdgeKind[], minConfidence: number): Adjacency {
  return graph.remember(`steps ${kinds.join()} ${minConfidence}`, () => {
    const isSelected = graph.selector({ kinds, minConfidence });
    const isOverride = graph.selector({ kinds: ['overrides'], minConfidence });
    const followsCalls = kinds.some((kind) => CALL_KINDS.includes(kind));
    const { sources, targets } = graph.edges;
    const pairs = new Pairs();
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      const [source, target] = [sources[edge] ?? 0, targets[edge] ?? 0];
      if (isSelected(edge)) pairs.add(source, target);
      if (!followsCalls) continue;
      if (isOverride(edge)) pairs.add(target, source);
      else if (isConstructorOf(graph, edge)) pairs.add(source, target);
    }
    return pairs.adjacency(graph.nodeCount);
  });
}

/** Whether an edge leads from a class to a constructor in it. */
export function isConstructorOf(graph: CompactGraph, edge: number): boolean {
  return graph.edgeKindOf(edge) === 'contains' && graph.kindOf(graph.edges.targets[edge] ?? 0) === 'constructor';
}
