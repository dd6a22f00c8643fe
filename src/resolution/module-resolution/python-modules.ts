import type { FileScope, ImportBinding } from '../project-index.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { ancestorDirectories, directoryOf, inDirectory } from './paths.ts';

/** Resolves Python modules: packages with and without `__init__.py`, relative imports, `src` layouts, scripts in one folder. */
export class PythonModules implements ModuleSystem {
  readonly visibleNames = 'own-and-imported';
  readonly reads = 'paths';
  readonly importsSubmodules = true;
  /** Module path without extension → file. */
  readonly #modules = new Map<string, string>();
  /** Folders that hold Python files somewhere below: possible packages. */
  readonly #folders = new Set<string>();
  readonly #packages = new Set<string>();
  /** First segment of a module name → folders it may be imported from. */
  readonly #roots = new Map<string, Set<string>>();
  readonly #bindings = new Map<FileScope, ReadonlyMap<string, readonly ImportBinding[]>>();

  constructor(paths: Iterable<string>) {
    const files = [...paths].filter((path) => /\.pyi?$/.test(path)).sort();
    for (const path of files) {
      const key = path.replace(/\.pyi?$/, '').replace(/(?:^|\/)__init__$/, '');
      if (!this.#modules.has(key) || path.endsWith('.py')) this.#modules.set(key, path);
      if (/(?:^|\/)__init__\.pyi?$/.test(path)) this.#packages.add(key);
      for (const folder of ancestorDirectories(directoryOf(path))) this.#folders.add(folder);
    }
    for (const key of [...this.#modules.keys(), ...this.#packages]) this.#addRoot(key);
  }

  /** A module of the top of an import path is one whose folder is no package itself. */
  #addRoot(key: string): void {
    const root = directoryOf(key);
    if (key === '' || this.#packages.has(root)) return;
    const name = key.slice(root === '' ? 0 : root.length + 1);
    const roots = this.#roots.get(name) ?? new Set();
    this.#roots.set(name, roots.add(root));
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    return this.resolvePath(file.parsed.path, specifier);
  }

  /** `import a.b.c` binds `a`. */
  bindings(file: FileScope): ReadonlyMap<string, readonly ImportBinding[]> {
    let bindings = this.#bindings.get(file);
    if (bindings === undefined) {
      const adjusted = new Map(file.bindings);
      for (const { specifier, names } of file.parsed.imports) {
        const only = names.length === 1 ? names[0] : undefined;
        const head = specifier.split('.')[0] ?? specifier;
        const isPlain = only?.name === '*' && (only.alias === specifier || only.alias === head);
        if (isPlain && head !== '' && head !== specifier)
          adjusted.set(head, [{ alias: head, name: '*', specifier: head }]);
      }
      bindings = adjusted;
      this.#bindings.set(file, bindings);
    }
    return bindings;
  }

  /** `os.path` → `os`. */
  externalPackage(specifier: string): string {
    return specifier.split('.')[0] ?? specifier;
  }

  /** As {@link resolve}, for the file of a path. */
  resolvePath(fromPath: string, specifier: string): ModuleResolution {
    const [, dots = '', name = ''] = /^(\.*)(.*)$/.exec(specifier) ?? [];
    const segments = name === '' ? [] : name.split('.');
    if (dots !== '') {
      const base = ancestorDirectories(directoryOf(fromPath))[dots.length - 1];
      return base === undefined ? undefined : this.#module(inDirectory(base, segments.join('/')));
    }
    const head = segments[0] ?? '';
    for (const root of this.#rootsFor(fromPath, head)) {
      const found = this.#module(inDirectory(root, segments.join('/')));
      if (found !== undefined) return found;
    }
    return this.#roots.has(head) && segments.length > 1 ? undefined : 'external';
  }

  /** A submodule of a package. */
  submodule(module: ModuleTarget, name: string): ModuleTarget | undefined {
    return this.#module(inDirectory(module.key, name));
  }

  /** Folders on the import path of a file: those above it that are no packages, their `src`, then the only other one that has the name. */
  #rootsFor(fromPath: string, head: string): string[] {
    const above = ancestorDirectories(directoryOf(fromPath)).filter((directory) => !this.#packages.has(directory));
    const candidates = above.flatMap((directory) => [directory, inDirectory(directory, 'src')]);
    const others = [...(this.#roots.get(head) ?? [])].filter((root) => !candidates.includes(root));
    return others.length === 1 ? [...candidates, ...others] : candidates;
  }

  #module(key: string): ModuleTarget | undefined {
    const path = this.#modules.get(key);
    if (path !== undefined) return { family: 'python', key, paths: [path] };
    return this.#folders.has(key) && key !== '' ? { family: 'python', key, paths: [], directory: key } : undefined;
  }
}
