import type { Edge, EdgeKind, UnresolvedReference } from '../../../src/graph/edge.ts';
import type { SymbolNode } from '../../../src/graph/symbol.ts';
import { EmbeddedStore } from '../../../src/store/embedded/embedded-store.ts';

/** An index that holds just these symbols and edges; an edge belongs to the file of its site. */
export async function openIndexOf(
  symbols: readonly SymbolNode[],
  edges: readonly Edge[] = [],
  references: readonly UnresolvedReference[] = [],
): Promise<EmbeddedStore> {
  const index = await EmbeddedStore.open(':memory:');
  const paths = [...new Set(symbols.map(({ path }) => path))];
  const files = paths.map((path) => ({
    stamp: { path, language: 'typescript', contentHash: path, sizeBytes: 1, mtimeMs: 0 },
    symbols: symbols.filter((symbol) => symbol.path === path),
    chunks: [],
    facts: new Uint8Array(),
    diagnostics: [],
  }));
  await index.applyFiles({ upsert: files, remove: [] });
  await index.replaceEdges(
    paths.map((path) => ({
      path,
      edges: edges.filter(({ site }) => site.path === path),
      unresolved: references.filter(({ site }) => site.path === path),
      digest: path,
    })),
  );
  return index;
}

/** An edge whose site is in the file of its source. */
export function makeEdge(kind: EdgeKind, source: SymbolNode, target: SymbolNode, line = 1, confidence = 0.98): Edge {
  const site = { path: source.path, line, column: 1 };
  return { kind, source: source.id, target: target.id, tier: 'lexical', confidence, site };
}

/** A call by a name that made no edge. */
export function makeReference(source: SymbolNode, name: string, line = 1): UnresolvedReference {
  const site = { path: source.path, line, column: 1 };
  return { kind: 'calls', source: source.id, name, reason: 'unknown-receiver', candidateCount: 0, site };
}
