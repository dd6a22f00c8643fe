import type { Declaration, FileScope } from '../project-index.ts';
import { EXTERNAL } from '../tiers/lookup.ts';
import type { Lookup } from '../tiers/lookup.ts';
import { isSameType } from '../type-arity.ts';
import type { ModuleSystem } from './module-system.ts';
import type { ModuleResolution, ModuleTarget } from './module-target.ts';
import { addTo } from './multimap.ts';

/** A type in more parts than this was made to take time: each part asks for all of them (CWE-407). */
const MAX_PARTS = 1_000;

const GLOBAL = 'global::';

/** A definition's name with its namespaces: those of its file, and those written around it. */
function fullNameOf({ file, definition }: Declaration): string {
  const { packageName } = file.parsed;
  return packageName === '' ? definition.qualifiedName : `${packageName}.${definition.qualifiedName}`;
}

const TYPE_KINDS: ReadonlySet<string> = new Set(['class', 'interface', 'struct', 'enum', 'type']);

/**
 * Declared namespaces: a type is known by its full name, whatever file it stands in; `using` brings in a namespace, the
 * members of a type, or one name.
 *
 * @see https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/namespaces
 */
export class NamespaceModules implements ModuleSystem {
  readonly visibleNames = 'own';
  readonly #types = new Map<string, Declaration[]>();
  /** Namespaces with the files that have types in them; those without are only part of another's name. */
  readonly #namespaces = new Map<string, Set<string>>();
  /** Namespaces every file uses. */
  readonly #everywhere = new Set<string>();
  /** First parts of all names that are used: namespaces, of the project or from outside. */
  readonly #heads = new Set(['System']);
  readonly #extensions = new Map<string, Declaration[]>();

  constructor(files: readonly FileScope[]) {
    for (const { parsed, declarations } of files) {
      if (declarations.length > 0) this.#addNamespace(parsed.packageName, parsed.path);
      for (const declaration of declarations) {
        const { kind, name, signature } = declaration.definition;
        if (TYPE_KINDS.has(kind)) addTo(this.#types, fullNameOf(declaration), declaration);
        else if (kind === 'namespace') this.#addNamespace(fullNameOf(declaration), parsed.path);
        else if (kind === 'method' && signature.includes('(this ')) addTo(this.#extensions, name, declaration);
      }
      for (const { specifier } of parsed.imports) {
        this.#heads.add(withoutGlobal(specifier).split('.')[0] ?? '');
        if (specifier.startsWith(GLOBAL)) this.#everywhere.add(specifier.slice(GLOBAL.length));
      }
    }
  }

  resolve(_file: FileScope, specifier: string): ModuleResolution {
    const name = withoutGlobal(specifier);
    const type = this.#types.get(name)?.[0];
    if (type !== undefined) return { family: 'namespace', key: name, paths: [type.file.parsed.path] };
    return this.#namespace(name) ?? 'external';
  }

  importedName(_file: FileScope, specifier: string): Lookup {
    const name = withoutGlobal(specifier);
    const declarations = this.#types.get(name);
    if (declarations !== undefined) return { kind: 'declarations', declarations, tier: 'import' };
    const module = this.#namespace(name);
    return module === undefined ? EXTERNAL : { kind: 'module', module };
  }

  wildcardName(_file: FileScope, specifier: string, name: string): Lookup | undefined {
    const owner = withoutGlobal(specifier);
    return (
      this.#inNamespace(owner, name) ?? (this.#namespaces.has(owner) || this.#types.has(owner) ? undefined : EXTERNAL)
    );
  }

  ambientName(_file: FileScope, namespaces: readonly string[], name: string): Lookup | undefined {
    for (const namespace of namespaces) {
      for (let at = namespace; at !== ''; at = withoutLast(at)) {
        const found = this.#inNamespace(at, name);
        if (found !== undefined) return found;
      }
    }
    const found = this.#named(name);
    if (found !== undefined) return found;
    for (const namespace of this.#everywhere) {
      const used = this.#inNamespace(namespace, name);
      if (used !== undefined) return used;
    }
    return undefined;
  }

  /** The head of a full name from outside of the project. */
  qualifiedName(_file: FileScope, name: string): Lookup | undefined {
    return this.#heads.has(name) ? EXTERNAL : undefined;
  }

  moduleName(module: ModuleTarget, name: string): Lookup | undefined {
    return this.#inNamespace(module.key, name);
  }

  partsOf(types: readonly Declaration[]): readonly Declaration[] {
    return types.flatMap((type) => {
      const parts = this.#types.get(fullNameOf(type)) ?? [];
      return parts.length <= MAX_PARTS && parts.includes(type)
        ? parts.filter((part) => isSameType(part, type))
        : [type];
    });
  }

  extensions(name: string): readonly Declaration[] {
    return this.#extensions.get(name) ?? [];
  }

  sharesScope(file: FileScope, other: FileScope): boolean {
    const namespaces = [...this.#namespaces.values()];
    return namespaces.some((paths) => paths.has(file.parsed.path) && paths.has(other.parsed.path));
  }

  #addNamespace(name: string, path: string): void {
    const paths = this.#namespaces.get(name) ?? new Set();
    this.#namespaces.set(name, paths.add(path));
    for (let at = withoutLast(name); at !== '' && !this.#namespaces.has(at); at = withoutLast(at)) {
      this.#namespaces.set(at, new Set());
    }
  }

  #inNamespace(owner: string, name: string): Lookup | undefined {
    const members = this.#types.get(owner)?.flatMap((type) => type.members.get(name) ?? []) ?? [];
    if (members.length > 0) return { kind: 'declarations', declarations: members, tier: 'import' };
    return this.#named(`${owner}.${name}`);
  }

  #named(fullName: string): Lookup | undefined {
    const declarations = this.#types.get(fullName);
    if (declarations !== undefined) return { kind: 'declarations', declarations, tier: 'import' };
    const module = this.#namespace(fullName);
    return module === undefined ? undefined : { kind: 'module', module };
  }

  #namespace(name: string): ModuleTarget | undefined {
    const paths = this.#namespaces.get(name);
    return paths === undefined ? undefined : { family: 'namespace', key: name, paths: [...paths] };
  }
}

const withoutLast = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

const withoutGlobal = (name: string): string => (name.startsWith(GLOBAL) ? name.slice(GLOBAL.length) : name);
