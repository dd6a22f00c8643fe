import { goPackageKey } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { ancestorDirectories, directoryOf, inDirectory } from './paths.ts';

/** Java packages and the types in them. */
export class JavaPackages {
  readonly #packages = new Map<string, FileScope[]>();
  /** `package.Outer.Inner` → its declarations. */
  readonly #types = new Map<string, Declaration[]>();
  readonly #prefixes = new Set<string>();

  constructor(files: readonly FileScope[]) {
    for (const file of files.filter(({ rules }) => rules.family === 'java')) {
      const { packageName } = file.parsed;
      push(this.#packages, packageName, file);
      for (let at = packageName; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) this.#prefixes.add(at);
      for (const declaration of file.declarations) {
        const { kind, qualifiedName } = declaration.definition;
        if (kind === 'class' || kind === 'interface' || kind === 'enum') {
          push(this.#types, packageName === '' ? qualifiedName : `${packageName}.${qualifiedName}`, declaration);
        }
      }
    }
  }

  /** Types with a full name. */
  types(fullName: string): readonly Declaration[] {
    return this.#types.get(fullName) ?? [];
  }

  filesOf(packageName: string): readonly FileScope[] {
    return this.#packages.get(packageName) ?? [];
  }

  /** A package, or undefined where no file of the project is in it or below it. */
  package(name: string): ModuleTarget | undefined {
    const files = this.filesOf(name);
    if (files.length === 0 && !this.#prefixes.has(name)) return undefined;
    const folders = new Set(files.map((file) => directoryOf(file.parsed.path)));
    const [directory] = folders;
    return { key: name, paths: files.map((file) => file.parsed.path), directory };
  }
}

/** Go packages: the files of one folder under the module path of a `go.mod`. */
export class GoPackages {
  /** Module path and folder of every `go.mod`, longest module path first. */
  readonly #modules: readonly (readonly [modulePath: string, directory: string])[];
  readonly #byDirectory = new Map<string, FileScope[]>();
  readonly #byKey = new Map<string, FileScope[]>();

  constructor(files: readonly FileScope[], layout: ProjectLayout) {
    for (const file of files.filter(({ rules }) => rules.family === 'go')) {
      push(this.#byDirectory, directoryOf(file.parsed.path), file);
      push(this.#byKey, goPackageKey(file.parsed), file);
    }
    const modules: [string, string][] = [];
    for (const path of [...layout.paths].sort()) {
      if (!/(?:^|\/)go\.mod$/.test(path)) continue;
      const modulePath = /^\s*module\s+"?([^\s"]+)/m.exec(layout.readManifest(path) ?? '')?.[1];
      if (modulePath !== undefined) modules.push([modulePath, directoryOf(path)]);
    }
    this.#modules = modules.sort((a, b) => b[0].length - a[0].length);
  }

  /** Files that share one package scope with `file`, itself included. */
  filesOf(file: FileScope): readonly FileScope[] {
    return this.#byKey.get(goPackageKey(file.parsed)) ?? [file];
  }

  /** Name a package is used under where the import gives none. */
  defaultAlias(fromPath: string, specifier: string): string {
    const target = this.resolve(fromPath, specifier);
    const first = typeof target === 'object' ? this.#library(target.key)[0] : undefined;
    const segments = specifier.split('/').filter((segment) => !/^v\d+$/.test(segment));
    return first?.parsed.packageName ?? (segments.at(-1) ?? specifier).replace(/^go-|\.v\d+$|-go$/g, '');
  }

  resolve(fromPath: string, specifier: string): ModuleResolution {
    for (const [modulePath, directory] of this.#modules) {
      if (specifier !== modulePath && !specifier.startsWith(`${modulePath}/`)) continue;
      const target = this.#package(inDirectory(directory, specifier.slice(modulePath.length + 1)));
      if (target !== undefined) return target;
    }
    const vendored = ancestorDirectories(directoryOf(fromPath)).map((directory) =>
      inDirectory(directory, `vendor/${specifier}`),
    );
    const found = vendored.map((directory) => this.#package(directory)).find((target) => target !== undefined);
    if (found !== undefined) return found;
    return this.#modules.some(([modulePath]) => specifier.startsWith(`${modulePath}/`)) ? undefined : 'external';
  }

  #package(directory: string): ModuleTarget | undefined {
    const files = this.#library(directory);
    return files.length === 0 ? undefined : { key: directory, paths: files.map((file) => file.parsed.path), directory };
  }

  /** Files of a folder that others can import: no tests. */
  #library(directory: string): readonly FileScope[] {
    return (this.#byDirectory.get(directory) ?? []).filter(({ parsed }) => !parsed.path.endsWith('_test.go'));
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
