import { ProtobufWriter } from '../kernel/protobuf-writer.ts';
import type { Edge, EdgeKind } from '../graph/edge.ts';
import type { NodeId, SymbolKind, SymbolNode } from '../graph/symbol.ts';
import { DEFINITION_ROLE, POSITION_ENCODINGS, SCIP, TEXT_ENCODING_UTF8 } from './scip-schema.ts';
import { descriptorOf, fileSymbol } from './scip-symbol.ts';

/** A file to export. */
export interface ScipSourceFile {
  readonly path: string;
  readonly language: string;
  /** The text the symbols were read from. */
  readonly text: string;
  /** In the order of the file, a parent before what it holds. */
  readonly symbols: readonly SymbolNode[];
  /** Edges whose site is in the file. */
  readonly edges: readonly Edge[];
}

/** Names the format's readers know languages by; others keep our name. */
const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  bash: 'ShellScript',
  c: 'C',
  cpp: 'CPP',
  csharp: 'CSharp',
  dart: 'Dart',
  elixir: 'Elixir',
  go: 'Go',
  java: 'Java',
  javascript: 'JavaScript',
  kotlin: 'Kotlin',
  lua: 'Lua',
  objc: 'ObjectiveC',
  php: 'PHP',
  powershell: 'PowerShell',
  python: 'Python',
  r: 'R',
  ruby: 'Ruby',
  rust: 'Rust',
  scala: 'Scala',
  sql: 'SQL',
  svelte: 'Svelte',
  swift: 'Swift',
  tsx: 'TypeScriptReact',
  typescript: 'TypeScript',
  vue: 'Vue',
  zig: 'Zig',
};

/** `SymbolInformation.Kind`; kinds without one are left unspecified. */
const KINDS: Readonly<Partial<Record<SymbolKind, number>>> = {
  class: 7,
  constant: 8,
  constructor: 9,
  enum: 11,
  field: 15,
  function: 17,
  interface: 21,
  method: 26,
  module: 29,
  namespace: 30,
  package: 35,
  procedure: 17,
  property: 41,
  struct: 49,
  type: 54,
  variable: 61,
};

/** Edges that say what a symbol is rather than what it uses. */
const RELATIONS: ReadonlySet<EdgeKind> = new Set(['extends', 'implements', 'overrides']);
const NOT_OCCURRENCES: ReadonlySet<EdgeKind> = new Set(['contains', 'imports', 'overrides', 'tests']);

/** The SCIP symbol of every symbol of the graph, by its id. */
export function scipSymbols(files: Iterable<readonly SymbolNode[]>): Map<NodeId, string> {
  const names = new Map<NodeId, string>();
  for (const symbols of files) {
    for (const { id, kind, name, qualifiedName, path, parentId } of symbols) {
      const parent = parentId === null ? undefined : names.get(parentId);
      // A method that stands outside of its type has it in its name only: `func (p *Pool) Close()`.
      const owner = parentId === null ? qualifiedName.slice(0, -name.length - 1) : '';
      const scope = parent ?? `${fileSymbol(path)}${owner === '' ? '' : descriptorOf('type', owner, 1)}`;
      names.set(id, `${scope}${descriptorOf(kind, name, ordinalOf(id))}`);
    }
  }
  return names;
}

/** `src/a.ts#Pool.acquire~2` is the second of its name. */
function ordinalOf(id: NodeId): number {
  return Number(/~(\d+)$/.exec(id)?.[1] ?? 1);
}

/** The first bytes of an index: which tool wrote it, and for which root. */
export function encodeScipMetadata(options: {
  readonly toolVersion: string;
  readonly projectRoot: string;
}): Uint8Array {
  const tool = new ProtobufWriter()
    .string(SCIP.toolInfo.name, 'codegraphai')
    .string(SCIP.toolInfo.version, options.toolVersion);
  const metadata = new ProtobufWriter()
    .message(SCIP.metadata.toolInfo, tool)
    .string(SCIP.metadata.projectRoot, options.projectRoot)
    .int(SCIP.metadata.textDocumentEncoding, TEXT_ENCODING_UTF8);
  return new ProtobufWriter().message(SCIP.index.metadata, metadata).toBytes();
}

/** One document of an index, and what is in it. */
export interface EncodedScipDocument {
  readonly bytes: Uint8Array;
  /** Edges that the format has a way to say: as an occurrence, as a relationship, or as both. */
  readonly edgeCount: number;
}

