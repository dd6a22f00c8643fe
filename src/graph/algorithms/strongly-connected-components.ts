import type { Adjacency } from '../adjacency.ts';

/** Which component each node is in. Components are numbered so that edges between two lead from a higher to a lower number. */
export interface Components {
  readonly count: number;
  readonly componentOf: Uint32Array;
}

/**
 * Strongly connected components, in time linear in nodes and edges and without recursion: a chain of 100,000 calls must
 * not overflow the stack.
 *
 * R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972).
 */
export function stronglyConnectedComponents({ nodeCount, offsets, targets }: Adjacency): Components {
  const componentOf = new Uint32Array(nodeCount);
  /** Order of discovery, from 1; 0 means not seen yet. Of finished nodes it is no longer looked at. */
  const discovered = new Uint32Array(nodeCount);
  const lowest = new Uint32Array(nodeCount);
  const nextEdge = offsets.slice(0, nodeCount);
  const isOpen = new Uint8Array(nodeCount);
  const open = new Uint32Array(nodeCount);
  const callers = new Uint32Array(nodeCount);
  let [openCount, time, count] = [0, 0, 0];

  const discover = (node: number): void => {
    discovered[node] = lowest[node] = ++time;
    isOpen[node] = 1;
    open[openCount++] = node;
  };
  const closeComponent = (root: number): void => {
    for (let node = -1; node !== root;) {
      node = open[--openCount] ?? root;
      isOpen[node] = 0;
      componentOf[node] = count;
    }
    count++;
  };

  for (let start = 0; start < nodeCount; start++) {
    if (discovered[start] !== 0) continue;
    let depth = 0;
    callers[0] = start;
    discover(start);
    while (depth >= 0) {
      const node = callers[depth] ?? 0;
      const edge = nextEdge[node] ?? 0;
      if (edge < (offsets[node + 1] ?? 0)) {
        nextEdge[node] = edge + 1;
        const target = targets[edge] ?? 0;
        if (discovered[target] === 0) {
          callers[++depth] = target;
          discover(target);
        } else if (isOpen[target] === 1) {
          lowest[node] = Math.min(lowest[node] ?? 0, discovered[target] ?? 0);
        }
        continue;
      }
      if (lowest[node] === discovered[node]) closeComponent(node);
      depth--;
      if (depth < 0) break;
      const caller = callers[depth] ?? 0;
      lowest[caller] = Math.min(lowest[caller] ?? 0, lowest[node] ?? 0);
    }
  }
  return { count, componentOf };
}

/** Members of every component with more than one node, each in ascending order; largest first, then by smallest member. */
export function largeComponents({ count, componentOf }: Components): number[][] {
  const sizes = new Uint32Array(count);
  for (const component of componentOf) sizes[component] = (sizes[component] ?? 0) + 1;
  const members = new Map<number, number[]>();
  for (const [node, component] of componentOf.entries()) {
    if ((sizes[component] ?? 0) < 2) continue;
    const list = members.get(component);
    if (list === undefined) members.set(component, [node]);
    else list.push(node);
  }
  return [...members.values()].sort((left, right) => right.length - left.length || (left[0] ?? 0) - (right[0] ?? 0));
}
