import type { ModuleResolution, ModuleTarget } from '../module-resolution/module-target.ts';
import type { ModuleSystem } from '../module-resolution/module-system.ts';
import type { ModuleSystems } from '../module-resolution/module-systems.ts';
import { definitionAt } from '../project-index.ts';
import type { Declaration, FileScope, ImportBinding, ProjectIndex } from '../project-index.ts';
import { EXTERNAL } from './lookup.ts';
import type { Lookup } from './lookup.ts';

/** Re-exports may form circles; each file is asked once for a name. */
type Visited = Set<string>;

const MAX_REEXPORT_DEPTH = 200;
/** Every name that is found nowhere else is looked for in each: a file with more of them was generated (CWE-407). */
const MAX_WILDCARDS = 256;

/** The import tier: what imports bring into a file and what modules export, through any chain of re-exports. */
export class ImportTable {
  readonly #index: ProjectIndex;
  readonly #systems: ModuleSystems;
  readonly #modules = new Map<FileScope, Map<string, ModuleResolution>>();
  readonly #imported = new Map<FileScope, Map<string, Lookup | undefined>>();
  readonly #exported = new Map<FileScope, Map<string, Lookup | undefined>>();
  readonly #wildcards = new Map<FileScope, readonly string[]>();
  readonly #byWildcard = new Map<FileScope, Map<string, Lookup | undefined>>();

  #reexportDepth = 0;

  constructor(index: ProjectIndex, systems: ModuleSystems) {
    this.#index = index;
    this.#systems = systems;
  }

  /** The module system of a file's language. */
  systemOf(file: FileScope): ModuleSystem {
    return this.#systems.of(file.rules.family);
  }

  /** The module a specifier stands for in a file. Where imports name definitions (Java) use {@link imported}. */
  resolveModule(file: FileScope, specifier: string): ModuleResolution {
    let known = this.#modules.get(file);
    if (known === undefined) this.#modules.set(file, (known = new Map()));
    // The same few modules are asked for by every name that is imported from them.
    if (!known.has(specifier)) known.set(specifier, this.systemOf(file).resolve(file, specifier));
    return known.get(specifier);
  }

  /** Whether an import brings a name of this alias into the file, found or not. */
  isImported(file: FileScope, alias: string): boolean {
    return this.#bindingsOf(file).has(alias);
  }

  /** What an imported name stands for; undefined where no import brings it in, or its module does not have it. */
  imported(file: FileScope, alias: string, visited: Visited = new Set()): Lookup | undefined {
    const bindings = this.#bindingsOf(file).get(alias);
    if (bindings === undefined) return undefined;
    const known = this.#imported.get(file) ?? new Map<string, Lookup | undefined>();
    this.#imported.set(file, known);
    if (known.has(alias)) return known.get(alias);
    const isOutermost = visited.size === 0;
    // Of several (`try: import fast as x … except: import slow as x`) the first that is part of the project counts.
    const answers = bindings.map((binding) => this.#resolveBinding(file, binding, visited));
    const found =
      answers.find((answer) => answer !== undefined && answer.kind !== 'external') ??
      answers.find((answer) => answer !== undefined);
    // An answer found inside of a circle may be incomplete: only outermost answers are kept.
    if (isOutermost) known.set(alias, found);
    return found;
  }

  /** What wildcard imports bring in under a name. A wildcard of an outside module may bring in anything: `external`. */
  importedByWildcard(file: FileScope, name: string, visited: Visited = new Set()): Lookup | undefined {
    if (visited.size > 0) return this.#byWildcards(file, name, visited);
    let known = this.#byWildcard.get(file);
    if (known === undefined) this.#byWildcard.set(file, (known = new Map()));
    if (!known.has(name)) known.set(name, this.#byWildcards(file, name, visited));
    return known.get(name);
  }

  #byWildcards(file: FileScope, name: string, visited: Visited): Lookup | undefined {
    let outside: Lookup | undefined;
    for (const specifier of this.#wildcardsOf(file)) {
      const system = this.systemOf(file);
      const found =
        system.wildcardName === undefined
          ? this.#fromModule(file, specifier, name, visited)
          : system.wildcardName(file, specifier, name);
      if (found !== undefined && found.kind !== 'external') return found;
      outside ??= found;
    }
    return outside;
  }

  /** The wildcard imports that are worth a look: of those that lead outside one is as good as all. */
  #wildcardsOf(file: FileScope): readonly string[] {
    let wildcards = this.#wildcards.get(file);
    if (wildcards !== undefined) return wildcards;
    const isLedThroughNames = this.systemOf(file).wildcardName === undefined;
    let leadsOutside = false;
    wildcards = [...new Set(file.wildcards)]
      .filter((specifier) => {
        const module = this.resolveModule(file, specifier);
        if (module === undefined) return isLedThroughNames;
        const isRepeated = module === 'external' && leadsOutside;
        leadsOutside ||= module === 'external';
        return !isRepeated;
      })
      .slice(0, MAX_WILDCARDS);
    this.#wildcards.set(file, wildcards);
    return wildcards;
  }

