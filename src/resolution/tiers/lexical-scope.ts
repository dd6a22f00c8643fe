import { isCallable, isType, outerScope } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import type { ImportTable } from './import-table.ts';
import { EXTERNAL } from './lookup.ts';
import type { Lookup } from './lookup.ts';

/** How a name is used, where that matters. */
export interface NameUse {
  /** Finds a member of a type, its bases included: where given, what a class inherits is in the scope of its methods (Java). */
  readonly findInherited?: ((type: Declaration, name: string) => readonly Declaration[]) | undefined;
  /** The name is called: in Java neither variables nor fields hide a method. */
  readonly isCalled?: boolean | undefined;
  /** The name starts a path: it is no variable. */
  readonly isPath?: boolean | undefined;
}

/**
 * The lexical tier: enclosing definitions outwards, the top of the file, imports, the package, wildcard imports, the
 * language's own names. Parameters and typed locals hide what lies further out.
 */
export class LexicalScope {
  readonly #imports: ImportTable;
  /** Names outside of all definitions: the same few are used all over a file. */
  readonly #top = new Map<FileScope, Map<string, Lookup | undefined>>();

  constructor(imports: ImportTable) {
    this.#imports = imports;
  }

  /** @param scope - Index of the innermost enclosing definition, or -1. */
  find(file: FileScope, scope: number, name: string, use: NameUse = ANY_USE): Lookup | undefined {
    const root = this.#imports.pathRoot(file, scope, name);
    if (root !== undefined) return root;
    let inner: Declaration | undefined;
    for (let outer = scope; outer !== -1; outer = outerScope(file, outer)) {
      const at = file.declarations[outer];
      const found =
        at === undefined
          ? inBlock(file, outer, name)
          : ((isType(at) ? this.#inType(at, scope, name, use) : this.#inFunction(at, scope, name, use)) ??
            this.#inOwner(at, scope, name, use) ??
            inAnonymousClass(at, inner, name, use));
      if (found !== undefined && !(use.isPath === true && found.kind === 'local')) return found;
      inner = at ?? inner;
    }
    return this.#atTop(file, scope, name);
  }

  /** A name that is used as a type: locals and values of that name do not hide it. */
  findType(file: FileScope, scope: number, name: string): Lookup | undefined {
    for (let at = scope; at !== -1; at = outerScope(file, at)) {
      const names = file.declarations[at]?.members ?? file.blockMembers.get(at);
      const types = names?.get(name)?.filter(isType) ?? [];
      if (types.length > 0) return { kind: 'declarations', declarations: types, tier: 'lexical' };
    }
    const found = this.#atTop(file, scope, name);
    return found?.kind === 'local' ? undefined : found;
  }

  #inType(type: Declaration, scope: number, name: string, { findInherited, isCalled }: NameUse): Lookup | undefined {
    const { membersInScope, methodsHaveOwnNames } = type.file.rules;
    if (!membersInScope && type.index !== scope) return undefined;
    const isMeant = isCalled === true && methodsHaveOwnNames ? isMethod : isNotConstructor;
    const parts = type.file.rules.partialTypes ? this.#imports.partsOf(type) : [type];
    const own = parts.flatMap((part) => part.members.get(name)?.filter(isMeant) ?? []);
    if (own.length > 0) return { kind: 'declarations', declarations: own, tier: 'lexical' };
    const inherited = membersInScope ? (findInherited?.(type, name).filter(isMeant) ?? []) : [];
    if (inherited.length > 0) return { kind: 'declarations', declarations: inherited, tier: 'receiver' };
    // A generic parameter, known by its bounds.
    const bound = isCalled === true ? undefined : type.file.typedNames.get(type.index)?.get(name);
    return bound === undefined ? undefined : { kind: 'local', typeName: bound, file: type.file, scope: type.index };
  }

