import type { FileScope } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';
import { ancestorDirectories, directoryOf, inDirectory, joinPath } from './paths.ts';

/**
 * R: the files of a package's folder `R` are one namespace, which its tests see too; scripts load each other with
 * `source`. What no file defines is attached from some package.
 *
 * @see https://cran.r-project.org/doc/manuals/r-release/R-exts.html#Package-structure
 */
export class RModules implements ModuleSystem {
  readonly visibleNames = 'own-and-imported';
  readonly #paths: ReadonlySet<string>;
  readonly #defined = new Set<string>();
  /** Root folder of a package → its files. */
  readonly #packages = new Map<string, FileScope[]>();
  /** Name of a package → its root folder. */
  readonly #roots = new Map<string, string>();

  constructor(files: readonly FileScope[], layout: ProjectLayout) {
    this.#paths = new Set(files.map(({ parsed }) => parsed.path));
    for (const path of layout.paths) {
      if (!/(?:^|\/)DESCRIPTION$/.test(path)) continue;
      const root = directoryOf(path);
      const name = /^Package:\s*([\w.]+)/m.exec(layout.readManifest(path) ?? '')?.[1];
      this.#packages.set(root, []);
      if (name !== undefined) this.#roots.set(name, root);
    }
    for (const file of files) {
      for (const name of file.members.keys()) this.#defined.add(name);
      const root = directoryOf(directoryOf(file.parsed.path));
      const isInPackage =
        file.parsed.path === inDirectory(root, `R/${file.parsed.path.slice(file.parsed.path.lastIndexOf('/') + 1)}`);
      if (isInPackage && this.#packages.has(root)) addTo(this.#packages, root, file);
    }
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    if (!specifier.startsWith('./')) {
      const root = this.#roots.get(specifier);
      return root === undefined ? 'external' : this.#packageTarget(root);
    }
    for (const directory of ancestorDirectories(directoryOf(file.parsed.path))) {
      const path = joinPath(directory, specifier);
      if (path !== undefined && this.#paths.has(path)) return { family: 'r', key: path, paths: [path] };
    }
    return undefined;
  }

  #packageTarget(root: string): ModuleTarget {
    const paths = (this.#packages.get(root) ?? []).map(({ parsed }) => parsed.path);
    return { family: 'r', key: `package ${root}`, paths, directory: inDirectory(root, 'R') };
  }

  packageFiles(file: FileScope): readonly FileScope[] {
    const root = ancestorDirectories(directoryOf(file.parsed.path)).find((directory) => this.#packages.has(directory));
    return root === undefined ? [] : (this.#packages.get(root) ?? []);
  }

  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    const root = this.#roots.get(name);
    if (root !== undefined) return { kind: 'module', module: this.#packageTarget(root) };
    return this.#defined.has(name) ? undefined : EXTERNAL;
  }
}
