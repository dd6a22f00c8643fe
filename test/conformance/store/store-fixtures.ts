import { createHash } from 'node:crypto';
import type { Chunk } from '../../../src/chunking/chunk.ts';
import type { Edge, EdgeKind, UnresolvedReference } from '../../../src/graph/edge.ts';
import { symbolId, type NodeId, type SymbolKind, type SymbolNode } from '../../../src/graph/symbol.ts';
import type { FileEdges, IndexedFile } from '../../../src/store/index-store.ts';

export interface SymbolSpec {
  readonly name: string;
  readonly kind?: SymbolKind;
  readonly lines?: readonly [number, number];
  readonly text?: string;
  readonly words?: string;
  readonly parent?: string;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A symbol whose lines are 1-based; every line counts ten characters. */
export function makeSymbol(path: string, spec: SymbolSpec, language = 'typescript'): SymbolNode {
  const [first, last] = spec.lines ?? [1, 3];
  return {
    id: symbolId(path, spec.name, 1),
    kind: spec.kind ?? 'function',
    name: spec.name.slice(spec.name.lastIndexOf('.') + 1),
    qualifiedName: spec.name,
    path,
    language,
    range: {
      start: { line: first - 1, column: 0 },
      end: { line: last - 1, column: 5 },
      startOffset: (first - 1) * 10,
      endOffset: (last - 1) * 10 + 5,
    },
    signature: `function ${spec.name}()`,
    documentation: `About ${spec.name}.`,
    parentId: spec.parent === undefined ? null : symbolId(path, spec.parent, 1),
    exported: spec.kind !== 'method',
  };
}

/** A file with one chunk a symbol, and one of code outside symbols where `outside` is given. */
export function makeFile(
  path: string,
  specs: readonly SymbolSpec[],
  options: { readonly language?: string; readonly outside?: string; readonly version?: string } = {},
): IndexedFile {
  const { language = 'typescript', outside, version = '1' } = options;
  const symbols = specs.map((spec) => makeSymbol(path, spec, language));
  const chunks = specs.map((spec, definition) => makeChunk(path, definition, spec));
  if (outside !== undefined) chunks.push(makeChunk(path, -1, { name: '', text: outside, words: outside }));
  return {
    stamp: { path, language, contentHash: sha256(path + version), sizeBytes: 100 + specs.length, mtimeMs: 1234.5 },
    symbols,
    chunks,
    facts: new TextEncoder().encode(`${path}@${version}`),
    diagnostics: [],
  };
}

function makeChunk(path: string, definition: number, spec: SymbolSpec): Chunk {
  const text = spec.text ?? `text of ${path} ${spec.name}`;
  const [startLine, endLine] = spec.lines ?? [1, 3];
  return {
    definition,
    startLine,
    endLine,
    text,
    contentHash: sha256(text),
    words: { name: spec.name.replaceAll('.', ' '), path: path.replaceAll('/', ' '), body: spec.words ?? '' },
  };
}

export function makeEdge(kind: EdgeKind, source: string, target: string, line = 1): Edge {
  const path = source.split('#')[0]!;
  const site = { path, line, column: 1 };
  return { kind, source: source as NodeId, target: target as NodeId, tier: 'import', confidence: 0.97, site };
}

export function makeUnresolved(source: string, name: string, line = 1): UnresolvedReference {
  const site = { path: source.split('#')[0]!, line, column: 2 };
  return { kind: 'calls', source: source as NodeId, name, reason: 'ambiguous', candidateCount: 3, site };
}

export function makeFileEdges(
  path: string,
  edges: readonly Edge[],
  unresolved: readonly UnresolvedReference[] = [],
): FileEdges {
  return { path, edges, unresolved, digest: sha256(JSON.stringify([edges, unresolved])) };
}

/** Unit vectors in a plane: their cosine is that of the angle between them. */
export function atAngle(degrees: number, dimensions = 32): Float32Array {
  const vector = new Float32Array(dimensions);
  vector[0] = Math.cos((degrees * Math.PI) / 180);
  vector[1] = Math.sin((degrees * Math.PI) / 180);
  return vector;
}

export function concatenate(vectors: readonly Float32Array[]): Float32Array {
  const length = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * length);
  for (const [index, vector] of vectors.entries()) all.set(vector, index * length);
  return all;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
