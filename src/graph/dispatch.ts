import { CALL_KINDS } from './edge-groups.ts';
import type { CompactGraph } from './compact-graph.ts';

/**
 * Definitions that a caller names when another one runs: a constructor runs where its class is created; a method runs
 * where a method is called that it overrides or implements.
 */
export class Dispatch {
  readonly #graph: CompactGraph;
  readonly #isOverride: (edge: number) => boolean;
  readonly #isContained: (edge: number) => boolean;
  /** Tells of an edge whether it runs its target. */
  readonly isCall: (edge: number) => boolean;

  constructor(graph: CompactGraph, minConfidence: number) {
    this.#graph = graph;
    this.#isOverride = graph.selector({ kinds: ['overrides'], minConfidence });
    this.#isContained = graph.selector({ kinds: ['contains'] });
    this.isCall = graph.selector({ kinds: CALL_KINDS, minConfidence });
  }

  /** The node and everything defined in it. */
  withMembers(node: number): number[] {
    const members = [node];
    for (let at = 0; at < members.length; at++) {
      this.#graph.forEachOutgoing(members[at] ?? 0, (edge) => {
        if (this.#isContained(edge)) members.push(this.#graph.edges.targets[edge] ?? 0);
      });
    }
    return members;
  }

  /** What else is called when the node runs: its class, the methods it overrides, directly or not. */
  standInsOf(node: number): number[] {
    const kind = this.#graph.kindOf(node);
    if (kind === 'constructor') {
      const parent = this.#graph.parentOf(node);
      return parent < 0 ? [] : [parent];
    }
    return this.#follow(node, 'outgoing');
  }

  /** What may run when the node is called: methods that override it, directly or not. */
  overridersOf(node: number): number[] {
    return this.#follow(node, 'incoming');
  }

  /** Calls `visit` for each edge to a method the node overrides, or with `incoming` from one that overrides it. */
  forEachOverride(node: number, direction: 'outgoing' | 'incoming', visit: (edge: number) => void): void {
    const visitIfOverride = (edge: number): void => {
      if (this.#isOverride(edge)) visit(edge);
    };
    if (direction === 'outgoing') this.#graph.forEachOutgoing(node, visitIfOverride);
    else this.#graph.forEachIncoming(node, visitIfOverride);
  }

  /** Calls `visit` for each edge to a constructor defined in the node. */
  forEachConstructor(node: number, visit: (edge: number) => void): void {
    this.#graph.forEachOutgoing(node, (edge) => {
      if (!this.#isContained(edge)) return;
      if (this.#graph.kindOf(this.#graph.edges.targets[edge] ?? 0) === 'constructor') visit(edge);
    });
  }

  #follow(node: number, direction: 'outgoing' | 'incoming'): number[] {
    const { sources, targets } = this.#graph.edges;
    const ends = direction === 'outgoing' ? targets : sources;
    const found: number[] = [];
    for (let at = -1; at < found.length; at++) {
      this.forEachOverride(at < 0 ? node : (found[at] ?? 0), direction, (edge) => {
        const end = ends[edge] ?? 0;
        if (end !== node && !found.includes(end)) found.push(end);
      });
    }
    return found;
  }
}
