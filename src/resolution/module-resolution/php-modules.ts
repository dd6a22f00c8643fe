import type { Declaration, FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';
import { directoryOf, joinPath } from './paths.ts';

const SEPARATOR = '\\';
const withoutLast = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf(SEPARATOR)));
const lastOf = (name: string): string => name.slice(name.lastIndexOf(SEPARATOR) + 1);
const join = (namespace: string, name: string): string => (namespace === '' ? name : namespace + SEPARATOR + name);

/**
 * Namespaces of PHP: imports and full names name what files declare in a namespace, wherever the files are; files that
 * are included by path are imported too. Where several files declare one name the one counts that PSR-4 would load.
 *
 * @see https://www.php.net/manual/en/language.namespaces.rules.php
 * @see https://www.php-fig.org/psr/psr-4/
 */
export class PhpModules implements ModuleSystem {
  readonly visibleNames = 'own';
  readonly #namespaces = new Map<string, FileScope[]>();
  /** Namespaces that hold files, and those that only hold other namespaces. */
  readonly #prefixes = new Set<string>(['']);
  readonly #paths: ReadonlySet<string>;

  constructor(files: readonly FileScope[]) {
    this.#paths = new Set(files.map(({ parsed }) => parsed.path));
    for (const file of files) {
      const { packageName } = file.parsed;
      addTo(this.#namespaces, packageName, file);
      for (let at = packageName; at !== ''; at = withoutLast(at)) this.#prefixes.add(at);
    }
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    if (specifier.startsWith('./')) return this.#included(file, specifier);
    const [declaration] = this.#declared(specifier);
    if (declaration !== undefined) {
      const { path } = declaration.file.parsed;
      return { family: 'php', key: path, paths: [path] };
    }
    const namespace = this.#namespace(specifier);
    if (namespace !== undefined) return namespace;
    return withoutLast(specifier) !== '' && this.#prefixes.has(withoutLast(specifier)) ? undefined : 'external';
  }

  packageFiles(file: FileScope): readonly FileScope[] {
    return this.#namespaces.get(file.parsed.packageName) ?? [];
  }

  sharesScope(file: FileScope, other: FileScope): boolean {
    return file.parsed.packageName === other.parsed.packageName;
  }

  importedName(file: FileScope, specifier: string, _name: string): Lookup | undefined {
    const declarations = this.#declared(specifier);
    if (declarations.length > 0) return { kind: 'declarations', declarations, tier: 'import' };
    const module = this.#namespace(specifier);
    if (module !== undefined) return { kind: 'module', module };
    return this.resolve(file, specifier) === 'external' ? EXTERNAL : undefined;
  }

  submodule(module: ModuleTarget, name: string): ModuleTarget | undefined {
    return this.#namespace(join(module.key, name));
  }

  /**
   * The root of all names where the name is empty (`\App\run()`), a namespace inside of the file's own
   * (`Util\run()`), or a function or constant of the root: those need no import.
   */
  qualifiedName(file: FileScope, name: string): Lookup | undefined {
    const module = this.#namespace(name === '' ? '' : join(file.parsed.packageName, name));
    if (module !== undefined) return { kind: 'module', module };
    const declarations = this.#declared(name).filter(({ definition }) => !isClassLike(definition.kind));
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'lexical' };
  }

  /** `Symfony\Component\HttpFoundation\Request` is of `Symfony\Component\HttpFoundation`. */
  externalPackage(specifier: string): string {
    return specifier.includes(SEPARATOR) ? withoutLast(specifier) : specifier;
  }

  #included(file: FileScope, specifier: string): ModuleResolution {
    const path = joinPath(directoryOf(file.parsed.path), specifier);
    return path !== undefined && this.#paths.has(path) ? { family: 'php', key: path, paths: [path] } : undefined;
  }

  #declared(fullName: string): readonly Declaration[] {
    const name = lastOf(fullName);
    const files = this.#namespaces.get(withoutLast(fullName)) ?? [];
    const declarations = files.flatMap((file) => file.members.get(name) ?? []);
    if (declarations.length < 2) return declarations;
    const lengths = declarations.map(({ file }) => commonEnd(file.parsed.path, fullName));
    const longest = Math.max(...lengths);
    return longest === 0 ? declarations : declarations.filter((_, at) => lengths[at] === longest);
  }

  #namespace(name: string): ModuleTarget | undefined {
    const files = this.#namespaces.get(name) ?? [];
    if (files.length === 0 && !this.#prefixes.has(name)) return undefined;
    const [directory] = new Set(files.map((file) => directoryOf(file.parsed.path)));
    return { family: 'php', key: name, paths: files.map((file) => file.parsed.path), directory };
  }
}

const CLASS_LIKE: ReadonlySet<string> = new Set(['class', 'interface', 'enum']);

/** Outside of its namespace such a name needs an import. */
const isClassLike = (kind: string): boolean => CLASS_LIKE.has(kind);

/** How many segments of a full name the path ends with: 3 for `src/Util/Net/Http.php` and `App\Util\Net\Http`. */
function commonEnd(path: string, fullName: string): number {
  const segments = path.replace(/\.\w+$/, '').split('/');
  const names = fullName.split(SEPARATOR);
  let count = 0;
  while (count < names.length && segments.at(-1 - count) === names.at(-1 - count)) count++;
  return count;
}
