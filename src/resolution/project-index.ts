import { symbolId } from '../graph/symbol.ts';
import type { SymbolId, SymbolKind } from '../graph/symbol.ts';
import { EVENT_METHOD, type Definition, type ParsedFile } from '../parsing/language.ts';
import { definitionIds } from './build-symbols.ts';
import { languageRules } from './language-rules.ts';
import type { LanguageRules } from './language-rules.ts';
import { addTo } from './module-resolution/multimap.ts';
import { parameterNames } from './parameter-names.ts';

/** A definition with its place in the project. */
export interface Declaration {
  readonly id: SymbolId;
  readonly file: FileScope;
  readonly index: number;
  readonly definition: Definition;
  readonly parent: Declaration | null;
  /** The type it belongs to where it stands outside of it: a method of Go, what an `impl` block of Rust holds. */
  readonly owner: Declaration | null;
  /** What is defined directly in it, by name. */
  readonly members: ReadonlyMap<string, readonly Declaration[]>;
}

/** A name an import brings into a file. */
export interface ImportBinding {
  readonly alias: string;
  /** Exported name, `*` for the module itself, `default` for its default export. */
  readonly name: string;
  readonly specifier: string;
}

/** A file with its names laid out for lookup. */
export interface FileScope {
  readonly parsed: ParsedFile;
  readonly rules: LanguageRules;
  /** Aligned with `parsed.definitions`. */
  readonly declarations: readonly Declaration[];
  /** Definitions at the top of the file, by name. */
  readonly members: ReadonlyMap<string, readonly Declaration[]>;
  /** Definitions in blocks, by the block's scope, then name: they are visible there alone. */
  readonly blockMembers: ReadonlyMap<number, ReadonlyMap<string, readonly Declaration[]>>;
  /** Types of local names by the definition they are visible in; several types are joined by ` | `. */
  readonly typedNames: ReadonlyMap<number, ReadonlyMap<string, string>>;
  /** Several of one alias where a file tries one import after the other, in source order. */
  readonly bindings: ReadonlyMap<string, readonly ImportBinding[]>;
  /** Modules whose every name is visible in the file: `import *`, wildcard and dot imports. */
  readonly wildcards: readonly string[];
  /** Names exported from another module, by exported name. */
  readonly reexports: ReadonlyMap<string, ImportBinding>;
  /** Modules exported whole. */
  readonly wildcardReexports: readonly string[];
  /** Exported name → name in this file. */
  readonly exportAliases: ReadonlyMap<string, string>;
  /** Parameter names of a callable definition, read from its signature. */
  readonly parametersOf: (index: number) => ReadonlySet<string>;
}

/** The project's definitions, laid out for lookup. */
export interface ProjectIndex {
  /** In path order. */
  readonly files: readonly FileScope[];
  readonly byPath: ReadonlyMap<string, FileScope>;
  /** Functions, methods and subscriptions by language group, then name. */
  readonly callables: ReadonlyMap<string, ReadonlyMap<string, readonly Declaration[]>>;
}

const NO_NAMES: ReadonlySet<string> = new Set();
const TYPE_KINDS: ReadonlySet<SymbolKind> = new Set<SymbolKind>(['class', 'interface', 'struct', 'enum', 'type']);
const CALLABLE_KINDS: ReadonlySet<SymbolKind> = new Set<SymbolKind>(['function', 'method', 'constructor', 'procedure']);

export const isTypeKind = (kind: SymbolKind): boolean => TYPE_KINDS.has(kind);
export const isCallableKind = (kind: SymbolKind): boolean => CALLABLE_KINDS.has(kind);
export const isType = ({ definition, file }: Declaration): boolean =>
  TYPE_KINDS.has(definition.kind) || (definition.kind === 'module' && file.rules.modulesAreTypes);
/** What may have names that do not stand in it: an inline module's imports, a namespace's parts in other files. */
export const isOpenScope = ({ definition }: Declaration): boolean =>
  definition.kind === 'module' || definition.kind === 'namespace';
/** Whether a type only adds to another: an `extension` in Swift, whose declared type is the type it extends. */
export const isExtension = ({ definition, file }: Declaration): boolean =>
  file.rules.partialTypes && definition.kind === 'class' && definition.typeName !== undefined;
export const isCallable = (declaration: Declaration): boolean => CALLABLE_KINDS.has(declaration.definition.kind);
/** A value of an enum. */
export const isVariant = ({ definition, parent }: Declaration): boolean =>
  definition.kind === 'constant' && parent?.definition.kind === 'enum';
/** What an event runs, found by its name in the whole project. */
export const isSubscription = ({ kind, name }: Pick<Definition, 'kind' | 'name'>): boolean =>
  kind === 'route' && name.startsWith(`${EVENT_METHOD} `);
export const hasBody = ({ definition }: Declaration): boolean => definition.bodyOffset < definition.range.endOffset;

/** Lays out the definitions of the whole project. The order of `files` does not matter. */
export function buildProjectIndex(files: readonly ParsedFile[]): ProjectIndex {
  return indexScopes(buildScopes(files));
}

