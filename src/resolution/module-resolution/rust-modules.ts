import type { Declaration, FileScope } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';
import { directoryOf, inDirectory, joinPath } from './paths.ts';

/** Modules nested deeper are a circle of links. */
const MAX_DEPTH = 64;

/** Files of a package that are the root of a crate of their own. */
const TARGET =
  /^(?:src\/(?:lib|main)\.rs|build\.rs|(?:src\/bin|tests|examples|benches)\/(?:[^/]+\.rs|[^/]+\/main\.rs))$/;

interface Package {
  readonly directory: string;
  /** What other crates call it. */
  readonly name: string;
  readonly library: string;
  /** Crates it uses under a name, by that name: theirs. */
  readonly dependencies: ReadonlyMap<string, string>;
}

/**
 * Crates and their modules: `mod` finds the file of a module, `use` a name by its path.
 *
 * @see https://doc.rust-lang.org/reference/items/modules.html
 */
export class RustModules implements ModuleSystem {
  readonly visibleNames = 'own-and-imported';
  readonly importsSubmodules = true;
  readonly pathSeparator = '::';
  readonly #files: ReadonlyMap<string, FileScope>;
  readonly #packages: readonly Package[];
  readonly #roots = new Set<string>();
  readonly #rootOf = new Map<string, string>();
  readonly #macros = new Map<string, Declaration[]>();

  constructor(files: readonly FileScope[], layout: ProjectLayout) {
    this.#files = new Map(files.map((file) => [file.parsed.path, file]));
    this.#packages = readPackages(layout);
    for (const { directory, library } of this.#packages) {
      this.#roots.add(library);
      const prefix = directory === '' ? '' : `${directory}/`;
      for (const path of this.#files.keys()) {
        if (path.startsWith(prefix) && TARGET.test(path.slice(prefix.length))) this.#roots.add(path);
      }
    }
    for (const path of this.#files.keys()) if (/(?:^|\/)(?:lib|main)\.rs$/.test(path)) this.#roots.add(path);
    for (const { declarations } of files) {
      for (const declaration of declarations) {
        if (declaration.definition.name.endsWith('!')) addTo(this.#macros, declaration.definition.name, declaration);
      }
    }
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    const [head = '', ...rest] = specifier.split('::');
    const start = this.#head(file, head);
    if (start === null) return 'external';
    if (start === undefined) return undefined;
    let at: string | undefined = start;
    for (const segment of rest) {
      at = segment === 'super' ? this.#parent(at) : this.#child(at, segment);
      if (at === undefined) return undefined;
    }
    return target(at);
  }

  submodule(module: ModuleTarget, name: string): ModuleTarget | undefined {
    const [path] = module.paths;
    if (path === undefined) return undefined;
    const found = name === 'super' ? this.#parent(path) : this.#child(path, name);
    return found === undefined ? undefined : target(found);
  }

  /** `crate`, `self` and `super` are modules; those written inside of a file count from the innermost of them. */
  pathRoot(file: FileScope, name: string, modules: readonly Declaration[]): Lookup | undefined {
    const { path } = file.parsed;
    if (name === 'crate' || name === '$crate') return moduleLookup(this.#root(path));
    if (name !== 'self' && name !== 'super') return undefined;
    const inner = name === 'self' ? modules[0] : modules[1];
    if (inner !== undefined) return { kind: 'declarations', declarations: [inner], tier: 'lexical' };
    if (name === 'self' || modules.length === 1) return moduleLookup(path);
    const parent = this.#parent(path);
    return parent === undefined ? undefined : moduleLookup(parent);
  }

  /** Crates, and macros: these are in scope below their definition, or in the whole crate. */
  qualifiedName(file: FileScope, name: string): Lookup | undefined {
    if (name.endsWith('!')) {
      const root = this.#root(file.parsed.path);
      const declarations = (this.#macros.get(name) ?? []).filter(
        (macro) => this.#root(macro.file.parsed.path) === root,
      );
      const [only] = declarations;
      return only === undefined ? undefined : { kind: 'declarations', declarations, tier: 'import' };
    }
    const crate = this.#crate(file, name);
    return crate === null ? EXTERNAL : crate === undefined ? undefined : moduleLookup(crate);
  }

  externalPackage(specifier: string): string {
    return specifier.split('::')[0] ?? specifier;
  }

  /** The file a path starts from; null where it leads out of the project. */
  #head(file: FileScope, head: string): string | null | undefined {
    const { path } = file.parsed;
    if (head === 'crate' || head === '$crate') return this.#root(path);
    if (head === 'self') return path;
    if (head === 'super') return this.#parent(path);
    // What the file itself calls so comes before crates; paths of the 2015 edition start at the crate's root.
    if (file.members.has(head)) return undefined;
    const child = this.#child(path, head);
    if (child !== undefined) return child;
    const isBound = file.bindings.get(head)?.some(({ specifier }) => specifier !== head) === true;
    if (isBound) return undefined;
    const crate = this.#crate(file, head);
    if (crate !== undefined) return crate;
    return this.#child(this.#root(path), head) ?? (this.#hasInRoot(path, head) ? undefined : null);
  }

  #hasInRoot(path: string, name: string): boolean {
    return this.#files.get(this.#root(path))?.members.has(name) === true;
  }

  #crate(file: FileScope, name: string): string | null | undefined {
    const own = this.#packageOf(file.parsed.path);
    const wanted = own?.dependencies.get(name) ?? name;
    const found = this.#packages.find((other) => other.name === wanted && this.#files.has(other.library));
    if (found !== undefined) return found.library;
    return own?.dependencies.has(name) === true || /^(?:std|core|alloc|proc_macro|test)$/.test(name) ? null : undefined;
  }

