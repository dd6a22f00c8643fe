import type { ProjectLayout } from '../project-layout.ts';
import type { FileScope } from '../project-index.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { directoryOf, inDirectory, joinPath } from './paths.ts';
import { TsconfigPaths } from './tsconfig-paths.ts';
import { WorkspacePackages } from './workspace-packages.ts';

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.d.mts', '.vue', '.svelte'];
/** TypeScript sources are imported under the name of the file they are compiled to. */
const COMPILED_FROM: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, ['.ts', '.tsx', '.d.ts', '.jsx']],
  [/\.jsx$/, ['.tsx']],
  [/\.mjs$/, ['.mts', '.d.mts']],
  [/\.cjs$/, ['.cts']],
  [/\.d\.ts$/, ['.ts', '.tsx']],
];

/** Resolves TypeScript and JavaScript specifiers: relative, `paths`, `#imports` and workspace packages. */
export class ScriptModules implements ModuleSystem {
  readonly visibleNames = 'exported';
  readonly reads = 'paths';
  readonly #paths: ReadonlySet<string>;
  readonly #tsconfig: TsconfigPaths;
  readonly #workspaces: WorkspacePackages;
  readonly #cache = new Map<string, ModuleResolution>();

  constructor(layout: ProjectLayout, parsedPaths: ReadonlySet<string>) {
    this.#paths = parsedPaths;
    this.#tsconfig = new TsconfigPaths(layout);
    this.#workspaces = new WorkspacePackages(layout);
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    return this.resolvePath(file.parsed.path, specifier);
  }

  /** As {@link resolve}, for the file of a path. */
  resolvePath(fromPath: string, specifier: string): ModuleResolution {
    const directory = directoryOf(fromPath);
    const key = `${directory}\0${specifier}`;
    if (!this.#cache.has(key))
      this.#cache.set(key, this.#find(directory, specifier.replace(/[?#](?:raw|url|worker|inline).*$/, '')));
    return this.#cache.get(key);
  }

  /** `@scope/name/sub` → `@scope/name`. */
  externalPackage(specifier: string): string {
    return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  }

  #find(directory: string, specifier: string): ModuleResolution {
    if (/^\.{1,2}(?:\/|$)/.test(specifier)) {
      const path = joinPath(directory, specifier);
      return path === undefined ? undefined : this.#probe(path);
    }
    if (specifier.startsWith('node:')) return 'external';
    const candidates = specifier.startsWith('#')
      ? [
          ...this.#workspaces.privateCandidates(directory, specifier),
          ...this.#tsconfig.candidates(directory, specifier),
        ]
      : [...this.#tsconfig.candidates(directory, specifier), ...this.#workspaces.candidates(specifier)];
    for (const candidate of candidates) {
      const found = this.#probe(candidate);
      if (found !== undefined) return found;
    }
    // A name with a scope of its own ("@/x", "~/x") is an alias of some bundler, not a package.
    return /^(?:@\/|~|#|\/)/.test(specifier) ? undefined : 'external';
  }

  /** The file a path without or with a compiled extension stands for, then the index of the folder. */
  #probe(path: string): ModuleTarget | undefined {
    const found = this.#probeFile(path) ?? this.#probeFile(inDirectory(path, 'index'));
    return found === undefined ? undefined : { family: 'script', key: found, paths: [found] };
  }

  #probeFile(path: string): string | undefined {
    if (this.#paths.has(path)) return path;
    for (const [compiled, sources] of COMPILED_FROM) {
      if (!compiled.test(path)) continue;
      const source = sources
        .map((extension) => path.replace(compiled, extension))
        .find((candidate) => this.#paths.has(candidate));
      if (source !== undefined) return source;
    }
    for (const extension of EXTENSIONS) if (this.#paths.has(path + extension)) return path + extension;
    return undefined;
  }
}
