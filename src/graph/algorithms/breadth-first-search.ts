import type { Adjacency } from '../adjacency.ts';

/** What a {@link breadthFirstSearch} found. */
export interface BreadthFirstSearch {
  /** Nodes in the order they were reached, the starts first: by distance. */
  readonly reached: Uint32Array;
  /** Fewest steps to each node; -1 where none lead there. */
  readonly depthOf: Int32Array;
  /** The node before each on its shortest path; -1 for starts and what was not reached. */
  readonly previousOf: Int32Array;
  /** The first goal that was reached; -1 for none. */
  readonly goal: number;
}

export interface BreadthFirstSearchOptions {
  /** Most steps away from a start. @defaultValue no limit */
  readonly maxDepth?: number | undefined;
  /** 1 for each node at which the search ends, starts included. @defaultValue none */
  readonly goals?: Uint8Array | undefined;
}

/**
 * Breadth-first search: every node that can be reached, at its least distance. Of several shortest paths it keeps the one
 * whose nodes come first.
 *
 * E. F. Moore, "The shortest path through a maze", Proc. Int. Symp. on the Theory of Switching (1959).
 */
export function breadthFirstSearch(
  { nodeCount, offsets, targets }: Pick<Adjacency, 'nodeCount' | 'offsets' | 'targets'>,
  starts: Iterable<number>,
  options: BreadthFirstSearchOptions = {},
): BreadthFirstSearch {
  const { maxDepth = Number.POSITIVE_INFINITY, goals } = options;
  const depthOf = new Int32Array(nodeCount).fill(-1);
  const previousOf = new Int32Array(nodeCount).fill(-1);
  const queue = new Uint32Array(nodeCount);
  let count = 0;
  for (const start of starts) {
    if (depthOf[start] !== -1) continue;
    depthOf[start] = 0;
    queue[count++] = start;
  }
  let goal = goals === undefined ? -1 : (queue.subarray(0, count).find((start) => goals[start] === 1) ?? -1);
  for (let head = 0; head < count && goal === -1; head++) {
    const node = queue[head] ?? 0;
    const depth = (depthOf[node] ?? 0) + 1;
    if (depth > maxDepth) break;
    const end = offsets[node + 1] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < end; edge++) {
      const next = targets[edge] ?? 0;
      if (depthOf[next] !== -1) continue;
      depthOf[next] = depth;
      previousOf[next] = node;
      queue[count++] = next;
      if (goals?.[next] !== 1) continue;
      goal = next;
      break;
    }
  }
  return { reached: queue.subarray(0, count), depthOf, previousOf, goal };
}

/** Nodes from a start to one that was reached, both included. */
export function nodesTo({ previousOf }: Pick<BreadthFirstSearch, 'previousOf'>, node: number): number[] {
  const nodes: number[] = [];
  for (let at = node; at !== -1; at = previousOf[at] ?? -1) nodes.push(at);
  return nodes.reverse();
}
