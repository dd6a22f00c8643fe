import { goPackageKey } from '../project-index.ts';
import type { FileScope, ImportBinding } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import { isBuilt, targetOf, type BuildTarget } from './go-build-constraints.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';
import { ancestorDirectories, directoryOf, inDirectory } from './paths.ts';

/**
 * Go packages: the files of one folder under the module path of a `go.mod`.
 *
 * @see https://go.dev/ref/mod
 */
export class GoModules implements ModuleSystem {
  readonly visibleNames = 'own';
  /** Module path and folder of every `go.mod`, longest module path first. */
  readonly #modules: readonly (readonly [modulePath: string, directory: string])[];
  readonly #byDirectory = new Map<string, FileScope[]>();
  readonly #byKey = new Map<string, FileScope[]>();
  readonly #targets = new Map<FileScope, BuildTarget>();
  readonly #bindings = new Map<FileScope, ReadonlyMap<string, readonly ImportBinding[]>>();

  constructor(files: readonly FileScope[], layout: ProjectLayout) {
    for (const file of files) {
      addTo(this.#byDirectory, directoryOf(file.parsed.path), file);
      addTo(this.#byKey, goPackageKey(file.parsed), file);
    }
    const modules: [string, string][] = [];
    for (const path of [...layout.paths].sort()) {
      if (!/(?:^|\/)go\.mod$/.test(path)) continue;
      const modulePath = /^\s*module\s+"?([^\s"]+)/m.exec(layout.readManifest(path) ?? '')?.[1];
      if (modulePath !== undefined) modules.push([modulePath, directoryOf(path)]);
    }
    this.#modules = modules.sort((a, b) => b[0].length - a[0].length);
  }

  packageFiles(file: FileScope): readonly FileScope[] {
    return this.#byKey.get(goPackageKey(file.parsed)) ?? [file];
  }

  sharesScope(file: FileScope, other: FileScope): boolean {
    return goPackageKey(file.parsed) === goPackageKey(other.parsed);
  }

  isVisible(file: FileScope, { parsed }: FileScope): boolean {
    let target = this.#targets.get(file);
    if (target === undefined) {
      target = targetOf(file.parsed.path, file.parsed.condition);
      this.#targets.set(file, target);
    }
    return isBuilt(parsed.path, parsed.condition, target);
  }

  /** Without an alias the name is the package's own, which need not be the end of its path. */
  bindings(file: FileScope): ReadonlyMap<string, readonly ImportBinding[]> {
    let bindings = this.#bindings.get(file);
    if (bindings === undefined) {
      const adjusted = new Map(file.bindings);
      for (const { specifier, names } of file.parsed.imports) {
        const written = names.length === 1 ? (names[0]?.alias ?? '') : '';
        const isImplied = written === '' || specifier.endsWith(written);
        const alias = isImplied ? this.#defaultAlias(file, specifier) : written;
        if (alias !== '_' && alias !== '.') adjusted.set(alias, [{ alias, name: '*', specifier }]);
      }
      bindings = adjusted;
      this.#bindings.set(file, bindings);
    }
    return bindings;
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    for (const [modulePath, directory] of this.#modules) {
      if (specifier !== modulePath && !specifier.startsWith(`${modulePath}/`)) continue;
      const target = this.#package(file, inDirectory(directory, specifier.slice(modulePath.length + 1)));
      if (target !== undefined) return target;
    }
    const vendored = ancestorDirectories(directoryOf(file.parsed.path)).map((directory) =>
      inDirectory(directory, `vendor/${specifier}`),
    );
    const found = vendored.map((directory) => this.#package(file, directory)).find((target) => target !== undefined);
    if (found !== undefined) return found;
    return this.#modules.some(([modulePath]) => specifier.startsWith(`${modulePath}/`)) ? undefined : 'external';
  }

  #defaultAlias(file: FileScope, specifier: string): string {
    const target = this.resolve(file, specifier);
    const first = typeof target === 'object' ? this.#library(target.key)[0] : undefined;
    const segments = specifier.split('/').filter((segment) => !/^v\d+$/.test(segment));
    return first?.parsed.packageName ?? (segments.at(-1) ?? specifier).replace(/^go-|\.v\d+$|-go$/g, '');
  }

  #package(from: FileScope, directory: string): ModuleTarget | undefined {
    const files = this.#library(directory);
    if (files.length === 0) return undefined;
    const visible = files.filter((file) => this.isVisible(from, file));
    const paths = (visible.length > 0 ? visible : files).map((file) => file.parsed.path);
    return { family: 'go', key: directory, paths, directory };
  }

  /** Files of a folder that others can import: no tests. */
  #library(directory: string): readonly FileScope[] {
    return (this.#byDirectory.get(directory) ?? []).filter(({ parsed }) => !parsed.path.endsWith('_test.go'));
  }
}
