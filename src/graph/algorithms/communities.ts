import { buildAdjacency, countUp, edgeSources, undirectedAdjacency, type Adjacency } from '../adjacency.ts';

/** Which community each node is in. Communities are numbered by their smallest member. */
export interface Communities {
  readonly count: number;
  readonly communityOf: Uint32Array;
}

/** How {@link communities} divides. */
export interface CommunityOptions {
  /** Higher values make more and smaller communities. @defaultValue 1 */
  readonly resolution?: number | undefined;
}

/** Moves must gain more than rounding could, or two nodes might swap places for ever. */
const LEAST_GAIN = 1e-10;

/** A graph in which the edges inside one node, made from several, are counted beside it. */
interface Level {
  readonly graph: Adjacency;
  /** Weight of the edges inside each node, each edge once. */
  readonly loops: Float64Array;
}

/**
 * Divides a graph, without regard to the direction of its edges, into groups with many edges inside and few between, by
 * modularity. Nodes are visited in ascending order and ties keep what is, so the same graph has the same communities.
 *
 * V. Blondel et al., "Fast unfolding of communities in large networks", J. Stat. Mech. P10008 (2008), with the queue of
 * V. Traag et al., "From Louvain to Leiden", Scientific Reports 9:5233 (2019). Of its guarantees it keeps the one that
 * matters to a reader: every community is connected, for what falls apart is divided before the next level.
 */
export function communities(graph: Adjacency, options: CommunityOptions = {}): Communities {
  const { resolution = 1 } = options;
  let level: Level = { graph: undirectedAdjacency(graph), loops: new Float64Array(graph.nodeCount) };
  let communityOf = countUp(graph.nodeCount);
  for (;;) {
    const { count, communityOf: partOf } = connectedParts(level.graph, moveNodes(level, resolution));
    if (count === level.graph.nodeCount) return { count, communityOf };
    communityOf = communityOf.map((part) => partOf[part] ?? 0);
    level = mergeNodes(level, partOf, count);
  }
}

/** Moves each node to the neighbouring community that gains most, until none gains. */
function moveNodes({ graph, loops }: Level, resolution: number): Uint32Array {
  const { nodeCount, offsets, targets, weights } = graph;
  const degrees = loops.map((loop, node) => {
    let degree = 2 * loop;
    for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++) degree += weights[edge] ?? 0;
    return degree;
  });
  const doubledTotal = degrees.reduce((sum, degree) => sum + degree, 0);
  const communityOf = countUp(nodeCount);
  const totals = degrees.slice();
  const links = new Float64Array(nodeCount);
  const waiting = communityOf.slice();
  const isWaiting = new Uint8Array(nodeCount).fill(1);
  let [head, waitingCount] = [0, nodeCount];
  while (waitingCount > 0) {
    const node = waiting[head] ?? 0;
    head = (head + 1) % nodeCount;
    waitingCount--;
    isWaiting[node] = 0;
    const [first, end] = [offsets[node] ?? 0, offsets[node + 1] ?? 0];
    const degree = degrees[node] ?? 0;
    const own = communityOf[node] ?? 0;
    totals[own] = (totals[own] ?? 0) - degree;
    for (let edge = first; edge < end; edge++) {
      const community = communityOf[targets[edge] ?? 0] ?? 0;
      links[community] = (links[community] ?? 0) + (weights[edge] ?? 0);
    }
    const penalty = doubledTotal === 0 ? 0 : (resolution * degree) / doubledTotal;
    let best = own;
    let bestGain = (links[own] ?? 0) - penalty * (totals[own] ?? 0);
    for (let edge = first; edge < end; edge++) {
      const community = communityOf[targets[edge] ?? 0] ?? 0;
      const gain = (links[community] ?? 0) - penalty * (totals[community] ?? 0);
      if (gain > bestGain + LEAST_GAIN) [best, bestGain] = [community, gain];
    }
    for (let edge = first; edge < end; edge++) links[communityOf[targets[edge] ?? 0] ?? 0] = 0;
    totals[best] = (totals[best] ?? 0) + degree;
    if (best === own) continue;
    communityOf[node] = best;
    for (let edge = first; edge < end; edge++) {
      const neighbour = targets[edge] ?? 0;
      if (isWaiting[neighbour] === 1 || communityOf[neighbour] === best) continue;
      isWaiting[neighbour] = 1;
      waiting[(head + waitingCount++) % nodeCount] = neighbour;
    }
  }
  return communityOf;
}

/** Parts of communities that hang together, numbered by their smallest node. */
function connectedParts({ nodeCount, offsets, targets }: Adjacency, communityOf: Uint32Array): Communities {
  const partOf = new Uint32Array(nodeCount);
  const isSeen = new Uint8Array(nodeCount);
  const open: number[] = [];
  let count = 0;
  for (let start = 0; start < nodeCount; start++) {
    if (isSeen[start] === 1) continue;
    isSeen[start] = 1;
    open.push(start);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      partOf[node] = count;
      for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++) {
        const neighbour = targets[edge] ?? 0;
        if (isSeen[neighbour] === 1 || communityOf[neighbour] !== communityOf[node]) continue;
        isSeen[neighbour] = 1;
        open.push(neighbour);
      }
    }
    count++;
  }
  return { count, communityOf: partOf };
}

/** The graph whose nodes are the parts of another. */
function mergeNodes({ graph, loops }: Level, partOf: Uint32Array, count: number): Level {
  const sources = edgeSources(graph).map((node) => partOf[node] ?? 0);
  const targets = graph.targets.map((node) => partOf[node] ?? 0);
  const merged = new Float64Array(count);
  for (const [node, loop] of loops.entries()) merged[partOf[node] ?? 0] = (merged[partOf[node] ?? 0] ?? 0) + loop;
  // An edge inside a part stands in the rows of both of its ends.
  for (const [edge, source] of sources.entries()) {
    if (source === targets[edge]) merged[source] = (merged[source] ?? 0) + (graph.weights[edge] ?? 0) / 2;
  }
  const between = countUp(sources.length).filter((edge) => sources[edge] !== targets[edge]);
  const columns = {
    sources: between.map((edge) => sources[edge] ?? 0),
    targets: between.map((edge) => targets[edge] ?? 0),
    weights: between.map((edge) => graph.weights[edge] ?? 0),
  };
  return { graph: buildAdjacency(count, columns), loops: merged };
}

/**
 * Modularity of a division: the share of edges inside its groups, less the share that chance would put there.
 * Between -0.5 and 1.
 */
export function modularity(graph: Adjacency, communityOf: Uint32Array, resolution = 1): number {
  const { nodeCount, offsets, targets, weights } = undirectedAdjacency(graph);
  const totals = new Float64Array(nodeCount);
  let [inside, total] = [0, 0];
  for (let node = 0; node < nodeCount; node++) {
    const community = communityOf[node] ?? 0;
    for (let edge = offsets[node] ?? 0; edge < (offsets[node + 1] ?? 0); edge++) {
      const weight = weights[edge] ?? 0;
      total += weight;
      totals[community] = (totals[community] ?? 0) + weight;
      if (communityOf[targets[edge] ?? 0] === community) inside += weight;
    }
  }
  if (total === 0) return 0;
  const expected = totals.reduce((sum, degree) => sum + (degree / total) ** 2, 0);
  return inside / total - resolution * expected;
}
