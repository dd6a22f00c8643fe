import { isCallable, isType } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import type { ImportTable } from './import-table.ts';
import { EXTERNAL } from './lookup.ts';
import type { Lookup } from './lookup.ts';

/** Finds a member of a type, its bases included. */
export type FindInherited = (type: Declaration, name: string) => readonly Declaration[];

/**
 * The lexical tier: enclosing definitions outwards, the top of the file, imports, the package, wildcard imports, the
 * language's own names. Parameters and typed locals hide what lies further out.
 */
export class LexicalScope {
  readonly #imports: ImportTable;

  constructor(imports: ImportTable) {
    this.#imports = imports;
  }

  /**
   * @param scope - Index of the innermost enclosing definition, or -1.
   * @param findInherited - Where given, members a class inherits are in the scope of its methods (Java).
   */
  find(file: FileScope, scope: number, name: string, findInherited?: FindInherited): Lookup | undefined {
    for (let at = file.declarations[scope]; at !== undefined; at = at.parent ?? undefined) {
      const found = this.#inDeclaration(at, scope, name, findInherited);
      if (found !== undefined) return found;
    }
    return this.#atTop(file, name);
  }

  #inDeclaration(
    at: Declaration,
    scope: number,
    name: string,
    findInherited: FindInherited | undefined,
  ): Lookup | undefined {
    const { file } = at;
    const isClass = isType(at);
    if (!isClass || file.rules.membersInScope || at.index === scope) {
      const own = at.members.get(name)?.filter((member) => (isClass ? !isConstructor(member) : !isMember(member)));
      if (own !== undefined && own.length > 0) return { kind: 'declarations', declarations: own, tier: 'lexical' };
    }
    if (isClass && file.rules.membersInScope && findInherited !== undefined) {
      const inherited = findInherited(at, name);
      if (inherited.length > 0) return { kind: 'declarations', declarations: inherited, tier: 'receiver' };
    }
    const typeName = file.typedNames.get(at.index)?.get(name);
    if (typeName !== undefined) return { kind: 'local', typeName, file, scope: at.index };
    const isParameter = (isCallable(at) || at.index === scope) && file.parametersOf(at.index).has(name);
    return isParameter ? { kind: 'local', typeName: '', file, scope: at.index } : undefined;
  }

  #atTop(file: FileScope, name: string): Lookup | undefined {
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
      this.#imports.importedByWildcard(file, name) ??
      (file.rules.isBuiltin(name) ? EXTERNAL : this.#imports.qualifiedPackage(file, name))
    );
  }

  #inPackage(file: FileScope, name: string): Lookup | undefined {
    const declarations = this.#imports.packageFiles(file).flatMap((sibling) => sibling.members.get(name) ?? []);
    return declarations.length === 0 ? undefined : { kind: 'declarations', declarations, tier: 'lexical' };
  }
}

const isPlainVariable = ({ definition, members }: Declaration): boolean =>
  (definition.kind === 'constant' || definition.kind === 'variable') && members.size === 0;

/** A Java constructor has the name of its class; the name alone means the class. */
const isConstructor = ({ definition }: Declaration): boolean => definition.kind === 'constructor';

/** A method of an object literal inside of a function is no name of that function. */
const isMember = ({ definition, file }: Declaration): boolean =>
  file.rules.family !== 'sql' &&
  (definition.kind === 'method' || definition.kind === 'field' || definition.kind === 'property');
