import type { NodeId, SymbolKind, SymbolNode } from '../../../src/graph/symbol.ts';
import { symbolId } from '../../../src/graph/symbol.ts';
import type { FusedChunk } from '../../../src/search/rank-fusion.ts';
import type { Candidate } from '../../../src/search/ranking-rules.ts';
import type { StoredChunk } from '../../../src/store/index-store.ts';

export interface SymbolDraft {
  readonly path?: string;
  readonly name: string;
  readonly kind?: SymbolKind;
  readonly ordinal?: number;
  readonly language?: string;
  readonly parentId?: NodeId | null;
  /** 1-based, inclusive. */
  readonly lines?: readonly [number, number];
}

/** A symbol by its qualified name; everything else has a default. */
export function makeSymbol(draft: SymbolDraft): SymbolNode {
  const { path = 'src/a.ts', name: qualifiedName, kind = 'function', ordinal = 1, lines = [1, 10] } = draft;
  const [startLine, endLine] = lines;
  return {
    id: symbolId(path, qualifiedName, ordinal),
    kind,
    name: qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1),
    qualifiedName,
    path,
    language: draft.language ?? 'typescript',
    range: {
      start: { line: startLine - 1, column: 0 },
      end: { line: endLine - 1, column: 1 },
      startOffset: startLine * 100,
      endOffset: endLine * 100 + 1,
    },
    signature: `${kind} ${qualifiedName}`,
    documentation: '',
    parentId: draft.parentId ?? null,
    exported: true,
  };
}

export interface ChunkDraft {
  readonly id?: number;
  readonly path?: string;
  readonly symbol?: SymbolNode | null;
  readonly lines?: readonly [number, number];
}

export function makeChunk({
  id = 1,
  symbol = null,
  path = symbol?.path ?? 'src/a.ts',
  lines = [1, 10],
}: ChunkDraft): StoredChunk {
  return { id, path, language: symbol?.language ?? 'typescript', startLine: lines[0], endLine: lines[1], symbol };
}

export function makeCandidate(draft: ChunkDraft & { readonly score?: number }): Candidate {
  const chunk = makeChunk(draft);
  const fused: FusedChunk = { chunkId: chunk.id, score: draft.score ?? 0.5, keyword: null, semantic: null };
  return { chunk, fused };
}
