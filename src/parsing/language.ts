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
  /** The block its name is visible in, where that is not its parent's whole body: a scope below -1. */
  readonly scope?: number | undefined;
}

/** A local name: parameters, variables, what loops and patterns bind. Used for receivers, and to hide outer names. */
export interface TypedName {
  readonly name: string;
  /**
   * A type as written (`Pool`, `Map<string, Pool>`); the call that made the value, without its arguments
   * (`this.pool.acquire()`); behind `= ` another expression the value is taken from (`= this.pool`, `= pools[]`); behind
   * `=> ` what a function is given to that has it as a parameter (`=> 0.1 operate`: as its parameter 1, the function being
   * argument 0); behind `=? ` a function that was asked whether the name is of a type; empty where nothing is known but that the name hides others.
   */
  readonly typeName: string;
  /** Index of the definition whose body it is visible in, -1 for the file, or less for a block: {@link ParsedFile.blocks}. */
  readonly scope: number;
}

/** The method of routes that are subscriptions: `ON order.paid` runs when that event is emitted. */
export const EVENT_METHOD = 'ON';

/** A use of a name. */
export interface Reference {
  readonly kind: Exclude<EdgeKind, 'contains' | 'imports' | 'extends' | 'implements'>;
  readonly name: string;
  /** What stands before the last dot, as written (`this`, `self.pool`, `db`), or null. */
  readonly receiver: string | null;
  /** Index of the innermost enclosing definition, or -1 for the file. */
  readonly enclosing: number;
  /** The block around it that holds names: a scope below -1; undefined where names are those of `enclosing`. */
  readonly scope?: number | undefined;
  readonly position: SourcePosition;
  /** The name was built at run time (dynamic SQL, reflection). */
  readonly dynamic?: boolean | undefined;
  /**
   * Short texts of a call's arguments, by position, where the language captures them: a name, a call, a literal of a
   * list or table; strings with their quotes; `name=value` for keywords, `*rest` and `**named` where they are spread;
   * functions written in place start with `=>`, in Python followed by parameters and result (`=> x: x.name`). What says
   * nothing is empty. At most 16, without the empty ones at the end; undefined where none is left.
   */
  readonly arguments?: readonly string[] | undefined;
  /**
   * A framework makes the call: the name was handed to it, as the handler of a route is; or it is that of the
   * subscriptions an event runs ({@link EVENT_METHOD}).
   */
  readonly isHandler?: true | undefined;
}

/**
 * A value on its way to a name: what points-to resolution follows. Only of languages whose query captures flows.
 */
export interface ValueFlow {
  /**
   * - `assigned`: `target = value`, also a parameter's default
   * - `element`: the target is each element of the value in turn: loops and comprehensions
   * - `entered`: the target is what `with value` gives; empty where it has no name
   * - `returned`, `yielded`, `delegated` (`yield from`): the function's result; no target
   * - `decorated`: the value is a decorator of the definition that is the scope; in source order
   * - `called`: a call of something that has no name, whole: `table[key](x)`, `make()()`
   * - `instance`: the target is an object of the class, or of one of the classes in a tuple: `isinstance`, `except`, `case`
   * - `outer`: the target is a name of an outer scope (`global`, `nonlocal`)
   */
  readonly kind:
    | 'assigned'
    | 'element'
    | 'entered'
    | 'returned'
    | 'yielded'
    | 'delegated'
    | 'decorated'
    | 'called'
    | 'instance'
    | 'outer';
  /** A name, member, index or pattern as written. */
  readonly target: string;
  /** An expression, on one line, long ones without what is between the parentheses of calls. */
  readonly value: string;
  /** Index of the definition around it, or -1. */
  readonly scope: number;
  /** Where the value stands; only of kinds that call something by themselves: `element`, `entered`, `decorated`, `called`. */
  readonly position?: SourcePosition | undefined;
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
  /**
   * Blocks that hold names of their own: the scope each is in, which is the index of a definition, -1 for the file, or
   * another block. The first is scope -2, the next -3, and so on. Undefined where there are none.
   */
  readonly blocks?: readonly number[] | undefined;
  /** In source order; undefined where the language captures none. */
  readonly flows?: readonly ValueFlow[] | undefined;
  /** Package or namespace the file declares (Java, Go, SQL default schema), or empty. */
  readonly packageName: string;
  /** The condition under which the file is part of the program, as written: Go's build constraint. */
  readonly condition?: string | undefined;
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
  /**
   * Regular expressions, by line, for extensions that several languages have: a file is of the language one of whose
   * patterns is found in its start, else of the one without patterns. `.h` is C, C++ or Objective-C. @defaultValue none
   */
  readonly contentPatterns?: readonly string[] | undefined;
  /** `script-blocks`: components whose scripts are of another language. */
  readonly engine: 'tree-sitter' | 'sql' | 'script-blocks';
  readonly resolution: ResolutionDescriptor;
}

