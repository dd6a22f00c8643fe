import type { ModuleResolution, ModuleTarget } from '../module-resolution/module-target.ts';
import { GoPackages, JavaPackages } from '../module-resolution/package-modules.ts';
import { PythonModules } from '../module-resolution/python-modules.ts';
import { ScriptModules } from '../module-resolution/script-modules.ts';
import type { FileScope, ImportBinding, ProjectIndex } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import { EXTERNAL } from './lookup.ts';
import type { Lookup } from './lookup.ts';

/** Re-exports may form circles; each file is asked once for a name. */
type Visited = Set<string>;

const MAX_REEXPORT_DEPTH = 200;

/** The import tier: what imports bring into a file and what modules export, through any chain of re-exports. */
export class ImportTable {
  readonly #index: ProjectIndex;
  readonly #scripts: ScriptModules;
  readonly #python: PythonModules;
  readonly #java: JavaPackages;
  readonly #go: GoPackages;
  readonly #bindings = new Map<FileScope, ReadonlyMap<string, readonly ImportBinding[]>>();
  readonly #imported = new Map<FileScope, Map<string, Lookup | undefined>>();
  readonly #exported = new Map<FileScope, Map<string, Lookup | undefined>>();

  #reexportDepth = 0;

  constructor(index: ProjectIndex, layout: ProjectLayout) {
    const paths = new Set(index.byPath.keys());
    this.#index = index;
    this.#scripts = new ScriptModules(layout, paths);
    this.#python = new PythonModules(
      index.files.filter(({ rules }) => rules.family === 'python').map(({ parsed }) => parsed.path),
    );
    this.#java = new JavaPackages(index.files);
    this.#go = new GoPackages(index.files, layout);
  }

  /** The module a specifier stands for in a file. Java imports name types, not modules: use {@link imported}. */
  resolveModule(file: FileScope, specifier: string): ModuleResolution {
    const { path } = file.parsed;
    switch (file.rules.family) {
      case 'script':
        return this.#scripts.resolve(path, specifier);
      case 'python':
        return this.#python.resolve(path, specifier);
      case 'go':
        return this.#go.resolve(path, specifier);
      case 'java':
        return this.#javaModule(specifier);
      default:
        return undefined;
    }
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
    let outside: Lookup | undefined;
    for (const specifier of file.wildcards) {
      const found =
        file.rules.family === 'java'
          ? this.#javaWildcard(specifier, name)
          : this.#fromModule(file, specifier, name, visited);
      if (found !== undefined && found.kind !== 'external') return found;
      outside ??= found;
    }
    return outside;
  }

  /** A name of a module: exported, re-exported, or a submodule. */
  exportOf(module: ModuleTarget, name: string, visited: Visited = new Set()): Lookup | undefined {
    for (const path of module.paths) {
      const file = this.#index.byPath.get(path);
      const found = file === undefined ? undefined : this.#exportOfFile(file, name, visited);
      if (found !== undefined) return found;
    }
    return this.#submodule(module, name);
  }

  /** Files that share one scope with a file without any import: a Go or Java package. */
  packageFiles(file: FileScope): readonly FileScope[] {
    if (file.rules.family === 'go') return this.#go.filesOf(file);
    return file.rules.family === 'java' ? this.#java.filesOf(file.parsed.packageName) : [];
  }

  /** A package whose full name is written out in code: `java.util.List`, `com.acme.Pool`. */
  qualifiedPackage(file: FileScope, name: string): Lookup | undefined {
    const module = file.rules.family === 'java' ? this.#java.package(name) : undefined;
    return module === undefined ? undefined : { kind: 'module', module, file };
  }

  /** A module's names: aliases of one import may differ from what the parser can know. */
  #bindingsOf(file: FileScope): ReadonlyMap<string, readonly ImportBinding[]> {
    let bindings = this.#bindings.get(file);
    if (bindings === undefined) {
      bindings = this.#adjustBindings(file);
      this.#bindings.set(file, bindings);
    }
    return bindings;
  }

  #adjustBindings(file: FileScope): ReadonlyMap<string, readonly ImportBinding[]> {
    if (file.rules.family !== 'python' && file.rules.family !== 'go') return file.bindings;
    const bindings = new Map(file.bindings);
    for (const { specifier, names } of file.parsed.imports) {
      const only = names.length === 1 ? names[0] : undefined;
      if (file.rules.family === 'go') {
        // Without an alias the name is the package's own, which need not be the end of its path.
        const written = only?.alias ?? '';
        const alias =
          written === '' || specifier.endsWith(written) ? this.#go.defaultAlias(file.parsed.path, specifier) : written;
        if (alias !== '_' && alias !== '.') bindings.set(alias, [{ alias, name: '*', specifier }]);
      } else if (
        only?.name === '*' &&
        specifier.includes('.') &&
        (only.alias === specifier || only.alias === specifier.split('.')[0])
      ) {
        // `import a.b.c` binds `a`.
        const alias = specifier.split('.')[0] ?? specifier;
        if (alias !== '') bindings.set(alias, [{ alias, name: '*', specifier: alias }]);
      }
    }
    return bindings;
  }

  #resolveBinding(file: FileScope, { name, specifier }: ImportBinding, visited: Visited): Lookup | undefined {
    if (file.rules.family === 'java') return this.#javaImport(specifier, name);
    const module = this.resolveModule(file, specifier);
    if (module === 'external') return EXTERNAL;
    if (module === undefined) return undefined;
    if (name === '*') return { kind: 'module', module, file };
    const found = this.exportOf(module, name, visited);
    // CommonJS has no default export: the module object is it.
    return found ?? (name === 'default' ? { kind: 'module', module, file } : undefined);
  }

  #fromModule(file: FileScope, specifier: string, name: string, visited: Visited): Lookup | undefined {
    const module = this.resolveModule(file, specifier);
    return module === 'external' ? EXTERNAL : module === undefined ? undefined : this.exportOf(module, name, visited);
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
      file.rules.family === 'script'
        ? this.#scriptExport(file, name, visited)
        : this.#topLevelName(file, name, visited);
    this.#reexportDepth--;
    if (isOutermost) known.set(name, found);
    return found;
  }

  #scriptExport(file: FileScope, name: string, visited: Visited): Lookup | undefined {
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

  /** A name as other files see it where every top-level name is exported; imports count in Python only. */
  #topLevelName(file: FileScope, name: string, visited: Visited): Lookup | undefined {
    const own = file.members.get(name);
    if (own !== undefined) return { kind: 'declarations', declarations: own, tier: 'import' };
    const typeName = file.typedNames.get(-1)?.get(name);
    if (typeName !== undefined) return { kind: 'local', typeName, file, scope: -1 };
    if (file.rules.family === 'go' || file.rules.family === 'java') return undefined;
    return this.imported(file, name, visited) ?? this.importedByWildcard(file, name, visited);
  }

  #submodule(module: ModuleTarget, name: string): Lookup | undefined {
    const [path] = module.paths;
    const file = path === undefined ? this.#fileInside(module) : this.#index.byPath.get(path);
    if (file === undefined) return undefined;
    if (file.rules.family === 'python') {
      const found = this.#python.submodule(module, name);
      return found === undefined ? undefined : { kind: 'module', module: found, file };
    }
    return file.rules.family === 'java' ? this.qualifiedPackage(file, `${module.key}.${name}`) : undefined;
  }

  /** Some file of a package that has none of its own: says which language it is of. */
  #fileInside(module: ModuleTarget): FileScope | undefined {
    const prefix = module.directory === undefined ? undefined : `${module.directory}/`;
    return this.#index.files.find(({ parsed, rules }) =>
      prefix === undefined
        ? rules.family === 'java' && parsed.packageName.startsWith(`${module.key}.`)
        : parsed.path.startsWith(prefix),
    );
  }

  #javaModule(specifier: string): ModuleResolution {
    const name = specifier.replace(/\.\*$/, '');
    const owner = this.#java.types(name)[0] ?? this.#java.types(withoutLast(name))[0];
    if (owner !== undefined) return { key: owner.file.parsed.path, paths: [owner.file.parsed.path] };
    const found = this.#java.package(name);
    if (found !== undefined) return found;
    return this.#java.package(withoutLast(name)) === undefined ? 'external' : undefined;
  }

  /** `import a.b.C`, `import static a.b.C.m`; the parser may give the last segment as the name. */
  #javaImport(specifier: string, name: string): Lookup | undefined {
    const fullNames =
      name === '*' || specifier.endsWith(`.${name}`) ? [specifier] : [`${specifier}.${name}`, specifier];
    for (const fullName of fullNames) {
      const types = this.#java.types(fullName);
      if (types.length > 0) return { kind: 'declarations', declarations: types, tier: 'import' };
      const last = fullName.slice(fullName.lastIndexOf('.') + 1);
      const members = this.#java.types(withoutLast(fullName)).flatMap((type) => type.members.get(last) ?? []);
      if (members.length > 0) return { kind: 'declarations', declarations: members, tier: 'import' };
    }
    return this.#javaModule(specifier) === 'external' ? EXTERNAL : undefined;
  }

  #javaWildcard(specifier: string, name: string): Lookup | undefined {
    const owner = specifier.replace(/\.\*$/, '');
    const declarations = this.#java.types(owner).flatMap((type) => type.members.get(name) ?? []);
    const found = declarations.length > 0 ? declarations : this.#java.types(`${owner}.${name}`);
    if (found.length > 0) return { kind: 'declarations', declarations: found, tier: 'import' };
    return this.#javaModule(owner) === 'external' ? EXTERNAL : undefined;
  }
}

const withoutLast = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
