import type { FileScope } from '../project-index.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution } from './module-target.ts';
import { directoryOf, joinPath } from './paths.ts';

/**
 * Zig: a file is a struct; `@import` of a path gives it, of a name (`std`) a package that the build file knows.
 *
 * @see https://ziglang.org/documentation/0.13.0/#import
 */
export class ZigModules implements ModuleSystem {
  readonly visibleNames = 'own-and-imported';
  readonly reads = 'paths';
  readonly #paths: ReadonlySet<string>;

  constructor(files: readonly FileScope[]) {
    this.#paths = new Set(files.map(({ parsed }) => parsed.path));
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    if (!specifier.endsWith('.zig')) return 'external';
    const path = joinPath(directoryOf(file.parsed.path), specifier);
    return path !== undefined && this.#paths.has(path) ? { family: 'zig', key: path, paths: [path] } : undefined;
  }

  sharesScope(): boolean {
    return false;
  }
}
