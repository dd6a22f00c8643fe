import type { Declaration, FileScope, ImportBinding } from '../project-index.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';

/**
 * How names get from one file to another in a family of languages: what an import leads to, what is in scope without
 * one, and what a module shows to others. Everything optional has a default that fits languages with one module a file.
 */
export interface ModuleSystem {
  /**
   * Which top-level names of a file other files see as names of its module.
   * - `exported`: what export statements say; else what is defined in it (TypeScript, JavaScript)
   * - `own`: what is defined in it
   * - `own-and-imported`: that, and what it imports itself (Python)
   */
  readonly visibleNames: 'exported' | 'own' | 'own-and-imported';

  /** `from package import name` may name a module of the package: its imports lead to that file. @defaultValue false */
  readonly importsSubmodules?: boolean | undefined;

  /** Where set, specifiers are paths that may lead through a module into what it defines: `crate::kind::Kind::Small`. */
  readonly pathSeparator?: string | undefined;

  /**
   * What answers depend on besides the file that is asked for: on `paths`, where files and manifests are, or on the
   * `contents` of files too. Decides when an incremental run asks again. @defaultValue `contents`
   */
  readonly reads?: 'paths' | 'contents' | undefined;

  /** The module a specifier stands for in a file. */
  resolve(file: FileScope, specifier: string): ModuleResolution;

  /** Files whose top-level names are in scope of a file without any import; the file itself may be among them. */
  packageFiles?(file: FileScope): readonly FileScope[];

  /** Whether the top-level names of one file are in scope of the other without import. Default: by {@link packageFiles}. */
  sharesScope?(file: FileScope, other: FileScope): boolean;

  /** Whether code of a file can mean definitions of the other at all: both may be built under different conditions. */
  isVisible?(file: FileScope, other: FileScope): boolean;

  /** What imports bring into a file by alias, where the project tells more than the file. Default: as parsed. */
  bindings?(file: FileScope): ReadonlyMap<string, readonly ImportBinding[]>;

  /** What one imported name stands for, where imports name definitions instead of modules. Default: the module's export. */
  importedName?(file: FileScope, specifier: string, name: string): Lookup | undefined;

  /**
   * What a wildcard import brings in under a name. Default: the module's export. Not asked of a specifier that resolves to
   * nothing, and of those that resolve to `external` only of one, as they all bring in the same: anything.
   */
  wildcardName?(file: FileScope, specifier: string, name: string): Lookup | undefined;

  /**
   * A name that starts a path wherever it stands: `crate`, `super`.
   * @param modules - Modules written in the file around the place, innermost first.
   */
  pathRoot?(file: FileScope, name: string, modules: readonly Declaration[]): Lookup | undefined;

  /**
   * What a name stands for in the namespaces around a place, whatever file defines it.
   * @param namespaces - Their full names, innermost first.
   */
  ambientName?(file: FileScope, namespaces: readonly string[], name: string): Lookup | undefined;

  /** A name of a module that is not a top-level name of its files. Default: these. */
  moduleName?(module: ModuleTarget, name: string): Lookup | undefined;

  /** All parts of types that may be defined in several places, whichever are given. */
  partsOf?(types: readonly Declaration[]): readonly Declaration[];

  /** What declarations without a body stand for, where they are defined in another file (linkage). Default: themselves. */
  linked?(declarations: readonly Declaration[]): readonly Declaration[];

  /** Methods of a name that are called like members of their first parameter. */
  extensions?(name: string): readonly Declaration[];

  /** A module inside of another. */
  submodule?(module: ModuleTarget, name: string): ModuleTarget | undefined;

  /** What a name stands for that is in scope everywhere, without import: the head of a full name (`com` in `com.acme.Pool`). */
  qualifiedName?(file: FileScope, name: string): Lookup | undefined;

  /** The package an outside specifier belongs to: `@scope/name/sub` is of `@scope/name`. Default: the specifier. */
  externalPackage?(specifier: string): string;
}
