import type { SymbolKind } from '../../../src/graph/symbol.ts';
import type { Definition, ImportDeclaration, ParsedFile, Reference, TypedName } from '../../../src/parsing/language.ts';

const POSITION = { line: 0, column: 0 };

/** What a test says of a definition; the rest is filled in. */
export interface DefinitionFacts {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly parent?: number;
  readonly qualifiedName?: string;
  readonly signature?: string;
  readonly typeName?: string;
  readonly extends?: readonly string[];
  /** An overload signature, an abstract method. */
  readonly bodiless?: boolean;
}

export interface FileFacts {
  readonly language?: string;
  readonly definitions?: readonly DefinitionFacts[];
  readonly calls?: readonly (readonly [receiver: string | null, name: string, enclosing?: number])[];
  readonly references?: readonly Partial<Reference>[];
  readonly imports?: readonly (Pick<ImportDeclaration, 'specifier' | 'names'> & { readonly reexport?: boolean })[];
  readonly typedNames?: readonly TypedName[];
  readonly packageName?: string;
}

/** A parsed file out of the few facts a test is about. Definitions and references stand on lines of their own. */
export function parsedFile(path: string, facts: FileFacts): ParsedFile {
  const definitions: Definition[] = [];
  for (const [index, fact] of (facts.definitions ?? []).entries()) {
    const parent = definitions[fact.parent ?? -1];
    const start = { line: index, column: 0 };
    definitions.push({
      kind: fact.kind,
      name: fact.name,
      qualifiedName: fact.qualifiedName ?? (parent === undefined ? fact.name : `${parent.qualifiedName}.${fact.name}`),
      parent: fact.parent ?? -1,
      range: { start, end: { line: index, column: 20 }, startOffset: index * 100, endOffset: index * 100 + 20 },
      bodyOffset: index * 100 + (fact.bodiless === true ? 20 : 10),
      signature: fact.signature ?? fact.name,
      documentation: '',
      exported: true,
      bases: (fact.extends ?? []).map((name) => ({ name, kind: 'extends', position: POSITION })),
      typeName: fact.typeName,
    });
  }
  const references = [
    ...(facts.calls ?? []).map(
      ([receiver, name, enclosing = -1]) => ({ kind: 'calls', receiver, name, enclosing }) as const,
    ),
    ...(facts.references ?? []),
  ].map((reference, line): Reference => ({
    kind: 'calls',
    name: '',
    receiver: null,
    enclosing: -1,
    position: { line, column: 0 },
    ...reference,
  }));
  return {
    path,
    language: facts.language ?? 'typescript',
    definitions,
    references,
    imports: (facts.imports ?? []).map((declaration) => ({ reexport: false, position: POSITION, ...declaration })),
    exportAliases: [],
    typedNames: facts.typedNames ?? [],
    packageName: facts.packageName ?? '',
    diagnostics: [],
  };
}