/** Lays out files, in path order; those with members outside of their types must all be given together. */
export function buildScopes(files: readonly ParsedFile[]): FileScope[] {
  const scopes = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)).map(buildFileScope);
  attachDetachedMembers(scopes);
  return scopes;
}

/** @param scopes - In path order. */
export function indexScopes(scopes: readonly FileScope[]): ProjectIndex {
  return {
    files: scopes,
    byPath: new Map(scopes.map((file) => [file.parsed.path, file])),
    callables: indexCallables(scopes),
  };
}

/** A declaration and a file while they are being built. */
interface MutableDeclaration extends Declaration {
  owner: Declaration | null;
  members: Map<string, Declaration[]>;
}
interface MutableFileScope extends FileScope {
  readonly declarations: MutableDeclaration[];
  readonly members: Map<string, Declaration[]>;
  readonly blockMembers: Map<number, Map<string, Declaration[]>>;
}

function buildFileScope(parsed: ParsedFile): MutableFileScope {
  const rules = languageRules(parsed.language);
  const parameters = new Map<number, ReadonlySet<string>>();
  const file: MutableFileScope = {
    parsed,
    rules,
    declarations: [],
    members: new Map(),
    blockMembers: new Map(),
    typedNames: indexTypedNames(parsed),
    ...indexImports(parsed),
    exportAliases: new Map(parsed.exportAliases.map(({ exported, local }) => [exported, local])),
    parametersOf(index) {
      let names = parameters.get(index);
      if (names === undefined) {
        names = rules.family === 'sql' ? NO_NAMES : parameterNames(parsed.definitions[index], rules.parameterStyle);
        parameters.set(index, names);
      }
      return names;
    },
  };
  const ids = definitionIds(parsed);
  parsed.definitions.forEach((definition, index) => {
    const parent = file.declarations[definition.parent] ?? null;
    const id = ids[index] ?? symbolId(parsed.path, definition.qualifiedName, 1);
    const declaration: MutableDeclaration = { id, file, index, definition, parent, owner: null, members: new Map() };
    file.declarations.push(declaration);
    if (isDetached(declaration)) return;
    // Two blocks of one function may define the same name.
    if (definition.scope !== undefined && !isMemberKind(definition.kind)) {
      addTo(blockNames(file, definition.scope), definition.name, declaration);
      return;
    }
    addTo(parent === null ? file.members : parentMembers(file, definition.parent), definition.name, declaration);
  });
  if (rules.family === 'script') attachAssigned(file);
  return file;
}

function blockNames(file: MutableFileScope, scope: number): Map<string, Declaration[]> {
  let names = file.blockMembers.get(scope);
  if (names === undefined) file.blockMembers.set(scope, (names = new Map()));
  return names;
}

/** A method in an object is no name of the block the object stands in. */
const isMemberKind = (kind: SymbolKind): boolean => kind === 'method' || kind === 'field' || kind === 'property';

/** The scope around a scope: a block's own, that a definition's name is visible in, or -1 at last. */
export function outerScope({ parsed, declarations }: FileScope, scope: number): number {
  if (scope < -1) return parsed.blocks?.[-2 - scope] ?? -1;
  const definition = declarations[scope]?.definition;
  return definition?.scope ?? definition?.parent ?? -1;
}

/** The definition around a place: the scope itself, or the one its block stands in. */
export function definitionAt(file: FileScope, scope: number): Declaration | undefined {
  let at = scope;
  while (at < -1) at = outerScope(file, at);
  return file.declarations[at];
}

/** More definitions of one name in one place than this are not told apart: nobody wrote them (CWE-407). */
export const MAX_SAME_NAMED = 256;

/** Definitions that share a scope and a name; the one alone where there are too many. */
export function sameNamed(declaration: Declaration): readonly Declaration[] {
  const { definition, file, parent } = declaration;
  const { name, scope } = definition;
  const names = scope === undefined ? (parent ?? file).members : file.blockMembers.get(scope);
  const all = names?.get(name) ?? [];
  return all.length > MAX_SAME_NAMED ? [declaration] : all;
}

/** `run.later = function …` gives the function `run` a member. */
function attachAssigned({ declarations, members }: MutableFileScope): void {
  for (const declaration of declarations) {
    const { name, qualifiedName, kind } = declaration.definition;
    if (declaration.parent !== null || kind !== 'method' || qualifiedName.length === name.length) continue;
    const owner = members.get(qualifiedName.slice(0, -name.length - 1))?.[0];
    const target = owner === undefined ? undefined : declarations[owner.index];
    if (target === undefined) continue;
    addTo(target.members, name, declaration);
    declaration.owner = target;
  }
}

function parentMembers(file: MutableFileScope, parent: number): Map<string, Declaration[]> {
  return file.declarations[parent]?.members ?? file.members;
}

/**
 * A Go method stands outside of its type, a method of an object literal has none: both are no names of the file. Nor is
 * anything else that stands outside of its type.
 */
