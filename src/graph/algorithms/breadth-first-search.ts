/**
 * Calls `visit` for each node that one step leads to, with a number that names the step.
 *
 * @param depth - Least distance of `node` from a start.
 */
export type StepsFrom = (node: number, visit: (next: number, step: number) => void, depth: number) => void;

/** What a {@link breadthFirstSearch} found. */
export interface BreadthFirstSearch {
  /** Nodes in the order they were reached, the starts first. */
  readonly reached: Uint32Array;
  /** Fewest steps to each node; -1 where none lead there. */
  readonly depthOf: Int32Array;
  /** The node before each on its shortest path; -1 for starts and what was not reached. */
  readonly previousOf: Int32Array;
  /** The step that reached each; -1 for starts and what was not reached. */
  readonly stepTo: Int32Array;
  /** The first goal that was reached; -1 for none. */
  readonly goal: number;
}

export interface BreadthFirstSearchOptions {
  /** Most steps away from a start. @defaultValue no limit */
  readonly maxDepth?: number | undefined;
  /** Ends the search at the first node, starts included, of which this holds. */
  readonly isGoal?: ((node: number) => boolean) | undefined;
}

/**
 * Breadth-first search: every node that can be reached, at its least distance. Of several shortest paths it keeps the first
 * that `stepsFrom` offers.
 *
 * E. F. Moore, "The shortest path through a maze", Proc. Int. Symp. on the Theory of Switching (1959).
 */
export function breadthFirstSearch(
  nodeCount: number,
  starts: Iterable<number>,
  stepsFrom: StepsFrom,
  options: BreadthFirstSearchOptions = {},
): BreadthFirstSearch {
  const { maxDepth = Number.POSITIVE_INFINITY, isGoal } = options;
  const depthOf = new Int32Array(nodeCount).fill(-1);
  const previousOf = new Int32Array(nodeCount).fill(-1);
  const stepTo = new Int32Array(nodeCount).fill(-1);
  const queue = new Uint32Array(nodeCount);
  let [head, count, goal] = [0, 0, -1];
  const reach = (node: number, depth: number): void => {
    depthOf[node] = depth;
    queue[count++] = node;
    if (goal === -1 && isGoal?.(node) === true) goal = node;
  };
  for (const start of starts) if (depthOf[start] === -1) reach(start, 0);
  while (head < count) {
    const node = queue[head++] ?? 0;
    const depth = depthOf[node] ?? 0;
    if (goal !== -1 || depth >= maxDepth) break;
    const visit = (next: number, step: number): void => {
      if (depthOf[next] !== -1 || goal !== -1) return;
      previousOf[next] = node;
      stepTo[next] = step;
      reach(next, depth + 1);
    };
    stepsFrom(node, visit, depth);
  }
  return { reached: queue.subarray(0, count), depthOf, previousOf, stepTo, goal };
}

/** Steps from a start to a node that was reached, in order; none for a start. */
export function stepsTo({ previousOf, stepTo }: BreadthFirstSearch, node: number): number[] {
  const steps: number[] = [];
  for (let at = node; (previousOf[at] ?? -1) !== -1; at = previousOf[at] ?? -1) steps.push(stepTo[at] ?? -1);
  return steps.reverse();
}