  /** A name of a module: exported, re-exported, or a submodule. */
  exportOf(module: ModuleTarget, name: string, visited: Visited = new Set()): Lookup | undefined {
    const system = this.#systems.of(module.family);
    if (system.moduleName !== undefined) return system.moduleName(module, name);
    for (const path of module.paths) {
      const file = this.#index.byPath.get(path);
      const found = file === undefined ? undefined : this.#exportOfFile(file, name, visited);
      if (found !== undefined) return found;
    }
    return this.#submodule(module, name);
  }

  /** Files whose top-level names are in scope of a file without any import: a Go or Java package. */
  packageFiles(file: FileScope): readonly FileScope[] {
    return this.systemOf(file).packageFiles?.(file) ?? [];
  }

  /** Whether top-level names of one file are seen in the other without any import. */
  sharesScope(file: FileScope, other: FileScope): boolean {
    if (file === other) return true;
    if (file.rules.family !== other.rules.family) return false;
    return this.systemOf(file).sharesScope?.(file, other) ?? this.packageFiles(file).includes(other);
  }

  /** Whether code of a file can mean definitions of the other at all. */
  isVisible(file: FileScope, other: FileScope): boolean {
    return file.rules.family !== other.rules.family || (this.systemOf(file).isVisible?.(file, other) ?? true);
  }

  /** What a name stands for that starts a path: `crate`, `super`. */
  pathRoot(file: FileScope, scope: number, name: string): Lookup | undefined {
    const system = this.systemOf(file);
    if (system.pathRoot === undefined) return undefined;
    return system.pathRoot(file, name, enclosing(file, scope, 'module'));
  }

  /** What a name stands for in the namespaces around a place. */
  ambientName(file: FileScope, scope: number, name: string): Lookup | undefined {
    const system = this.systemOf(file);
    if (system.ambientName === undefined) return undefined;
    const { packageName } = file.parsed;
    const inner = enclosing(file, scope, 'namespace').map(({ definition }) => definition.qualifiedName);
    const names = inner.map((namespace) => (packageName === '' ? namespace : `${packageName}.${namespace}`));
    return system.ambientName(file, packageName === '' ? names : [...names, packageName], name);
  }

  /** All parts of a type. */
  partsOf(type: Declaration): readonly Declaration[] {
    return this.systemOf(type.file).partsOf?.([type]) ?? [type];
  }

  /** Definitions of what is declared without a body, where a language keeps both apart. */
  linked(file: FileScope, declarations: readonly Declaration[]): readonly Declaration[] {
    return this.systemOf(file).linked?.(declarations) ?? declarations;
  }

  /** Methods that may be called like members of a value, by name. */
  extensions(file: FileScope, name: string): readonly Declaration[] {
    return this.systemOf(file).extensions?.(name) ?? [];
  }

  /** A name in a module that is written inside of a file: defined there, or imported. */
  inlineModuleName(module: Declaration, name: string): Lookup | undefined {
    const declarations = module.members.get(name);
    if (declarations !== undefined) return { kind: 'declarations', declarations, tier: 'import' };
    // Other files may add to a namespace.
    if (module.definition.kind === 'namespace') {
      return this.systemOf(module.file).ambientName?.(module.file, [module.definition.qualifiedName], name);
    }
    // Which of a file's imports stand in the module is not known: all do.
    return this.imported(module.file, name) ?? this.importedByWildcard(module.file, name);
  }

  /** What a name stands for that is in scope everywhere: the head of a full name (`com.acme.Pool`). */
  qualifiedPackage(file: FileScope, name: string): Lookup | undefined {
    return this.systemOf(file).qualifiedName?.(file, name);
  }

