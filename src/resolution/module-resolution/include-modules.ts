import { hasBody, isCallable, isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';
import { PathSuffixes } from './path-suffixes.ts';
import { ancestorDirectories, directoryOf, inDirectory, joinPath } from './paths.ts';

/** How a specifier names a namespace instead of a header. */
const NAMESPACE = '::';

/** Folders whose headers are on the search path of what lies beside them. */
const INCLUDE_FOLDERS: readonly string[] = ['', 'include', 'src', 'lib', 'source'];

/**
 * C, C++ and Objective-C: a file sees what the headers it includes declare, and theirs; what is declared in one file and
 * defined in another is one thing (linkage). Namespaces are open: every file may add to them.
 *
 * @see ISO/IEC 9899:2018, 6.2.2 (linkage) and 6.10.2 (source file inclusion)
 */
export class IncludeModules implements ModuleSystem {
  readonly visibleNames = 'own';
  readonly #byPath = new Map<string, FileScope>();
  readonly #suffixes: PathSuffixes;
  /** Names at the top of files, with the constants of enumerations that are visible there. */
  readonly #top = new Map<string, Declaration[]>();
  /** Full name of a namespace → its names. */
  readonly #namespaces = new Map<string, Map<string, Declaration[]>>();
  /** Functions with a body that other files can link to, by full name. */
  readonly #definitions = new Map<string, Declaration[]>();
  /** Parts of Objective-C classes: interfaces, implementations, categories. */
  readonly #classes = new Map<string, Declaration[]>();
  readonly #closures = new Map<string, ReadonlySet<string>>();

  constructor(files: readonly FileScope[]) {
    for (const file of files) this.#byPath.set(file.parsed.path, file);
    this.#suffixes = new PathSuffixes(this.#byPath.keys());
    for (const file of files) this.#add(file);
  }

  #add(file: FileScope): void {
    for (const declaration of file.declarations) {
      const { definition, parent } = declaration;
      const { kind, name, qualifiedName } = definition;
      const isEnumerator = kind === 'constant' && parent?.definition.kind === 'enum';
      const scope = isEnumerator ? parent.parent : parent;
      if (kind === 'namespace') this.#openNamespace(qualifiedName);
      if (scope === null && (file.members.get(name)?.includes(declaration) === true || isEnumerator)) {
        addTo(this.#top, name, declaration);
      }
      if (scope?.definition.kind === 'namespace' && declaration.owner === null) {
        addTo(this.#openNamespace(scope.definition.qualifiedName), name, declaration);
      }
      if (isCallable(declaration) && definition.exported && hasBody(declaration)) {
        addTo(this.#definitions, qualifiedName, declaration);
      }
      if (kind === 'class' && file.parsed.language === 'objective-c') addTo(this.#classes, qualifiedName, declaration);
    }
  }

  #openNamespace(name: string): Map<string, Declaration[]> {
    let names = this.#namespaces.get(name);
    if (names !== undefined) return names;
    this.#namespaces.set(name, (names = new Map()));
    if (name.includes('.')) this.#openNamespace(name.slice(0, name.lastIndexOf('.')));
    return names;
  }

  resolve(file: FileScope, specifier: string): ModuleResolution {
    if (specifier.startsWith(NAMESPACE)) {
      const name = specifier.slice(NAMESPACE.length).replaceAll(NAMESPACE, '.');
      return this.#namespaces.has(name) ? namespaceTarget(name) : 'external';
    }
    const isSystem = specifier.startsWith('<');
    const path = isSystem ? this.#searched(file, specifier.slice(1, -1)) : this.#quoted(file, specifier);
    if (path !== undefined) return { family: 'include', key: path, paths: [path] };
    return isSystem ? 'external' : undefined;
  }

  #quoted(file: FileScope, specifier: string): string | undefined {
    const beside = joinPath(directoryOf(file.parsed.path), specifier);
    return beside !== undefined && this.#byPath.has(beside) ? beside : this.#searched(file, specifier, true);
  }

  /** A header on the search path, which build files know: the folders above and their `include`, else the only one of that end. */
  #searched(file: FileScope, specifier: string, isQuoted = false): string | undefined {
    const name = specifier.replace(/^(?:\.\.?\/)+/, '');
    const above = ancestorDirectories(directoryOf(file.parsed.path));
    for (const directory of above) {
      for (const folder of INCLUDE_FOLDERS) {
        // `<string.h>` is the system's, even where a folder above has a `string.h` of its own.
        if (!isQuoted && folder !== 'include' && !name.includes('/')) continue;
        const path = inDirectory(inDirectory(directory, folder), name);
        if (this.#byPath.has(path)) return path;
      }
    }
    return isQuoted || name.includes('/') ? this.#suffixes.unique(name) : undefined;
  }

  wildcardName(file: FileScope, specifier: string, name: string): Lookup | undefined {
    const module = this.resolve(file, specifier);
    if (module === 'external') return this.#onlyType(name) ?? EXTERNAL;
    if (module === undefined) return undefined;
    const [path] = module.paths;
    if (path === undefined) return this.#inNamespace(module.key.slice(NAMESPACE.length), name, file);
    const seen = this.#closure(path);
    const declarations = (this.#top.get(name) ?? []).filter((each) => seen.has(each.file.parsed.path));
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'import' };
  }

  /** A header and all it includes, through any number of files. */
  #closure(path: string): ReadonlySet<string> {
    const known = this.#closures.get(path);
    if (known !== undefined) return known;
    const seen = new Set([path]);
    for (const at of seen) {
      const file = this.#byPath.get(at);
      for (const { specifier } of file?.parsed.imports ?? []) {
        const module = file === undefined ? undefined : this.resolve(file, specifier);
        if (typeof module === 'object') for (const each of module.paths) seen.add(each);
      }
    }
    this.#closures.set(path, seen);
    return seen;
  }

  ambientName(file: FileScope, namespaces: readonly string[], name: string): Lookup | undefined {
    for (const namespace of namespaces) {
      for (let at = namespace; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
        const found = this.#inNamespace(at, name, file);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  moduleName(module: ModuleTarget, name: string): Lookup | undefined {
    if (module.key.startsWith(NAMESPACE)) return this.#inNamespace(module.key.slice(NAMESPACE.length), name);
    const declarations = module.paths.flatMap((path) => this.#byPath.get(path)?.members.get(name) ?? []);
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'import' };
  }

  #inNamespace(namespace: string, name: string, from?: FileScope): Lookup | undefined {
    const all = this.#namespaces.get(namespace)?.get(name) ?? [];
    const seen = from === undefined ? undefined : this.#closure(from.parsed.path);
    const visible = seen === undefined ? [] : all.filter(({ file }) => seen.has(file.parsed.path));
    const declarations = visible.length > 0 ? visible : all;
    if (declarations.length > 0) return { kind: 'declarations', declarations, tier: 'import' };
    const inner = `${namespace}.${name}`;
    return this.#namespaces.has(inner) ? { kind: 'module', module: namespaceTarget(inner) } : undefined;
  }

  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    return this.#namespaces.has(name) ? { kind: 'module', module: namespaceTarget(name) } : this.#onlyType(name);
  }

  /** A type that is only announced here (`struct conn;`, `@class Conn;`), where one file of the project defines it. */
  #onlyType(name: string): Lookup | undefined {
    const types = (this.#top.get(name) ?? []).filter(isType);
    const declarations = types.filter(({ definition }) => definition.kind !== 'type');
    const [first] = declarations;
    const isOne = first !== undefined && declarations.every(({ file }) => file === first.file);
    const areParts = first !== undefined && this.#classes.get(name)?.includes(first) === true;
    return isOne || areParts ? { kind: 'declarations', declarations, tier: 'import' } : undefined;
  }

  sharesScope(): boolean {
    return false;
  }

  /** The interface, the implementation and the categories of an Objective-C class. */
  partsOf(types: readonly Declaration[]): readonly Declaration[] {
    const parts = types.flatMap((type) =>
      type.file.parsed.language === 'objective-c' && type.definition.kind === 'class'
        ? (this.#classes.get(type.definition.qualifiedName) ?? [type])
        : [type],
    );
    return [...new Set(parts)];
  }

  /** Declarations without a body stand for the definition, where one file of the project has it. */
  linked(declarations: readonly Declaration[]): readonly Declaration[] {
    if (declarations.some(hasBody) || !declarations.every(isCallable)) return declarations;
    const [first] = declarations;
    const defined = first === undefined ? [] : (this.#definitions.get(first.definition.qualifiedName) ?? []);
    const isOne = new Set(declarations.map(({ definition }) => definition.qualifiedName)).size === 1;
    return isOne && new Set(defined.map(({ file }) => file)).size === 1 ? defined : declarations;
  }

  /** `<sys/types.h>` is the system's header of that name. */
  externalPackage(specifier: string): string {
    return specifier.replace(/^<|>$/g, '').replace(/^::/, '');
  }
}

const namespaceTarget = (name: string): ModuleTarget => ({
  family: 'include',
  key: `${NAMESPACE}${name}`,
  paths: [],
});
