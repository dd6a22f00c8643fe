import { isExtension, isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution } from './module-target.ts';
import { addTo } from './multimap.ts';
import { directoryOf } from './paths.ts';

/** A type with more extensions than this was made to take time: each of them asks for all (CWE-407). */
const MAX_PARTS = 1_000;

/**
 * Swift: the files of a module see each other without imports, but for what is private to its file. A module is a folder
 * below `Sources` or `Tests`, else the whole project.
 *
 * @see https://docs.swift.org/swift-book/documentation/the-swift-programming-language/accesscontrol/
 */
export class SwiftModules implements ModuleSystem {
  readonly visibleNames = 'own';
  /** Names at the top of the files, without what is private to them. */
  readonly #top = new Map<string, Declaration[]>();
  /** Types and their extensions by full name. */
  readonly #types = new Map<string, Declaration[]>();
  /** Name of a module → its files. */
  readonly #modules = new Map<string, FileScope[]>();

  constructor(files: readonly FileScope[]) {
    for (const file of files) {
      const module = moduleOf(file);
      if (module !== '') addTo(this.#modules, module.slice(module.lastIndexOf('/') + 1), file);
      for (const [name, declarations] of file.members) {
        for (const declaration of declarations) {
          if (declaration.definition.exported) addTo(this.#top, name, declaration);
        }
      }
      for (const declaration of file.declarations) {
        if (isType(declaration)) addTo(this.#types, declaration.definition.qualifiedName, declaration);
      }
    }
  }

  resolve(_file: FileScope, specifier: string): ModuleResolution {
    const name = specifier.split('.')[0] ?? specifier;
    const [first] = this.#modules.get(name) ?? [];
    if (first === undefined) return 'external';
    return { family: 'swift', key: name, paths: [], directory: moduleOf(first) };
  }

  sharesScope(file: FileScope, other: FileScope): boolean {
    return moduleOf(file) === moduleOf(other);
  }

  qualifiedName(file: FileScope, name: string): Lookup | undefined {
    const all = this.#top.get(name) ?? [];
    const own = all.filter((declaration) => moduleOf(declaration.file) === moduleOf(file));
    const declarations = own.length > 0 ? own : all;
    // Several of one name: nothing here says which is meant, and none is.
    const files = new Set(declarations.filter((declaration) => !isExtension(declaration)).map((found) => found.file));
    if (declarations.length === 0 || files.size > 1) return undefined;
    return { kind: 'declarations', declarations, tier: own.length > 0 ? 'lexical' : 'import' };
  }

  /** A type and its extensions, the type first. */
  partsOf(types: readonly Declaration[]): readonly Declaration[] {
    const parts = new Set(types.flatMap((type) => this.#partsOf(type)));
    return [...parts].sort((a, b) => Number(isExtension(a)) - Number(isExtension(b)));
  }

  #partsOf(type: Declaration): readonly Declaration[] {
    const named = this.#types.get(type.definition.qualifiedName) ?? [type];
    if (named.length > MAX_PARTS) return [type];
    const types = named.filter((part) => !isExtension(part));
    // Types of one name in several modules: an extension is of the one in its own.
    if (types.length < 2) return named;
    return named.filter((part) => part === type || moduleOf(part.file) === moduleOf(type.file));
  }
}

/** Folder of the module a file is in, or empty. */
function moduleOf({ parsed }: FileScope): string {
  const directory = directoryOf(parsed.path);
  return /^(?:.*\/)?(?:Sources|Tests)\/[^/]+/.exec(directory)?.[0] ?? '';
}