  /** A method that stands outside of its type sees the members of the type as those inside do. */
  #inOwner({ owner, file }: Declaration, scope: number, name: string, use: NameUse): Lookup | undefined {
    return owner === null || !file.rules.membersInScope ? undefined : this.#inType(owner, scope, name, use);
  }

  #inFunction(at: Declaration, scope: number, name: string, { isCalled }: NameUse): Lookup | undefined {
    const { file } = at;
    const own = at.members.get(name)?.filter((member) => !isMember(member));
    if (own !== undefined && own.length > 0) return { kind: 'declarations', declarations: own, tier: 'lexical' };
    if (isCalled === true && file.rules.methodsHaveOwnNames) return undefined;
    const typeName = file.typedNames.get(at.index)?.get(name);
    if (typeName !== undefined) return { kind: 'local', typeName, file, scope: at.index };
    const isParameter = (isCallable(at) || at.index === scope) && file.parametersOf(at.index).has(name);
    return isParameter ? { kind: 'local', typeName: '', file, scope: at.index } : undefined;
  }

  #atTop(file: FileScope, scope: number, name: string): Lookup | undefined {
    // Where namespaces are nested, the answer depends on where in the file the name is used.
    if (this.#imports.systemOf(file).ambientName !== undefined) return this.#findAtTop(file, scope, name);
    let known = this.#top.get(file);
    if (known === undefined) this.#top.set(file, (known = new Map()));
    const found = known.get(name);
    if (found !== undefined || known.has(name)) return found;
    const answer = this.#findAtTop(file, scope, name);
    known.set(name, answer);
    return answer;
  }

  #findAtTop(file: FileScope, scope: number, name: string): Lookup | undefined {
    const own = file.members.get(name);
    const isImported = this.#imports.isImported(file, name);
    // `const pool = require('./pool')` is both; so is Python's `json = None` where an import failed.
    if (own !== undefined && !(isImported && own.every(isPlainVariable))) {
      return { kind: 'declarations', declarations: own, tier: 'lexical' };
    }
    const typeName = file.typedNames.get(-1)?.get(name);
    if (typeName !== undefined) return { kind: 'local', typeName, file, scope: -1 };
    if (isImported) return this.#imports.imported(file, name);
    return (
      this.#inPackage(file, name) ??
      this.#imports.ambientName(file, scope, name) ??
      this.#imports.importedByWildcard(file, name) ??
      this.#imports.qualifiedPackage(file, name) ??
      (file.rules.isBuiltin(name) ? EXTERNAL : undefined)
    );
  }

  #inPackage(file: FileScope, name: string): Lookup | undefined {
    const declarations = this.#imports.packageFiles(file).flatMap((sibling) => sibling.members.get(name) ?? []);
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'lexical' };
  }
}

const ANY_USE: NameUse = {};

const isPlainVariable = ({ definition, members }: Declaration): boolean =>
  (definition.kind === 'constant' || definition.kind === 'variable') && members.size === 0;

function inBlock(file: FileScope, scope: number, name: string): Lookup | undefined {
  const declarations = file.blockMembers.get(scope)?.get(name);
  if (declarations !== undefined) return { kind: 'declarations', declarations, tier: 'lexical' };
  const typeName = file.typedNames.get(scope)?.get(name);
  // What a type guard says of a name declares none.
  return typeName === undefined || typeName.startsWith('=? ') ? undefined : { kind: 'local', typeName, file, scope };
}

/**
 * A method in a function or value is that of a class without a name: it sees the other methods of the class. Where there
 * are several such classes, which of them is meant is not known.
 */
function inAnonymousClass(
  at: Declaration,
  inner: Declaration | undefined,
  name: string,
  { isCalled }: NameUse,
): Lookup | undefined {
  if (isCalled !== true || inner?.definition.kind !== 'method' || isType(at) || !at.file.rules.membersInScope)
    return undefined;
  const declarations = at.members.get(name)?.filter(isMethod) ?? [];
  if (declarations.length > 1) return { kind: 'local', typeName: '', file: at.file, scope: at.index };
  return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'lexical' };
}

/** A Java constructor has the name of its class; the name alone means the class. */
const isNotConstructor = ({ definition }: Declaration): boolean => definition.kind !== 'constructor';

const isMethod = ({ definition }: Declaration): boolean => definition.kind === 'method';

/** A method of an object literal inside of a function is no name of that function. */
const isMember = ({ definition, file }: Declaration): boolean =>
  file.rules.family !== 'sql' &&
  (definition.kind === 'method' || definition.kind === 'field' || definition.kind === 'property');
