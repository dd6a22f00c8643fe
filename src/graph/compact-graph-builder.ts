import { compareText } from '../kernel/text/compare-text.ts';
import { countUp, sortByKey } from './adjacency.ts';
import { CompactGraph, NODE_KINDS, type EdgeTable, type NodeColumns, type UnresolvedCounts } from './compact-graph.ts';
import { EDGE_KINDS, RESOLUTION_TIERS, UNRESOLVED_REASONS, type UnresolvedReason } from './edge.ts';
import type { GraphEdgeRecord, GraphNodeRecord, GraphSink, UnresolvedNameRecord } from './graph-sink.ts';
import type { NodeId, NodeKind } from './symbol.ts';

/** Edges there is room for when the first has come. */
const FIRST_CAPACITY = 1 << 14;

/** A column of integers that grows. */
class Column {
  values: Uint32Array = new Uint32Array();

  set(at: number, value: number): void {
    if (at === this.values.length) {
      const larger = new Uint32Array(Math.max(at * 2, FIRST_CAPACITY));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[at] = value;
  }

  /** The values at `positions`, in that order. */
  gather(positions: Uint32Array): Uint32Array {
    const { values } = this;
    const gathered = new Uint32Array(positions.length);
    for (let at = 0; at < positions.length; at++) gathered[at] = values[positions[at] ?? 0] ?? 0;
    return gathered;
  }
}

/** Numbers values in the order they come. */
class Table<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<Value, number>();

  numberOf(value: Value): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

/** Makes a {@link CompactGraph} of the nodes and edges it is given; the same one in whatever order they come. */
export class CompactGraphBuilder implements GraphSink {
  readonly #nodes: GraphNodeRecord[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #paths = new Table<string>();
  readonly #confidences = new Table<number>();
  readonly #edges = {
    sources: new Column(),
    targets: new Column(),
    kinds: new Column(),
    tiers: new Column(),
    confidences: new Column(),
    sitePaths: new Column(),
    lines: new Column(),
    columns: new Column(),
  };
  readonly #foreignBases = new Set<number>();
  readonly #unresolved = new Map<string, Partial<Record<UnresolvedReason, number>>>();
  readonly #tierNumbers = new Map(RESOLUTION_TIERS.map((tier, number) => [tier, number]));
  readonly #kindNumbers = new Map(EDGE_KINDS.map((kind, number) => [kind, number]));
  #edgeCount = 0;

  constructor() {
    this.#paths.numberOf('');
  }

  addNode(key: number, node: GraphNodeRecord): void {
    this.#numbers.set(key, this.#nodes.push(node) - 1);
  }

