import type { SourceRange } from '../graph/source-range.ts';
import type { SymbolKind } from '../graph/symbol.ts';

/** What chunking needs to know of a definition; every `Definition` of a parsed file is one. */
export interface ChunkDefinition {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualifiedName: string;
  /** Index of the enclosing definition, or -1. Need not be nested in the text: methods of a Go type are not. */
  readonly parent: number;
  readonly range: SourceRange;
  readonly bodyOffset: number;
  readonly signature: string;
  readonly documentation: string;
}

/** What chunking needs to know of a file; every `ParsedFile` is one. */
export interface ChunkSource {
  readonly path: string;
  /** Language id; empty or unknown to the package for plain text. */
  readonly language: string;
  readonly definitions: readonly ChunkDefinition[];
  /** What the file imports; unknown where missing. */
  readonly imports?: readonly ChunkImport[] | undefined;
}

/** What chunking needs to know of an import. */
export interface ChunkImport {
  /** The module as written. */
  readonly specifier: string;
  readonly names: readonly { readonly name: string; readonly alias: string }[];
}

const CALLABLE_KINDS: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'constructor', 'procedure', 'trigger']);
const CONTAINER_KINDS: ReadonlySet<SymbolKind> = new Set([
  'class',
  'interface',
  'struct',
  'enum',
  'type',
  'module',
  'namespace',
  'package',
  'schema',
]);

/** True for what runs when it is called. */
export function isCallable(kind: SymbolKind): boolean {
  return CALLABLE_KINDS.has(kind);
}

/** True for what holds definitions rather than code. */
export function isContainer(kind: SymbolKind): boolean {
  return CONTAINER_KINDS.has(kind);
}
