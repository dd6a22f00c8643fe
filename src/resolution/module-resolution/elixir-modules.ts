import type { Declaration, FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';

const UPPER_CASE = /^\p{Lu}/u;

/**
 * Elixir: modules have full names that are known everywhere; `alias` shortens them, `import` brings their functions in,
 * `use` runs a macro that may define anything.
 *
 * @see https://hexdocs.pm/elixir/alias-require-and-import.html
 */
export class ElixirModules implements ModuleSystem {
  readonly visibleNames = 'own';
  /** Modules and protocols by full name. */
  readonly #modules = new Map<string, Declaration[]>();
  /** Beginnings of full names: `MyApp` of `MyApp.Pool`. */
  readonly #prefixes = new Set<string>();
  readonly #shortNames = new WeakMap<FileScope, ReadonlySet<string>>();

  constructor(files: readonly FileScope[]) {
    for (const { declarations } of files) {
      for (const declaration of declarations) {
        const { kind, qualifiedName } = declaration.definition;
        if (kind !== 'module' && kind !== 'interface') continue;
        addTo(this.#modules, qualifiedName, declaration);
        for (let at = qualifiedName; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.'))))
          this.#prefixes.add(at);
      }
    }
  }

  resolve(_file: FileScope, specifier: string): ModuleResolution {
    const name = specifier.replace(/^Elixir\./, '');
    return this.#prefixes.has(name) ? this.#target(name) : 'external';
  }

  #target(name: string): ModuleTarget {
    const paths = new Set((this.#modules.get(name) ?? []).map(({ file }) => file.parsed.path));
    return { family: 'elixir', key: name, paths: [...paths] };
  }

  wildcardName(file: FileScope, specifier: string, name: string): Lookup | undefined {
    // Functions and macros are imported, never modules.
    if (UPPER_CASE.test(name)) return undefined;
    const module = this.resolve(file, specifier);
    if (module === 'external') return EXTERNAL;
    const isImport = file.parsed.imports.some(
      (each) => each.specifier === specifier && each.names.some(({ alias }) => alias === '*'),
    );
    return isImport && typeof module === 'object' ? this.moduleName(module, name) : undefined;
  }

  moduleName({ key }: ModuleTarget, name: string): Lookup | undefined {
    const declarations = (this.#modules.get(key) ?? []).flatMap((module) => module.members.get(name) ?? []);
    const inner = `${key}.${name}`;
    const protocols = (this.#modules.get(inner) ?? []).filter(({ definition }) => definition.kind === 'interface');
    if (protocols.length > 0) return { kind: 'declarations', declarations: protocols, tier: 'import' };
    if (this.#prefixes.has(inner)) return { kind: 'module', module: this.#target(inner) };
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'import' };
  }

  /** Full names start at the top, also inside of the module whose name they start with; an alias or a module within goes first. */
  pathRoot(file: FileScope, name: string): Lookup | undefined {
    if (!UPPER_CASE.test(name) || !this.#prefixes.has(name)) return undefined;
    return this.#shortNamesOf(file).has(name) ? undefined : { kind: 'module', module: this.#target(name) };
  }

  /** Names that are short for others in a file: aliases, and modules in modules. */
  #shortNamesOf(file: FileScope): ReadonlySet<string> {
    let names = this.#shortNames.get(file);
    if (names === undefined) {
      const { imports, definitions } = file.parsed;
      names = new Set([
        ...imports.flatMap((each) => each.names.map(({ alias }) => alias)),
        ...definitions.filter((each) => each.name !== each.qualifiedName).map(({ name }) => name),
      ]);
      this.#shortNames.set(file, names);
    }
    return names;
  }

  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    if (this.#prefixes.has(name)) return { kind: 'module', module: this.#target(name) };
    // A module that the project does not define is of a dependency, or of the language.
    return UPPER_CASE.test(name) ? EXTERNAL : undefined;
  }

  sharesScope(): boolean {
    return false;
  }

  /** `Ecto.Query` is of `Ecto`. */
  externalPackage(specifier: string): string {
    return specifier.split('.')[0] ?? specifier;
  }
}
