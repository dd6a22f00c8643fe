import { isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution } from './module-target.ts';
import { addTo } from './multimap.ts';
import { ancestorDirectories, directoryOf, inDirectory, joinPath } from './paths.ts';

/** Folders on the load path of a project or a gem. */
const LOAD_FOLDERS: readonly string[] = ['lib', 'app', '', 'test', 'spec'];

/**
 * Constants of Ruby are one tree for the whole program, whichever file was required first; classes and modules may be
 * opened again anywhere. `require` only says which file is loaded.
 *
 * @see https://docs.ruby-lang.org/en/master/syntax/modules_and_classes_rdoc.html
 */
export class RubyModules implements ModuleSystem {
  readonly visibleNames = 'own';
  /** Top-level constants, and functions, which every object has. */
  readonly #top = new Map<string, Declaration[]>();
  /** Types by full name. */
  readonly #types = new Map<string, Declaration[]>();
  readonly #paths: ReadonlySet<string>;
  /** Path behind a folder of the load path, without extension → files. */
  readonly #loadable = new Map<string, string[]>();

  constructor(files: readonly FileScope[]) {
    this.#paths = new Set(files.map(({ parsed }) => parsed.path));
    for (const file of files) {
      const library = /(?:^|\/)lib\/(.+)\.rb$/.exec(file.parsed.path)?.[1];
      if (library !== undefined) addTo(this.#loadable, library, file.parsed.path);
      for (const [name, declarations] of file.members) {
        for (const declaration of declarations) addTo(this.#top, name, declaration);
      }
      for (const declaration of file.declarations) {
        if (isType(declaration)) addTo(this.#types, declaration.definition.qualifiedName, declaration);
      }
    }
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    const path = specifier.startsWith('.') ? this.#relative(file, specifier) : this.#required(file, specifier);
    if (path !== undefined) return { family: 'ruby', key: path, paths: [path] };
    return specifier.startsWith('.') ? undefined : 'external';
  }

  sharesScope(): boolean {
    return false;
  }

  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    const declarations = this.#top.get(name);
    return declarations === undefined ? undefined : { kind: 'declarations', declarations, tier: 'import' };
  }

  partsOf(types: readonly Declaration[]): readonly Declaration[] {
    const [first] = types;
    // Modules may be opened in thousands of files: what stands for all of them is not copied for each.
    if (first !== undefined && types.length === 1) return this.#types.get(first.definition.qualifiedName) ?? types;
    const parts = types.flatMap((type) => this.#types.get(type.definition.qualifiedName) ?? [type]);
    return [...new Set(parts)];
  }

  /** `active_support/core_ext` is of `active_support`. */
  externalPackage(specifier: string): string {
    return specifier.split('/')[0] ?? specifier;
  }

  #relative(file: FileScope, specifier: string): string | undefined {
    const joined = joinPath(directoryOf(file.parsed.path), specifier);
    return joined === undefined ? undefined : this.#existing(joined);
  }

  #required(file: FileScope, specifier: string): string | undefined {
    for (const directory of ancestorDirectories(directoryOf(file.parsed.path))) {
      for (const folder of LOAD_FOLDERS) {
        const found = this.#existing(inDirectory(inDirectory(directory, folder), specifier));
        if (found !== undefined) return found;
      }
    }
    const elsewhere = this.#loadable.get(specifier.replace(/\.rb$/, '')) ?? [];
    return elsewhere.length === 1 ? elsewhere[0] : undefined;
  }

  #existing(path: string): string | undefined {
    return [`${path}.rb`, path].find((candidate) => this.#paths.has(candidate));
  }
}