/** What a language may do that others do not; see `resolution/language-rules.ts`. */
export const SCOPING_TRAITS = [
  /** Members of the enclosing class are visible by their bare name. */
  'membersInScope',
  /** Methods have names of their own: a variable or field does not hide a method of its name. */
  'methodsHaveOwnNames',
  /** Calling a class makes an instance. */
  'callInstantiates',
  /** Of several definitions with one name in one scope the last counts; else the first that has a body. */
  'lastDefinitionWins',
  /** A bare name comes from the file, its imports or the language: guessing by project-wide name is then always wrong. */
  'explicitImports',
  /** Calling a type converts a value. */
  'callConverts',
  /** A base is also a member of its own name: an embedded type in Go. */
  'basesAreMembers',
  /** A call of a variable or field runs what it holds: the variable itself is only referred to. */
  'callsFollowValues',
  /** Types of one name in one scope are parts of one type. */
  'mergesDeclarations',
  /** Types of one full name in several files are parts of one type. */
  'partialTypes',
  /** A module gives its members to the classes that include it: Ruby. */
  'modulesAreTypes',
  /** The bare name of a function or method calls it: Ruby, Scala. */
  'bareNamesAreCalls',
  /** What may be missing is a container: a pattern, `?` and `unwrap()` open it, other methods keep it closed. */
  'unwrapsContainers',
] as const;
export type ScopingTrait = (typeof SCOPING_TRAITS)[number];

/** How parameters stand in a signature: `name: type`, `type name`, or names and destructuring patterns. */
export const PARAMETER_STYLES = ['name-first', 'name-last', 'patterns'] as const;
export type ParameterStyle = (typeof PARAMETER_STYLES)[number];

/**
 * Where the type of a method is looked for that stands outside of it (`func (p *Pool) Close()`): nowhere, in its file,
 * among the files of its folder and package, of its package, or of the project; `nearest` is its file, else the only
 * type of the name in the project.
 */
export const DETACHED_MEMBERS = ['none', 'file', 'folder', 'package', 'project', 'nearest'] as const;
export type DetachedMembers = (typeof DETACHED_MEMBERS)[number];

/** How names of a language are resolved: section `resolution` of `language.json`. */
export interface ResolutionDescriptor {
  /** The module system: see `resolution/module-resolution/module-systems.ts`. @defaultValue none */
  readonly modules: string;
  /** Languages of one group may mean each other's names. @defaultValue the language's id */
  readonly group: string;
  /** Receivers that mean the enclosing class or its instance. @defaultValue none */
  readonly selfNames: readonly string[];
  /** @defaultValue none */
  readonly superNames: readonly string[];
  /** Names of constructors as members. @defaultValue none */
  readonly constructorNames: readonly string[];
  /** @defaultValue none */
  readonly traits: readonly ScopingTrait[];
  /** @defaultValue `name-first` */
  readonly parameters: ParameterStyle;
  /** @defaultValue `none` */
  readonly detachedMembers: DetachedMembers;
  /** File of names the language gives to every file, relative to the language's folder; see {@link BuiltinNames}. @defaultValue none */
  readonly builtins: string | null;
}

/** Names that need no definition in the project. */
export interface BuiltinNames {
  /** Functions, types and values every file sees. */
  readonly names: ReadonlySet<string>;
  /** Members any object or collection has: on a type of the project they are external, not missing. */
  readonly members: ReadonlySet<string>;
}
