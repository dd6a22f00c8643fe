import type { Declaration, FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution } from './module-target.ts';
import { addTo } from './multimap.ts';
import { PathSuffixes } from './path-suffixes.ts';
import { ancestorDirectories, directoryOf, inDirectory } from './paths.ts';

/** Folders `package.path` usually names. */
const ROOTS: readonly string[] = ['', 'lua', 'src', 'lib'];

/**
 * Lua: `require 'a.b'` runs `a/b.lua` or `a/b/init.lua` and gives the value the file returns; what is not `local` is
 * global to all files.
 *
 * @see https://www.lua.org/manual/5.4/manual.html#6.3
 */
export class LuaModules implements ModuleSystem {
  readonly visibleNames = 'exported';
  readonly #byPath = new Map<string, FileScope>();
  readonly #suffixes: PathSuffixes;
  readonly #globals = new Map<string, Declaration[]>();

  constructor(files: readonly FileScope[]) {
    for (const file of files) {
      this.#byPath.set(file.parsed.path, file);
      for (const [name, declarations] of file.members) {
        for (const each of declarations) if (each.definition.exported) addTo(this.#globals, name, each);
      }
    }
    this.#suffixes = new PathSuffixes(this.#byPath.keys());
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    const name = specifier
      .replace(/\.lua$/, '')
      .replace(/^\.\//, '')
      .replaceAll('.', '/');
    const endings = [`${name}.lua`, `${name}/init.lua`];
    for (const directory of ancestorDirectories(directoryOf(file.parsed.path))) {
      for (const root of ROOTS) {
        for (const ending of endings) {
          const path = inDirectory(inDirectory(directory, root), ending);
          if (this.#byPath.has(path)) return target(path);
        }
      }
    }
    const [elsewhere] = endings.flatMap((ending) => this.#suffixes.unique(ending) ?? []);
    return elsewhere === undefined ? 'external' : target(elsewhere);
  }

  /** What `require` gives, and a field of it. */
  importedName(file: FileScope, specifier: string, name: string): Lookup | undefined {
    const module = this.resolve(file, specifier);
    if (module === 'external') return EXTERNAL;
    const [path] = module?.paths ?? [];
    const scope = path === undefined ? undefined : this.#byPath.get(path);
    if (typeof module !== 'object' || scope === undefined) return undefined;
    const returned = scope.exportAliases.get('default');
    const value = returned === undefined ? undefined : scope.members.get(returned);
    if (name === 'default') {
      return value === undefined
        ? { kind: 'module', module }
        : { kind: 'declarations', declarations: value, tier: 'import' };
    }
    const local = scope.exportAliases.get(name);
    const declarations =
      local === undefined ? value?.flatMap((each) => each.members.get(name) ?? []) : scope.members.get(local);
    return declarations === undefined || declarations.length === 0
      ? undefined
      : { kind: 'declarations', declarations, tier: 'import' };
  }

  sharesScope(): boolean {
    return false;
  }

  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    const declarations = this.#globals.get(name);
    return declarations === undefined ? undefined : { kind: 'declarations', declarations, tier: 'import' };
  }
}

const target = (path: string): ModuleResolution => ({ family: 'lua', key: path, paths: [path] });
