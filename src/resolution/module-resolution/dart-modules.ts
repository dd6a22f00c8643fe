import { isExtension, isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import type { ProjectLayout } from '../project-layout.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution } from './module-target.ts';
import { addTo } from './multimap.ts';
import { directoryOf, inDirectory, joinPath } from './paths.ts';

/**
 * Dart: a library is a file and its parts; imports name files, `package:` the `lib` folder of a package of the project.
 * Extensions add to the type they are `on`.
 *
 * @see https://dart.dev/language/libraries
 */
export class DartModules implements ModuleSystem {
  readonly visibleNames = 'exported';
  readonly #byPath: ReadonlyMap<string, FileScope>;
  /** Name of a package → its folder. */
  readonly #packages = new Map<string, string>();
  /** Path of a file that has parts or is one → all files of its library. */
  readonly #libraries = new Map<string, FileScope[]>();
  readonly #types = new Map<string, Declaration[]>();
  /** Name of a type → what extends it. */
  readonly #extensions = new Map<string, Declaration[]>();

  constructor(files: readonly FileScope[], layout: ProjectLayout) {
    this.#byPath = new Map(files.map((file) => [file.parsed.path, file]));
    for (const path of [...layout.paths].sort()) {
      if (!/(?:^|\/)pubspec\.yaml$/.test(path)) continue;
      const name = /^name:\s*['"]?(\w+)/m.exec(layout.readManifest(path) ?? '')?.[1];
      if (name !== undefined && !this.#packages.has(name)) this.#packages.set(name, directoryOf(path));
    }
    for (const file of files) this.#addFile(file);
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    const path = this.#path(file, specifier);
    if (path === undefined) return 'external';
    if (!this.#byPath.has(path)) return undefined;
    const parts = this.#libraries.get(path)?.map(({ parsed }) => parsed.path) ?? [];
    return { family: 'dart', key: path, paths: [path, ...parts.filter((part) => part !== path)] };
  }

  packageFiles(file: FileScope): readonly FileScope[] {
    return this.#libraries.get(file.parsed.path) ?? [];
  }

  /** A part sees what its library imports. */
  qualifiedName(file: FileScope, name: string): Lookup | undefined {
    const [library] = this.#libraries.get(file.parsed.path) ?? [];
    if (library === undefined || library === file) return undefined;
    for (const specifier of library.wildcards) {
      const module = this.resolve(library, specifier);
      const paths = typeof module === 'object' ? module.paths : [];
      const declarations = paths.flatMap((path) => this.#byPath.get(path)?.members.get(name) ?? []);
      if (declarations.length > 0) return { kind: 'declarations', declarations, tier: 'import' };
    }
    return undefined;
  }

  /** A type and its extensions, whichever of them are given; the type first. */
  partsOf(types: readonly Declaration[]): readonly Declaration[] {
    return [...new Set(types.flatMap((type) => this.#partsOf(type)))];
  }

  /** `package:http/http.dart` is of `package:http`. */
  externalPackage(specifier: string): string {
    return specifier.split('/')[0] ?? specifier;
  }

  #addFile(file: FileScope): void {
    for (const declaration of file.declarations) {
      if (isExtension(declaration)) addTo(this.#extensions, extendedName(declaration), declaration);
      else if (isType(declaration)) addTo(this.#types, declaration.definition.name, declaration);
    }
    for (const { specifier, names, reexport } of file.parsed.imports) {
      if (names.length > 0 || reexport) continue;
      const part = this.#byPath.get(this.#path(file, specifier) ?? '');
      if (part === undefined) continue;
      const library = this.#libraries.get(file.parsed.path) ?? [file];
      library.push(part);
      this.#libraries.set(file.parsed.path, library);
      this.#libraries.set(part.parsed.path, library);
    }
  }

  #partsOf(type: Declaration): readonly Declaration[] {
    const name = isExtension(type) ? extendedName(type) : type.definition.name;
    const types = this.#types.get(name) ?? [];
    // Of several types of one name nothing says here which is extended.
    if (types.length > 1 || (types.length === 1 && !isExtension(type) && types[0] !== type)) return [type];
    return [...types, ...(this.#extensions.get(name) ?? [])];
  }

  /** Path of a file of the project, there or not; undefined for what is outside. */
  #path(file: FileScope, specifier: string): string | undefined {
    if (specifier.startsWith('.')) return joinPath(directoryOf(file.parsed.path), specifier);
    const [, name = '', rest = ''] = /^package:(\w+)\/(.+)$/.exec(specifier) ?? [];
    const folder = this.#packages.get(name);
    return folder === undefined ? undefined : inDirectory(inDirectory(folder, 'lib'), rest);
  }
}

/** `Pool` of `extension Draining on Pool<int>`. */
function extendedName({ definition }: Declaration): string {
  const written = (definition.typeName ?? '').replace(/[<?].*$/s, '');
  return written.slice(written.lastIndexOf('.') + 1);
}
