import { isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';
import { directoryOf } from './paths.ts';

const withoutLast = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/**
 * Packages of the Java virtual machine: imports name types, or members of types and packages, by their full name;
 * files of one package see each other.
 *
 * @see https://docs.oracle.com/javase/specs/jls/se21/html/jls-7.html
 */
export class JvmModules implements ModuleSystem {
  readonly visibleNames = 'own';
  readonly #packages = new Map<string, FileScope[]>();
  /** `package.Outer.Inner` → its declarations. */
  readonly #types = new Map<string, Declaration[]>();
  /** Packages that hold files, and those that only hold other packages. */
  readonly #prefixes = new Set<string>();

  constructor(files: readonly FileScope[]) {
    for (const file of files) {
      const { packageName } = file.parsed;
      addTo(this.#packages, packageName, file);
      for (let at = packageName; at !== ''; at = withoutLast(at)) this.#prefixes.add(at);
      for (const declaration of file.declarations) {
        if (!isType(declaration)) continue;
        const { qualifiedName } = declaration.definition;
        addTo(this.#types, packageName === '' ? qualifiedName : `${packageName}.${qualifiedName}`, declaration);
      }
    }
  }

  resolve(_file: FileScope, specifier: string): ModuleResolution {
    const name = specifier.replace(/\.\*$/, '');
    const owner = this.#typesOf(name)[0] ?? this.#typesOf(withoutLast(name))[0] ?? this.#packageMembers(name)[0];
    if (owner !== undefined) return { family: 'jvm', key: owner.file.parsed.path, paths: [owner.file.parsed.path] };
    const found = this.#package(name);
    if (found !== undefined) return found;
    return this.#package(withoutLast(name)) === undefined ? 'external' : undefined;
  }

  packageFiles(file: FileScope): readonly FileScope[] {
    return this.#filesOf(file.parsed.packageName);
  }

  sharesScope(file: FileScope, other: FileScope): boolean {
    return file.parsed.packageName === other.parsed.packageName;
  }

  /** `import a.b.C`, `import static a.b.C.m`, `import a.b.f`; the parser may give the last segment as the name. */
  importedName(file: FileScope, specifier: string, name: string): Lookup | undefined {
    const fullNames =
      name === '*' || specifier.endsWith(`.${name}`) ? [specifier] : [`${specifier}.${name}`, specifier];
    for (const fullName of fullNames) {
      const members = this.#typesOf(withoutLast(fullName)).flatMap((type) => type.members.get(lastOf(fullName)) ?? []);
      const found = [this.#typesOf(fullName), members, this.#packageMembers(fullName)].find((all) => all.length > 0);
      if (found !== undefined) return { kind: 'declarations', declarations: found, tier: 'import' };
    }
    return this.resolve(file, specifier) === 'external' ? EXTERNAL : undefined;
  }

  wildcardName(file: FileScope, specifier: string, name: string): Lookup | undefined {
    const owner = specifier.replace(/\.\*$/, '');
    const members = this.#typesOf(owner).flatMap((type) => type.members.get(name) ?? []);
    const fullName = `${owner}.${name}`;
    const found = [members, this.#typesOf(fullName), this.#packageMembers(fullName)].find((all) => all.length > 0);
    if (found !== undefined) return { kind: 'declarations', declarations: found, tier: 'import' };
    return this.resolve(file, owner) === 'external' ? EXTERNAL : undefined;
  }

  submodule(module: ModuleTarget, name: string): ModuleTarget | undefined {
    return this.#package(`${module.key}.${name}`);
  }

  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    const module = this.#package(name);
    return module === undefined ? undefined : { kind: 'module', module };
  }

  /** `java.util.List` → `java.util`. */
  externalPackage(specifier: string): string {
    const segments = specifier.split('.').filter((segment) => /^\p{Ll}/u.test(segment));
    return segments.length === 0 ? specifier : segments.join('.');
  }

  #typesOf(fullName: string): readonly Declaration[] {
    return this.#types.get(fullName) ?? [];
  }

  #filesOf(packageName: string): readonly FileScope[] {
    return this.#packages.get(packageName) ?? [];
  }

  /** Functions and values at the top of the files of a package, those that extend a type among them: Kotlin, Scala. */
  #packageMembers(fullName: string): readonly Declaration[] {
    const name = lastOf(fullName);
    const files = this.#filesOf(withoutLast(fullName));
    const members = files.flatMap((file) => file.members.get(name) ?? []);
    if (members.length > 0) return members;
    const isExtension = ({ definition, parent }: Declaration): boolean => definition.name === name && parent === null;
    return files.flatMap((file) =>
      file.rules.detachedMembers === 'none' ? [] : file.declarations.filter(isExtension),
    );
  }

  /** A package, or undefined where no file of the project is in it or below it. */
  #package(name: string): ModuleTarget | undefined {
    const files = this.#filesOf(name);
    if (files.length === 0 && !this.#prefixes.has(name)) return undefined;
    const [directory] = new Set(files.map((file) => directoryOf(file.parsed.path)));
    return { family: 'jvm', key: name, paths: files.map((file) => file.parsed.path), directory };
  }
}
