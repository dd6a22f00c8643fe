import type { FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution } from './module-target.ts';
import { PathSuffixes } from './path-suffixes.ts';
import { ancestorDirectories, directoryOf, inDirectory, joinPath } from './paths.ts';

/** What the shell puts in at run time: `${DIR}`, `$(dirname "$0")`, `$PSScriptRoot`. */
const EXPANSION = /^.*(?:[)}]|\$[\w:]+)["']?/s;

/** Endings a PowerShell module is found by. */
const ENDINGS: readonly string[] = ['', '.psm1', '.ps1', '.sh'];

/**
 * Shells: a file that loads others (`source`, `.`) runs them in its own scope, so all of them see all their functions. A
 * command that no file defines is a program.
 */
export class SourceModules implements ModuleSystem {
  readonly visibleNames = 'own-and-imported';
  readonly #paths: ReadonlySet<string>;
  readonly #suffixes: PathSuffixes;
  readonly #defined = new Set<string>();
  /** Files that run in one scope, by path. */
  readonly #groups = new Map<string, FileScope[]>();

  constructor(files: readonly FileScope[]) {
    this.#paths = new Set(files.map(({ parsed }) => parsed.path));
    this.#suffixes = new PathSuffixes(this.#paths);
    for (const { members } of files) for (const name of members.keys()) this.#defined.add(name);
    for (const file of files) this.#groups.set(file.parsed.path, [file]);
    this.#joinModuleFolders(files);
    for (const file of files) {
      for (const { specifier } of file.parsed.imports) {
        const module = this.resolve(file, specifier);
        if (typeof module === 'object') for (const path of module.paths) this.#join(file.parsed.path, path);
      }
    }
  }

  /** A PowerShell module loads the files of its folder, usually by listing them. */
  #joinModuleFolders(files: readonly FileScope[]): void {
    const modules = new Map<string, string>();
    for (const { parsed } of files) {
      if (parsed.path.endsWith('.psm1')) modules.set(directoryOf(parsed.path), parsed.path);
    }
    if (modules.size === 0) return;
    for (const { parsed } of files) {
      const folder = ancestorDirectories(directoryOf(parsed.path)).find((directory) => modules.has(directory));
      const module = folder === undefined ? undefined : modules.get(folder);
      if (module !== undefined) this.#join(module, parsed.path);
    }
  }

  #join(path: string, other: string): void {
    const a = this.#groups.get(path);
    const b = this.#groups.get(other);
    if (a === undefined || b === undefined || a === b) return;
    const [small, large] = a.length < b.length ? [a, b] : [b, a];
    for (const file of small) {
      large.push(file);
      this.#groups.set(file.parsed.path, large);
    }
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    const literal = specifier.replace(EXPANSION, '').replace(/^\/+/, '');
    if (literal === '') return undefined;
    if (specifier.startsWith('/') || specifier.startsWith('~')) return 'external';
    for (const ending of ENDINGS) {
      const path = this.#find(file, `${literal}${ending}`);
      if (path !== undefined) return { family: 'source', key: path, paths: [path] };
    }
    return literal.includes('/') || literal !== specifier ? undefined : 'external';
  }

  #find(file: FileScope, name: string): string | undefined {
    const directory = directoryOf(file.parsed.path);
    const beside = joinPath(directory, name);
    if (beside !== undefined && this.#paths.has(beside)) return beside;
    const plain = name.replace(/^(?:\.\.?\/)+/, '');
    const above = ancestorDirectories(directory).map((each) => inDirectory(each, plain));
    return above.find((path) => this.#paths.has(path)) ?? (plain === name ? this.#suffixes.unique(plain) : undefined);
  }

  packageFiles(file: FileScope): readonly FileScope[] {
    return this.#groups.get(file.parsed.path) ?? [file];
  }

  qualifiedName(file: FileScope, name: string): Lookup | undefined {
    const isVariable = name.startsWith('$') || file.typedNames.get(-1)?.has(name) === true;
    return isVariable || this.#defined.has(name) ? undefined : EXTERNAL;
  }
}
