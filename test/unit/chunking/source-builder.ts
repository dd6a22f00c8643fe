import type { SymbolKind } from '../../../src/graph/symbol.ts';
import type { ChunkDefinition } from '../../../src/chunking/chunk-source.ts';

/** What a test says of a definition; everything else follows from the text. */
export interface DefinitionOutline {
  readonly kind: SymbolKind;
  readonly name: string;
  /** Text the definition starts with; the first place of it in the file. */
  readonly starts: string;
  /** Text the definition ends with; the first place of it after the start. */
  readonly ends: string;
  readonly documentation?: string;
  readonly parent?: number;
}

/** Finds definitions in a text by how they start and end. */
export function locate(text: string, outlines: readonly DefinitionOutline[]): ChunkDefinition[] {
  const definitions: ChunkDefinition[] = [];
  for (const { kind, name, starts, ends, documentation = '', parent = -1 } of outlines) {
    const startOffset = text.indexOf(starts);
    const endOffset = text.indexOf(ends, startOffset) + ends.length;
    const outer = definitions[parent];
    definitions.push({
      kind,
      name,
      qualifiedName: outer === undefined ? name : `${outer.qualifiedName}.${name}`,
      parent,
      range: { start: { line: 0, column: 0 }, end: { line: 0, column: 0 }, startOffset, endOffset },
      bodyOffset: startOffset + starts.length,
      signature: starts,
      documentation,
    });
  }
  return definitions;
}