  #bindingsOf(file: FileScope): ReadonlyMap<string, readonly ImportBinding[]> {
    return this.systemOf(file).bindings?.(file) ?? file.bindings;
  }

  #resolveBinding(file: FileScope, { name, specifier }: ImportBinding, visited: Visited): Lookup | undefined {
    const system = this.systemOf(file);
    if (system.importedName !== undefined) return system.importedName(file, specifier, name);
    const module = this.resolveModule(file, specifier);
    if (module === 'external') return EXTERNAL;
    if (module === undefined)
      return name === '*' ? this.#path(file, specifier, visited) : this.#throughPath(file, specifier, name, visited);
    if (name === '*') return { kind: 'module', module };
    const found = this.exportOf(module, name, visited);
    // CommonJS has no default export: the module object is it.
    return found ?? (name === 'default' ? { kind: 'module', module } : undefined);
  }

  #fromModule(file: FileScope, specifier: string, name: string, visited: Visited): Lookup | undefined {
    const module = this.resolveModule(file, specifier);
    if (module === 'external') return EXTERNAL;
    return module === undefined
      ? this.#throughPath(file, specifier, name, visited)
      : this.exportOf(module, name, visited);
  }

  /** A name below what a path leads to: a variant of an enum, what a module inside of a file defines. */
  #throughPath(file: FileScope, specifier: string, name: string, visited: Visited): Lookup | undefined {
    const owner = this.#path(file, specifier, visited);
    if (owner?.kind === 'module') return this.exportOf(owner.module, name, visited);
    if (owner?.kind !== 'declarations') return owner?.kind === 'external' ? owner : undefined;
    const declarations = owner.declarations.flatMap((declaration) => declaration.members.get(name) ?? []);
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'import' };
  }

  #path(file: FileScope, path: string, visited: Visited): Lookup | undefined {
    const separator = this.systemOf(file).pathSeparator;
    if (separator === undefined) return undefined;
    const end = path.lastIndexOf(separator);
    if (end >= 0) return this.#fromModule(file, path.slice(0, end), path.slice(end + separator.length), visited);
    const key = `${file.parsed.path}\0use ${path}`;
    if (visited.has(key)) return undefined;
    visited.add(key);
    const own = file.members.get(path);
    return own === undefined
      ? this.imported(file, path, visited)
      : { kind: 'declarations', declarations: own, tier: 'import' };
  }

  #exportOfFile(file: FileScope, name: string, visited: Visited): Lookup | undefined {
    const key = `${file.parsed.path}\0${name}`;
    if (visited.has(key)) return undefined;
    const known = this.#exported.get(file) ?? new Map<string, Lookup | undefined>();
    this.#exported.set(file, known);
    if (known.has(name)) return known.get(name);
    // Chains of re-exports this long are made to exhaust the stack (CWE-674).
    if (this.#reexportDepth >= MAX_REEXPORT_DEPTH) return undefined;
    const isOutermost = visited.size === 0;
    visited.add(key);
    this.#reexportDepth++;
    const found =
      this.systemOf(file).visibleNames === 'exported'
        ? this.#exportedName(file, name, visited)
        : this.#topLevelName(file, name, visited);
    this.#reexportDepth--;
    if (isOutermost) known.set(name, found);
    return found;
  }

  #exportedName(file: FileScope, name: string, visited: Visited): Lookup | undefined {
    const local = file.exportAliases.get(name);
    const aliased = local === undefined || local === name ? undefined : this.#topLevelName(file, local, visited);
    if (aliased !== undefined) return aliased;
    const reexport = file.reexports.get(name);
    if (reexport !== undefined) return this.#resolveBinding(file, reexport, visited);
    const own = file.members.get(name);
    if (own !== undefined) return { kind: 'declarations', declarations: own, tier: 'import' };
    if (local === name) return this.#topLevelName(file, name, visited);
    if (name === 'default') return undefined;
    let outside: Lookup | undefined;
    for (const specifier of file.wildcardReexports) {
      const found = this.#fromModule(file, specifier, name, visited);
      if (found !== undefined && found.kind !== 'external') return found;
      outside ??= found;
    }
    return outside;
  }

  /** A name as other files see it where every top-level name is exported; imports count in some languages only. */
  #topLevelName(file: FileScope, name: string, visited: Visited): Lookup | undefined {
    const own = file.members.get(name);
    if (own !== undefined) return { kind: 'declarations', declarations: own, tier: 'import' };
    const typeName = file.typedNames.get(-1)?.get(name);
    if (typeName !== undefined) return { kind: 'local', typeName, file, scope: -1 };
    if (this.systemOf(file).visibleNames === 'own') return undefined;
    return this.imported(file, name, visited) ?? this.importedByWildcard(file, name, visited);
  }

  #submodule(module: ModuleTarget, name: string): Lookup | undefined {
    const found = this.#systems.of(module.family).submodule?.(module, name);
    return found === undefined ? undefined : { kind: 'module', module: found };
  }
}

/** Definitions of a kind around a place, innermost first. */
function enclosing(file: FileScope, scope: number, kind: 'module' | 'namespace'): Declaration[] {
  const found: Declaration[] = [];
  for (let at = definitionAt(file, scope); at !== undefined; at = at.parent ?? undefined) {
    if (at.definition.kind === kind) found.push(at);
  }
  return found;
}