/** Encodes one document of an index; an index is its metadata and its documents one after the other. */
export function encodeScipDocument(file: ScipSourceFile, names: ReadonlyMap<NodeId, string>): EncodedScipDocument {
  const document = new ProtobufWriter().string(SCIP.document.relativePath, file.path);
  const lines = file.text.split('\n');
  const { messages, edges: written } = occurrencesOf(file, names, lines);
  for (const message of messages) document.message(SCIP.document.occurrences, message);
  const own = new Set(file.symbols.map(({ id }) => id));
  const relations = file.edges.filter(
    ({ kind, source, target }) => RELATIONS.has(kind) && own.has(source) && names.has(target),
  );
  for (const edge of relations) written.add(edge);
  const relationsOf = Map.groupBy(relations, ({ source }) => source);
  for (const symbol of file.symbols) {
    document.message(SCIP.document.symbols, symbolInformation(symbol, relationsOf.get(symbol.id) ?? [], names));
  }
  document
    .string(SCIP.document.language, LANGUAGE_NAMES[file.language] ?? file.language)
    .int(SCIP.document.positionEncoding, POSITION_ENCODINGS.indexOf('utf-16'));
  return {
    bytes: new ProtobufWriter().message(SCIP.index.documents, document).toBytes(),
    edgeCount: written.size,
  };
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Messages in the order of their places, and the edges they stand for. */
function occurrencesOf(
  file: ScipSourceFile,
  names: ReadonlyMap<NodeId, string>,
  lines: readonly string[],
): { readonly messages: readonly ProtobufWriter[]; readonly edges: Set<Edge> } {
  const found: (Place & { readonly message: ProtobufWriter })[] = [];
  const edges = new Set<Edge>();
  const seen = new Set<string>();
  const add = (place: Place, symbol: string, definition?: SymbolNode): void => {
    const { line, column, length } = place;
    // A use may be several edges: it is a call, and names what it calls.
    const key = `${line}:${column} ${symbol}`;
    if (seen.has(key)) return;
    seen.add(key);
    const message = new ProtobufWriter()
      .packed(SCIP.occurrence.range, [line, column, column + length])
      .string(SCIP.occurrence.symbol, symbol);
    if (definition !== undefined) {
      const { start, end } = definition.range;
      message
        .int(SCIP.occurrence.symbolRoles, DEFINITION_ROLE)
        .packed(SCIP.occurrence.enclosingRange, [start.line, start.column, end.line, end.column]);
    }
    found.push({ ...place, message });
  };
  for (const symbol of file.symbols) {
    const name = names.get(symbol.id);
    if (name !== undefined) add(placeOfName(symbol, lines), name, symbol);
  }
  for (const edge of file.edges) {
    const name = names.get(edge.target);
    if (name === undefined || NOT_OCCURRENCES.has(edge.kind) || edge.site.path !== file.path) continue;
    const { line, column } = { line: edge.site.line - 1, column: edge.site.column - 1 };
    const length = /^[\p{ID_Continue}$]+/u.exec(lines[line]?.slice(column) ?? '')?.[0].length;
    if (length === undefined) continue;
    edges.add(edge);
    add({ line, column, length }, name);
  }
  const messages = found.sort((a, b) => a.line - b.line || a.column - b.column).map(({ message }) => message);
  return { messages, edges };
}

const isPart = (character: string): boolean => /[\p{ID_Continue}$]/u.test(character);

/** Where the name of a definition stands: its first mention as a whole word. Without one (`constructor`), its start. */
function placeOfName({ name, range }: SymbolNode, lines: readonly string[]): Place {
  const { start, end } = range;
  for (let line = start.line; line <= end.line && line < start.line + 20; line++) {
    const text = lines[line] ?? '';
    const from = line === start.line ? start.column : 0;
    for (let at = text.indexOf(name, from); at >= 0; at = text.indexOf(name, at + 1)) {
      if (!isPart(text[at - 1] ?? ' ') && !isPart(text[at + name.length] ?? ' '))
        return { line, column: at, length: name.length };
    }
  }
  return { line: start.line, column: start.column, length: 0 };
}

function symbolInformation(
  symbol: SymbolNode,
  relations: readonly Edge[],
  names: ReadonlyMap<NodeId, string>,
): ProtobufWriter {
  const message = new ProtobufWriter().string(SCIP.symbolInformation.symbol, names.get(symbol.id) ?? '');
  if (symbol.signature !== '') message.string(SCIP.symbolInformation.documentation, codeBlock(symbol));
  if (symbol.documentation !== '') message.string(SCIP.symbolInformation.documentation, symbol.documentation);
  for (const { target } of relations) {
    message.message(
      SCIP.symbolInformation.relationships,
      new ProtobufWriter()
        .string(SCIP.relationship.symbol, names.get(target) ?? '')
        .int(SCIP.relationship.isImplementation, 1),
    );
  }
  message
    .int(SCIP.symbolInformation.kind, KINDS[symbol.kind] ?? 0)
    .string(SCIP.symbolInformation.displayName, symbol.name);
  const enclosing = symbol.parentId === null ? undefined : names.get(symbol.parentId);
  return enclosing === undefined ? message : message.string(SCIP.symbolInformation.enclosingSymbol, enclosing);
}

/** Readers show the first text as code: a Markdown block, as other indexers write it. */
function codeBlock({ signature, language }: SymbolNode): string {
  return `\`\`\`${language}\n${signature}\n\`\`\``;
}