  /** @throws RangeError where an end was not added before. */
  addEdge(edge: GraphEdgeRecord): void {
    const at = this.#edgeCount++;
    const columns = this.#edges;
    columns.sources.set(at, this.#numberOf(edge.source));
    columns.targets.set(at, this.#numberOf(edge.target));
    columns.kinds.set(at, this.#kindNumbers.get(edge.kind) ?? 0);
    columns.tiers.set(at, this.#tierNumbers.get(edge.tier) ?? 0);
    columns.confidences.set(at, this.#confidences.numberOf(edge.confidence));
    columns.sitePaths.set(at, this.#paths.numberOf(edge.sitePath));
    columns.lines.set(at, edge.line);
    columns.columns.set(at, edge.column);
  }

  addUnresolvedName({ name, reason, count }: UnresolvedNameRecord): void {
    const counts = this.#unresolved.get(name) ?? {};
    counts[reason] = (counts[reason] ?? 0) + count;
    this.#unresolved.set(name, counts);
  }

  addForeignBase(source: number): void {
    this.#foreignBases.add(this.#numberOf(source));
  }

  /** The graph of what was added. */
  build(): CompactGraph {
    const { order, rankOf } = this.#orderNodes();
    const nodes = this.#nodeColumns(order, rankOf);
    const edges = this.#edgeTable(rankOf, order.length);
    const incomingEdges = sortByKey(countUp(edges.sources.length), edges.targets, order.length);
    return new CompactGraph({
      nodes,
      edges,
      outgoing: rowStarts(edges.sources, order.length),
      incoming: rowStarts(edges.targets, order.length),
      incomingEdges,
      unresolved: this.#unresolved satisfies ReadonlyMap<string, UnresolvedCounts>,
    });
  }

  /** Nodes that are symbols or touch an edge, by id: stores keep ids that nothing uses any more. */
  #orderNodes(): { order: number[]; rankOf: Int32Array } {
    const isUsed = Uint8Array.from(this.#nodes, ({ symbol }) => (symbol === null ? 0 : 1));
    for (const column of [this.#edges.sources, this.#edges.targets]) {
      for (const node of column.values.subarray(0, this.#edgeCount)) isUsed[node] = 1;
    }
    const idOf = (node: number): NodeId | '' => this.#nodes[node]?.id ?? '';
    const order = [...this.#nodes.keys()]
      .filter((node) => isUsed[node] === 1)
      .sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
    const rankOf = new Int32Array(this.#nodes.length).fill(-1);
    for (const [rank, node] of order.entries()) rankOf[node] = rank;
    return { order, rankOf };
  }

  #nodeColumns(order: readonly number[], rankOf: Int32Array): NodeColumns {
    const languages = new Table<string>();
    languages.numberOf('');
    const records = order.flatMap((node) => this.#nodes[node] ?? []);
    const places = records.map((record) => placeOf(record));
    return {
      ids: records.map(({ id }) => id),
      kinds: Uint8Array.from(places, ({ kind }) => NODE_KINDS.indexOf(kind)),
      names: places.map(({ name }) => name),
      paths: Uint32Array.from(places, ({ path }) => this.#paths.numberOf(path)),
      pathTable: this.#paths.values,
      languages: Uint8Array.from(records, ({ symbol }) => languages.numberOf(symbol?.language ?? '')),
      languageTable: languages.values,
      exported: Uint8Array.from(records, ({ symbol }) => (symbol?.exported === true ? 1 : 0)),
      parents: Int32Array.from(records, ({ symbol }) => {
        const parent = symbol?.parent ?? null;
        return parent === null ? -1 : (rankOf[this.#numbers.get(parent) ?? -1] ?? -1);
      }),
      ...this.#unresolvedColumns(records),
      foreignBases: Uint8Array.from(order, (node) => (this.#foreignBases.has(node) ? 1 : 0)),
    };
  }

  /** Nodes of equal name share an entry; SQL is found by names in any of the usual cases. */
  #unresolvedColumns(records: readonly GraphNodeRecord[]): Pick<NodeColumns, 'unresolved' | 'unresolvedTable'> {
    const table: UnresolvedCounts[] = [{}];
    const entryOf = new Map<string, number>();
    const unresolved = Uint32Array.from(records, ({ symbol }) => {
      if (symbol === null) return 0;
      const { name, language } = symbol;
      const names = language === 'sql' ? new Set([name, name.toLowerCase(), name.toUpperCase()]) : [name];
      const key = [...names].join('\n');
      let entry = entryOf.get(key);
      if (entry === undefined) {
        const counts: Partial<Record<UnresolvedReason, number>> = {};
        for (const each of names) {
          for (const reason of UNRESOLVED_REASONS) {
            const count = this.#unresolved.get(each)?.[reason] ?? 0;
            if (count > 0) counts[reason] = (counts[reason] ?? 0) + count;
          }
        }
        entry = Object.keys(counts).length === 0 ? 0 : table.push(counts) - 1;
        entryOf.set(key, entry);
      }
      return entry;
    });
    return { unresolved, unresolvedTable: table };
  }

  #edgeTable(rankOf: Int32Array, nodeCount: number): EdgeTable {
    const { sources, targets, kinds, tiers, confidences, sitePaths, lines, columns } = this.#edges;
    const rank = (node: number): number => rankOf[node] ?? 0;
    const all = countUp(this.#edgeCount);
    const sourceRanks = sources.gather(all).map(rank);
    const targetRanks = targets.gather(all).map(rank);
    const order = sortByKey(sortByKey(all, targetRanks, nodeCount), sourceRanks, nodeCount);
    const paths = this.#paths.values;
    const compare = (left: number, right: number): number =>
      (kinds.values[left] ?? 0) - (kinds.values[right] ?? 0) ||
      compareText(paths[sitePaths.values[left] ?? 0] ?? '', paths[sitePaths.values[right] ?? 0] ?? '') ||
      (lines.values[left] ?? 0) - (lines.values[right] ?? 0) ||
      (columns.values[left] ?? 0) - (columns.values[right] ?? 0) ||
      (tiers.values[left] ?? 0) - (tiers.values[right] ?? 0);
    // Few edges join the same two nodes: only those are compared with each other.
    for (let start = 0; start < order.length;) {
      let end = start + 1;
      const [first, next] = [order[start] ?? 0, (at: number): number => order[at] ?? 0];
      while (
        end < order.length &&
        sourceRanks[next(end)] === sourceRanks[first] &&
        targetRanks[next(end)] === targetRanks[first]
      )
        end++;
      if (end - start > 1) order.subarray(start, end).sort(compare);
      start = end;
    }
    return {
      sources: order.map((edge) => sourceRanks[edge] ?? 0),
      targets: order.map((edge) => targetRanks[edge] ?? 0),
      kinds: Uint8Array.from(kinds.gather(order)),
      tiers: Uint8Array.from(tiers.gather(order)),
      confidences: Uint16Array.from(confidences.gather(order)),
      confidenceTable: this.#confidences.values,
      sitePaths: sitePaths.gather(order),
      lines: lines.gather(order),
      columns: columns.gather(order),
    };
  }

  #numberOf(key: number): number {
    const number = this.#numbers.get(key);
    if (number === undefined) throw new RangeError(`the node ${key} was not added before its edge`);
    return number;
  }
}

/** Where the rows of a column of sorted keys, or of their counts, begin. */
function rowStarts(keys: Uint32Array, keyCount: number): Uint32Array {
  const starts = new Uint32Array(keyCount + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] ?? 0) + 1;
  for (let key = 0; key < keyCount; key++) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
  return starts;
}

/** What a node is, by its symbol or by its id: `file:src/a.ts`, `dir:src`, `external:react`. */
function placeOf({ id, symbol }: GraphNodeRecord): { kind: NodeKind; name: string; path: string } {
  if (symbol !== null) return symbol;
  const colon = id.indexOf(':');
  const rest = id.slice(colon + 1);
  const name = rest.slice(rest.lastIndexOf('/') + 1);
  switch (id.slice(0, colon)) {
    case 'file':
      return { kind: 'file', name, path: rest };
    case 'dir':
      return { kind: 'directory', name, path: '' };
    default:
      return { kind: 'external', name: rest, path: '' };
  }
}
