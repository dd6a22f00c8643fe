import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { EdgeKind } from '../graph/edge.ts';
import type { SourcePosition, SourceRange } from '../graph/source-range.ts';
import type { SymbolKind } from '../graph/symbol.ts';

/** A definition as one file shows it. Definitions refer to each other by their index in {@link ParsedFile.definitions}. */
export interface Definition {
  readonly kind: SymbolKind;
  readonly name: string;
  /** Scopes joined by `.`. */
  readonly qualifiedName: string;
  /** Index of the enclosing definition, or -1 at the top of the file. */
  readonly parent: number;
  readonly range: SourceRange;
  /** Offset where the body starts (after the signature); `range.endOffset` where there is none. */
  readonly bodyOffset: number;
  readonly signature: string;
  readonly documentation: string;
  readonly exported: boolean;
  /** Names of types this one extends and implements, as written. */
  readonly bases: readonly {
    readonly name: string;
    readonly kind: 'extends' | 'implements';
    readonly position: SourcePosition;
  }[];
  /**
   * Declared type of a variable, field, property or parameterless accessor; return type of a function; as written.
   * Where a value has no declared type, the expression that made it, as in {@link TypedName.typeName}.
   */
  readonly typeName?: string | undefined;
}

/** A local name: parameters, variables, what loops and patterns bind. Used for receivers, and to hide outer names. */
export interface TypedName {
  readonly name: string;
  /**
   * A type as written (`Pool`, `Map<string, Pool>`); the call that made the value, without its arguments
   * (`this.pool.acquire()`); behind `= ` another expression the value is taken from (`= this.pool`, `= pools[]`); empty
   * where nothing is known but that the name hides others.
   */
  readonly typeName: string;
  /** Index of the definition whose body it is visible in, or -1 for the file. */
  readonly scope: number;
}

/** A use of a name. */
export interface Reference {
  readonly kind: Exclude<EdgeKind, 'contains' | 'imports' | 'extends' | 'implements'>;
  readonly name: string;
  /** What stands before the last dot, as written (`this`, `self.pool`, `db`), or null. */
  readonly receiver: string | null;
  /** Index of the innermost enclosing definition, or -1 for the file. */
  readonly enclosing: number;
  readonly position: SourcePosition;
  /** The name was built at run time (dynamic SQL, reflection). */
  readonly dynamic?: boolean | undefined;
}

/** One imported name. `name` is `*` for a namespace or wildcard, `default` for a default import. */
export interface ImportedName {
  readonly name: string;
  /** The name it has in this file. */
  readonly alias: string;
}

/** An import, include or re-export. */
export interface ImportDeclaration {
  /** The module as written: `./pool.ts`, `..util`, `java.util.List`, `example.com/db`. */
  readonly specifier: string;
  readonly names: readonly ImportedName[];
  /** True for `export ... from`: the names are exported again under their alias. */
  readonly reexport: boolean;
  readonly position: SourcePosition;
}

/** A name a module exports under another name: `export { a as b }`, `export default a`. */
export interface ExportAlias {
  readonly exported: string;
  readonly local: string;
}

/** Everything one file says about itself. Plain data: stored, and sent between threads. */
export interface ParsedFile {
  readonly path: string;
  readonly language: string;
  readonly definitions: readonly Definition[];
  readonly references: readonly Reference[];
  readonly imports: readonly ImportDeclaration[];
  readonly exportAliases: readonly ExportAlias[];
  readonly typedNames: readonly TypedName[];
  /** Package or namespace the file declares (Java, Go, SQL default schema), or empty. */
  readonly packageName: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A parser for one language. `parse` is synchronous and pure; it never throws for bad source. */
export interface Language {
  readonly id: string;
  parse(path: string, text: string): ParsedFile;
}

/** What is known of a language before its parser is loaded: `languages/<id>/language.json`. */
export interface LanguageDescriptor {
  readonly id: string;
  readonly name: string;
  /** With the dot, lower case. */
  readonly extensions: readonly string[];
  /** Exact file names. */
  readonly filenames: readonly string[];
  /** Interpreter names of a `#!` line. */
  readonly shebangs: readonly string[];
  readonly engine: 'tree-sitter' | 'sql';
}