function isDetached({ definition, file, parent }: Declaration): boolean {
  if (file.rules.family === 'sql') return false;
  const { kind, name, qualifiedName } = definition;
  if (parent === null && kind === 'method') return true;
  if (file.rules.detachedMembers === 'none') return false;
  return (
    qualifiedName.length > (parent === null ? name.length : parent.definition.qualifiedName.length + 1 + name.length)
  );
}

/** Gives members that stand outside of their type to it. Of several types of one name the first counts. */
function attachDetachedMembers(files: readonly MutableFileScope[]): void {
  const types = new Map<string, MutableDeclaration>();
  const open = files.filter((file) => file.rules.detachedMembers !== 'none');
  for (const file of open) {
    const scope = detachedMemberScope(file);
    for (const declaration of file.declarations) {
      const key = `${scope}#${declaration.definition.qualifiedName}`;
      if (isType(declaration) && !types.has(key)) types.set(key, declaration);
    }
  }
  const unique = uniqueTypes(open.filter((file) => file.rules.detachedMembers === 'nearest'));
  for (const file of open) {
    const scope = detachedMemberScope(file);
    for (const declaration of file.declarations.filter(isDetached)) {
      const { qualifiedName, name } = declaration.definition;
      const ownerName = qualifiedName.slice(0, -name.length - 1);
      const bareName = ownerName.slice(ownerName.lastIndexOf('.') + 1);
      const owner =
        types.get(`${scope}#${ownerName}`) ??
        (file.rules.detachedMembers === 'nearest'
          ? (types.get(`${scope}#${bareName}`) ??
            unique.get(`${file.rules.group}#${ownerName}`) ??
            unique.get(`${file.rules.group}#${bareName}`))
          : undefined);
      if (owner === undefined || owner === null) continue;
      addTo(owner.members, name, declaration);
      declaration.owner = owner;
    }
  }
}

/** Types by group and name, and by full name; null where there are several of one name. */
function uniqueTypes(files: readonly MutableFileScope[]): Map<string, MutableDeclaration | null> {
  const types = new Map<string, MutableDeclaration | null>();
  for (const { declarations, rules } of files) {
    for (const declaration of declarations) {
      if (!isType(declaration) || isDetached(declaration)) continue;
      const { name, qualifiedName } = declaration.definition;
      for (const each of new Set([name, qualifiedName])) {
        const key = `${rules.group}#${each}`;
        types.set(key, types.has(key) ? null : declaration);
      }
    }
  }
  return types;
}

/** Files of one scope may hold a type and its methods apart. */
function detachedMemberScope({ parsed, rules }: FileScope): string {
  switch (rules.detachedMembers) {
    case 'folder':
      return `${rules.group}:${goPackageKey(parsed)}`;
    case 'package':
      return `${rules.group}:${parsed.packageName}`;
    case 'project':
      return `${rules.group}:`;
    default:
      return parsed.path;
  }
}

/** Files with the same key are one Go package: a folder may also hold the external test package. */
export function goPackageKey(parsed: ParsedFile): string {
  return `${parsed.path.slice(0, Math.max(0, parsed.path.lastIndexOf('/')))}:${parsed.packageName}`;
}

function indexTypedNames(parsed: ParsedFile): Map<number, Map<string, string>> {
  const byScope = new Map<number, Map<string, string>>();
  for (const { name, typeName, scope } of parsed.typedNames) {
    const names = byScope.get(scope) ?? new Map<string, string>();
    byScope.set(scope, names);
    const known = names.get(name);
    if (known === undefined || known === '') names.set(name, typeName);
    else if (typeName !== '' && !known.split(' | ').includes(typeName)) names.set(name, `${known} | ${typeName}`);
  }
  return byScope;
}

function indexImports(
  parsed: ParsedFile,
): Pick<FileScope, 'bindings' | 'wildcards' | 'reexports' | 'wildcardReexports'> {
  const bindings = new Map<string, ImportBinding[]>();
  const reexports = new Map<string, ImportBinding>();
  const wildcards: string[] = [];
  const wildcardReexports: string[] = [];
  for (const { specifier, names, reexport } of parsed.imports) {
    if (reexport && names.length === 0) wildcardReexports.push(specifier);
    for (const { name, alias } of names) {
      const isWildcard = name === '*' && (alias === '*' || alias === '' || alias === '.');
      const binding = { alias: alias === '' ? name : alias, name, specifier };
      if (isWildcard) (reexport ? wildcardReexports : wildcards).push(specifier);
      else if (reexport) reexports.set(binding.alias, binding);
      else addTo(bindings, binding.alias, binding);
    }
  }
  return { bindings, wildcards, reexports, wildcardReexports };
}

function indexCallables(files: readonly FileScope[]): Map<string, Map<string, Declaration[]>> {
  const groups = new Map<string, Map<string, Declaration[]>>();
  for (const file of files) {
    const names = groups.get(file.rules.group) ?? new Map<string, Declaration[]>();
    groups.set(file.rules.group, names);
    for (const declaration of file.declarations)
      if (isCallable(declaration) || isSubscription(declaration.definition))
        addTo(names, declaration.definition.name, declaration);
  }
  return groups;
}
