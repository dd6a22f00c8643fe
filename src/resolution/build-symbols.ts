import { TIER_CONFIDENCE } from '../graph/edge.ts';
import type { Edge } from '../graph/edge.ts';
import { directoryNodeId, fileNodeId, symbolId } from '../graph/symbol.ts';
import type { NodeId, SymbolId, SymbolNode } from '../graph/symbol.ts';
import type { SourcePosition } from '../graph/source-range.ts';
import type { ParsedFile } from '../parsing/language.ts';

/** Identities of a file's definitions, aligned with `file.definitions`. */
export function definitionIds(file: ParsedFile): SymbolId[] {
  const seen = new Map<string, number>();
  return file.definitions.map((definition) => {
    const ordinal = (seen.get(definition.qualifiedName) ?? 0) + 1;
    seen.set(definition.qualifiedName, ordinal);
    return symbolId(file.path, definition.qualifiedName, ordinal);
  });
}

/**
 * The graph nodes of a parsed file.
 * @returns One node a definition, aligned with `file.definitions`: index i of one is index i of the other.
 */
export function buildSymbols(file: ParsedFile): SymbolNode[] {
  const ids = definitionIds(file);
  return file.definitions.map((definition, index) => ({
    id: ids[index] ?? symbolId(file.path, definition.qualifiedName, 1),
    kind: definition.kind,
    name: definition.name,
    qualifiedName: definition.qualifiedName,
    path: file.path,
    language: file.language,
    range: definition.range,
    signature: definition.signature,
    documentation: definition.documentation,
    parentId: ids[definition.parent] ?? null,
    exported: definition.exported,
  }));
}

/** `contains` edges of one file: its directory → the file, the file → its top symbols, each symbol → the ones defined in it. */
export function buildContainment(file: ParsedFile, ids: readonly SymbolId[] = definitionIds(file)): Edge[] {
  const fileNode = fileNodeId(file.path);
  const slash = file.path.lastIndexOf('/');
  const directory = directoryNodeId(slash < 0 ? '' : file.path.slice(0, slash));
  const edges = [containsEdge(directory, fileNode, file.path, { line: 0, column: 0 })];
  file.definitions.forEach((definition, index) => {
    const target = ids[index];
    if (target === undefined) return;
    edges.push(containsEdge(ids[definition.parent] ?? fileNode, target, file.path, definition.range.start));
  });
  return edges;
}

function containsEdge(source: NodeId, target: NodeId, path: string, position: SourcePosition): Edge {
  return {
    kind: 'contains',
    source,
    target,
    tier: 'syntax',
    confidence: TIER_CONFIDENCE.syntax,
    site: { path, line: position.line + 1, column: position.column + 1 },
  };
}
