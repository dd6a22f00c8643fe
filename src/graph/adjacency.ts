/**
 * A weighted directed graph over the nodes 0 … `nodeCount` - 1 as compressed sparse rows: the edges out of node v are
 * `targets[offsets[v]]` up to, not including, `targets[offsets[v + 1]]`, in ascending order and each target once.
 */
export interface Adjacency {
  readonly nodeCount: number;
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  /** How many edges were merged into each. */
  readonly weights: Uint32Array;
}

/** Pairs of nodes, as the columns of a table: edge e goes from `sources[e]` to `targets[e]`. */
export interface EdgeColumns {
  readonly sources: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  /** @defaultValue 1 each */
  readonly weights?: ArrayLike<number> | undefined;
}

/** 0, 1, 2, … */
export function countUp(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let number = 0; number < count; number++) numbers[number] = number;
  return numbers;
}

/** Positions 0 … n - 1 in ascending order of their key; equal keys keep the order of `positions`. Keys are below `keyCount`. */
export function sortByKey(positions: Uint32Array, keys: ArrayLike<number>, keyCount: number): Uint32Array {
  const next = new Uint32Array(keyCount + 1);
  for (let at = 0; at < positions.length; at++) {
    const after = (keys[positions[at] ?? 0] ?? 0) + 1;
    next[after] = (next[after] ?? 0) + 1;
  }
  for (let key = 1; key <= keyCount; key++) next[key] = (next[key] ?? 0) + (next[key - 1] ?? 0);
  const sorted = new Uint32Array(positions.length);
  for (let at = 0; at < positions.length; at++) {
    const position = positions[at] ?? 0;
    const key = keys[position] ?? 0;
    const place = next[key] ?? 0;
    sorted[place] = position;
    next[key] = place + 1;
  }
  return sorted;
}

/** Builds rows in linear time; edges between the same two nodes become one whose weight is their sum. */
export function buildAdjacency(nodeCount: number, edges: EdgeColumns): Adjacency {
  const { sources, targets, weights } = edges;
  const order = sortByKey(sortByKey(countUp(sources.length), targets, nodeCount), sources, nodeCount);
  const offsets = new Uint32Array(nodeCount + 1);
  const rowTargets = new Uint32Array(order.length);
  const rowWeights = new Uint32Array(order.length);
  let count = 0;
  let lastSource = -1;
  for (const edge of order) {
    const source = sources[edge] ?? 0;
    const target = targets[edge] ?? 0;
    if (source !== lastSource || rowTargets[count - 1] !== target) {
      rowTargets[count++] = target;
      offsets[source + 1] = (offsets[source + 1] ?? 0) + 1;
      lastSource = source;
    }
    rowWeights[count - 1] = (rowWeights[count - 1] ?? 0) + (weights?.[edge] ?? 1);
  }
  for (let node = 0; node < nodeCount; node++) offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  return { nodeCount, offsets, targets: rowTargets.slice(0, count), weights: rowWeights.slice(0, count) };
}

/** Source of each edge, in the order of `targets`. */
export function edgeSources({ nodeCount, offsets, targets }: Adjacency): Uint32Array {
  const sources = new Uint32Array(targets.length);
  for (let node = 0; node < nodeCount; node++) sources.fill(node, offsets[node], offsets[node + 1]);
  return sources;
}

/** The same edges, each the other way round. */
export function reverseAdjacency(graph: Adjacency): Adjacency {
  const { nodeCount, targets, weights } = graph;
  return buildAdjacency(nodeCount, { sources: targets, targets: edgeSources(graph), weights });
}

/** Each edge in both directions; loops are left out. The weight between two nodes is that of both directions together. */
export function undirectedAdjacency(graph: Adjacency): Adjacency {
  const sources = edgeSources(graph);
  const keep = countUp(sources.length).filter((edge) => sources[edge] !== graph.targets[edge]);
  const near = keep.map((edge) => sources[edge] ?? 0);
  const far = keep.map((edge) => graph.targets[edge] ?? 0);
  const weights = keep.map((edge) => graph.weights[edge] ?? 0);
  return buildAdjacency(graph.nodeCount, {
    sources: concatenate(near, far),
    targets: concatenate(far, near),
    weights: concatenate(weights, weights),
  });
}

function concatenate(left: Uint32Array, right: Uint32Array): Uint32Array {
  const both = new Uint32Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