  #packageOf(path: string): Package | undefined {
    return this.#packages.find(({ directory }) => directory === '' || path.startsWith(`${directory}/`));
  }

  /** Folder in which the modules of a file lie. */
  #folder(path: string): string {
    const isFolder = this.#roots.has(path) || path.endsWith('/mod.rs') || path === 'mod.rs';
    return isFolder ? directoryOf(path) : path.slice(0, -'.rs'.length);
  }

  #child(path: string, name: string): string | undefined {
    const base = inDirectory(this.#folder(path), name);
    return [`${base}.rs`, `${base}/mod.rs`].find((candidate) => candidate !== path && this.#files.has(candidate));
  }

  #parent(path: string): string | undefined {
    if (this.#roots.has(path)) return undefined;
    const folder = /(?:^|\/)mod\.rs$/.test(path) ? directoryOf(directoryOf(path)) : directoryOf(path);
    const candidates = ['mod.rs', 'lib.rs', 'main.rs'].map((name) => inDirectory(folder, name));
    return [...candidates, `${folder}.rs`].find((candidate) => candidate !== path && this.#files.has(candidate));
  }

  #root(path: string): string {
    let root = this.#rootOf.get(path);
    if (root === undefined) {
      root = path;
      for (let depth = 0; depth < MAX_DEPTH; depth++) {
        const parent = this.#parent(root);
        if (parent === undefined) break;
        root = parent;
      }
      this.#rootOf.set(path, root);
    }
    return root;
  }
}

const target = (path: string): ModuleTarget => ({ family: 'rust', key: path, paths: [path] });

const moduleLookup = (path: string): Lookup => ({ kind: 'module', module: target(path) });

/** The packages of a project, deepest folder first. */
function readPackages(layout: ProjectLayout): Package[] {
  const packages: Package[] = [];
  for (const path of [...layout.paths].sort()) {
    if (!/(?:^|\/)Cargo\.toml$/.test(path)) continue;
    const sections = readSections(layout.readManifest(path) ?? '');
    const name = sections.get('package')?.get('name');
    if (name === undefined) continue;
    const directory = directoryOf(path);
    const library = sections.get('lib');
    packages.push({
      directory,
      name: (library?.get('name') ?? name).replaceAll('-', '_'),
      library: joinPath(directory, library?.get('path') ?? 'src/lib.rs') ?? '',
      dependencies: dependenciesOf(sections),
    });
  }
  return packages.sort((a, b) => b.directory.length - a.directory.length);
}

/** Tables of a manifest with their plain values: of an inline table its text. */
function readSections(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.split('\n')) {
    const title = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line)?.[1];
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
    }
    const entry = /^\s*"?([\w-]+)"?(?:\.[\w-]+)?\s*=\s*(.*?)\s*$/.exec(line);
    if (entry !== null) section.set(entry[1] ?? '', (entry[2] ?? '').replace(/^"([^"]*)".*$/, '$1'));
  }
  return sections;
}

function dependenciesOf(sections: ReadonlyMap<string, ReadonlyMap<string, string>>): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, renamed: string | undefined): void => {
    found.set(name.replaceAll('-', '_'), (renamed ?? name).replaceAll('-', '_'));
  };
  for (const [title, values] of sections) {
    const single = /(?:^|\.)(?:dev-|build-)?dependencies\.([\w-]+)$/.exec(title)?.[1];
    if (single !== undefined) add(single, values.get('package'));
    if (!/(?:^|\.)(?:dev-|build-)?dependencies$/.test(title)) continue;
    for (const [name, value] of values) add(name, /package\s*=\s*"([^"]+)"/.exec(value)?.[1]);
  }
  return found;
}
