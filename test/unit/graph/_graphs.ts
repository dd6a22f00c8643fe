import fc from 'fast-check';
import { buildAdjacency, type Adjacency } from '../../../src/graph/adjacency.ts';
import type { CompactGraph } from '../../../src/graph/compact-graph.ts';
import { CompactGraphBuilder } from '../../../src/graph/compact-graph-builder.ts';
import type { EdgeKind } from '../../../src/graph/edge.ts';
import { directoryNodeId, externalNodeId, fileNodeId, symbolId, type SymbolKind } from '../../../src/graph/symbol.ts';

/** Most nodes of a generated graph. */
export const MAX_NODES = 12;

export interface Pairs {
  readonly nodeCount: number;
  readonly edges: readonly (readonly [number, number])[];
}

/** Small directed graphs, with loops and parallel edges. */
export const pairs: fc.Arbitrary<Pairs> = fc
  .integer({ min: 1, max: MAX_NODES })
  .chain((nodeCount) =>
    fc
      .array(fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1)), { maxLength: nodeCount * 3 })
      .map((edges) => ({ nodeCount, edges })),
  );

export function adjacencyOf({ nodeCount, edges }: Pairs): Adjacency {
  return buildAdjacency(nodeCount, { sources: edges.map(([from]) => from), targets: edges.map(([, to]) => to) });
}

/** Which node reaches which, in any number of steps, none included. */
export function reachability({ nodeCount, edges }: Pairs): boolean[][] {
  const reaches = Array.from({ length: nodeCount }, (_, from) =>
    Array.from({ length: nodeCount }, (__, to) => from === to || edges.some(([a, b]) => a === from && b === to)),
  );
  for (let via = 0; via < nodeCount; via++)
    for (let from = 0; from < nodeCount; from++)
      for (let to = 0; to < nodeCount; to++) reaches[from]![to] ||= reaches[from]![via]! && reaches[via]![to]!;
  return reaches;
}

/** `path#name` for a symbol, with its kind in front: `method src/a.ts#Pool.acquire`; else `file src/a.ts`, `external pg`. */
export type NodeText = string;

export interface GraphDraft {
  readonly nodes: readonly NodeText[];
  /** `source kind target`, with ids as in `nodes` without the kind; a confidence may follow. */
  readonly edges: readonly string[];
  readonly exported?: readonly string[];
  readonly unresolved?: readonly string[];
  readonly foreignBases?: readonly string[];
}

/** A graph from a few lines of text. Symbols are contained in what their name says; the site of edge n is line n. */
export function graphOf(draft: GraphDraft): CompactGraph {
  const builder = new CompactGraphBuilder();
  const keys = new Map<string, number>();
  for (const text of draft.nodes) keys.set(text.slice(text.indexOf(' ') + 1), keys.size);
  for (const text of draft.nodes) {
    const [kind = '', name = ''] = text.split(' ');
    const key = keys.get(name)!;
    const [path = '', qualifiedName] = name.split('#');
    if (qualifiedName === undefined) {
      const id = kind === 'file' ? fileNodeId(name) : kind === 'dir' ? directoryNodeId(name) : externalNodeId(name);
      builder.addNode(key, { id, symbol: null });
      continue;
    }
    const dot = qualifiedName.lastIndexOf('.');
    builder.addNode(key, {
      id: symbolId(path, qualifiedName, 1),
      symbol: {
        kind: kind as SymbolKind,
        name: qualifiedName.slice(dot + 1),
        path,
        language: 'typescript',
        exported: draft.exported?.includes(name) ?? false,
        parent: dot < 0 ? null : keys.get(`${path}#${qualifiedName.slice(0, dot)}`)!,
      },
    });
    if (dot < 0) continue;
    const source = keys.get(`${path}#${qualifiedName.slice(0, dot)}`)!;
    builder.addEdge({ ...plain, kind: 'contains', source, target: key, sitePath: path, line: 1 });
  }
  for (const [index, text] of draft.edges.entries()) {
    const [source = '', kind = '', target = '', confidence = '0.97'] = text.split(' ');
    builder.addEdge({
      ...plain,
      kind: kind as EdgeKind,
      source: keys.get(source)!,
      target: keys.get(target)!,
      confidence: Number(confidence),
      sitePath: source.split('#')[0]!,
      line: index + 1,
    });
  }
  for (const name of draft.unresolved ?? []) {
    builder.addUnresolvedName({ kind: 'calls', name, reason: 'unknown-receiver', count: 1 });
  }
  for (const name of draft.foreignBases ?? []) builder.addForeignBase(keys.get(name)!);
  return builder.build();
}

const plain = { tier: 'import', confidence: 1, column: 1 } as const;

/** Functions of one file that call each other; function n is node n. */
export function callGraphOf({ nodeCount, edges }: Pairs): CompactGraph {
  const name = (node: number): string => `f#n${String(node).padStart(2, '0')}`;
  return graphOf({
    nodes: Array.from({ length: nodeCount }, (_, node) => `function ${name(node)}`),
    edges: edges.map(([from, to]) => `${name(from)} calls ${name(to)}`),
  });
}

/** Qualified name of a symbol, else its id. */
export function label(graph: CompactGraph, node: number): string {
  const id = graph.idOf(node);
  return id.slice(id.indexOf('#') + 1);
}
