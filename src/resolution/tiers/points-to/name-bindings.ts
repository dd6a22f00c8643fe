import { isCallable, isType, type Declaration, type FileScope } from '../../project-index.ts';
import type { ImportTable } from '../import-table.ts';
import { EXTERNAL, type Lookup } from '../lookup.ts';
import { variableSlot } from './slot-keys.ts';
import { ScopedNames } from './scoped-names.ts';
import { readParameters, type Parameter } from './parameters.ts';

/** A variable: a file, the scope in it, and the name there. */
export interface BoundVariable {
  readonly file: FileScope;
  readonly scope: number;
  readonly name: string;
  /** Key of the set of its values. */
  readonly slot: string;
}

const variable = (file: FileScope, scope: number, name: string): BoundVariable => ({
  file,
  scope,
  name,
  slot: variableSlot(file.parsed.path, scope, name),
});

/** Where the values of a name are found. */
export interface NameBinding {
  /** Functions and classes defined under the name. */
  readonly declarations: readonly Declaration[];
  /** Variables: a file, the scope in it, and the name there. */
  readonly variables: readonly BoundVariable[];
  /** Modules, and names of which only the type is known. */
  readonly lookups: readonly Lookup[];
}

/** The binding of a name that no scope in sight binds. */
export const UNBOUND: NameBinding = Object.freeze({ declarations: [], variables: [], lookups: [] });

/** The names each scope of a file binds by assignment, loops, parameters; those it takes from outer scopes. */
interface LocalNames {
  readonly bound: ReadonlyMap<number, ReadonlySet<string>>;
  readonly outer: ReadonlyMap<number, ReadonlySet<string>>;
}

const NAME_IN_PATTERN = /(?<![.\p{ID_Continue}])[\p{ID_Start}_][\p{ID_Continue}]*(?![\p{ID_Continue}]|\s*[.[(])/gu;

/** Says which variable or definition a name means, by the rules of Python: functions, then the module, then imports. */
export class NameBindings {
  readonly #imports: ImportTable;
  readonly #locals = new Map<FileScope, LocalNames>();
  readonly #found = new ScopedNames<NameBinding>();
  readonly #parameters = new Map<Declaration, readonly Parameter[]>();

  constructor(imports: ImportTable) {
    this.#imports = imports;
  }

  parametersOf(declaration: Declaration): readonly Parameter[] {
    let parameters = this.#parameters.get(declaration);
    if (parameters === undefined) {
      parameters =
        isCallable(declaration) || declaration.definition.kind === 'property'
          ? readParameters(declaration.definition.signature)
          : [];
      this.#parameters.set(declaration, parameters);
    }
    return parameters;
  }

  find(file: FileScope, scope: number, name: string): NameBinding {
    let binding = this.#found.get(file, scope, name);
    if (binding === undefined) {
      binding = this.#find(file, scope, name);
      this.#found.set(file, scope, name, binding);
    }
    return binding;
  }

  /** The scope a name is assigned in where it is assigned in `scope`. */
  assignedScope(file: FileScope, scope: number, name: string): number {
    const { outer, bound } = this.#localsOf(file);
    if (outer.get(scope)?.has(name) !== true) return scope;
    for (let at = file.declarations[scope]?.parent; at !== null && at !== undefined; at = at.parent) {
      if (!isType(at) && bound.get(at.index)?.has(name) === true && outer.get(at.index)?.has(name) !== true)
        return at.index;
    }
    return -1;
  }

  #find(file: FileScope, scope: number, name: string): NameBinding {
    const { bound, outer } = this.#localsOf(file);
    for (let at = file.declarations[scope]; at !== undefined; at = at.parent ?? undefined) {
      if (isType(at) && at.index !== scope) continue;
      if (outer.get(at.index)?.has(name) === true) continue;
      const own = (at.members.get(name) ?? []).filter((member) => isType(at) || isFunctionOrType(member));
      const declarations = own.filter(isFunctionOrType);
      const isVariable =
        bound.get(at.index)?.has(name) === true ||
        own.length > declarations.length ||
        this.parametersOf(at).some((parameter) => parameter.name === name);
      if (declarations.length === 0 && !isVariable) continue;
      if (isType(at) && declarations.length === 0) {
        // `Entry = Entry` in a class: what is read is the name outside of it.
        const outside = this.#find(file, at.definition.parent, name);
        return { ...outside, variables: [variable(file, at.index, name), ...outside.variables] };
      }
      return { declarations, variables: isVariable ? [variable(file, at.index, name)] : [], lookups: [] };
    }
    return this.#atTop(file, name, bound);
  }

  #atTop(file: FileScope, name: string, bound: LocalNames['bound']): NameBinding {
    const own = file.members.get(name) ?? [];
    const isVariable = bound.get(-1)?.has(name) === true || own.some((each) => !isFunctionOrType(each));
    const binding: NameBinding = {
      declarations: lastOnly(own.filter(isFunctionOrType)),
      variables: isVariable ? [variable(file, -1, name)] : [],
      lookups: [],
    };
    const found = this.#imports.isImported(file, name)
      ? this.#imports.imported(file, name)
      : own.length === 0 && !isVariable
        ? this.#imports.importedByWildcard(file, name)
        : undefined;
    if (found === undefined && file.rules.isBuiltin(name) && binding.declarations.length === 0)
      return { ...binding, lookups: [EXTERNAL] };
    if (found === undefined) return own.length === 0 && !isVariable ? UNBOUND : binding;
    const imported = this.ofLookup(found, file.bindings.get(name)?.[0]?.name ?? name);
    return {
      declarations: [...binding.declarations, ...imported.declarations],
      variables: [...binding.variables, ...imported.variables],
      lookups: imported.lookups,
    };
  }

  /** @param name - The name in the module it was found in. */
  ofLookup(found: Lookup, name: string): NameBinding {
    if (found.kind === 'module' || found.kind === 'external') return { ...UNBOUND, lookups: [found] };
    if (found.kind === 'local')
      return { declarations: [], variables: [variable(found.file, found.scope, name)], lookups: [found] };
    return {
      declarations: lastOnly(found.declarations.filter(isFunctionOrType)),
      variables: found.declarations
        .filter((each) => !isFunctionOrType(each))
        .map(({ file, definition }) => variable(file, definition.parent, definition.name)),
      lookups: [],
    };
  }

  #localsOf(file: FileScope): LocalNames {
    let locals = this.#locals.get(file);
    if (locals !== undefined) return locals;
    const bound = new Map<number, Set<string>>();
    const outer = new Map<number, Set<string>>();
    for (const { kind, target, value, scope: written } of file.parsed.flows ?? []) {
      const scope = functionScope(file, written);
      if (kind === 'outer') addName(outer, scope, value);
      else if (kind !== 'instance' && target !== '')
        for (const name of target.match(NAME_IN_PATTERN) ?? []) addName(bound, scope, name);
    }
    for (const { name, scope } of file.parsed.typedNames) addName(bound, functionScope(file, scope), name);
    locals = { bound, outer };
    this.#locals.set(file, locals);
    // `global pool` may be the only place that gives the module such a name.
    for (const [scope, names] of outer)
      for (const name of names) if (this.assignedScope(file, scope, name) === -1) addName(bound, -1, name);
    // `isinstance(x, …)` binds nothing; `case Point() as x` does.
    for (const { kind, target, scope } of file.parsed.flows ?? [])
      if (kind === 'instance' && this.#find(file, scope, target) === UNBOUND) addName(bound, scope, target);
    return locals;
  }
}

/** The scope names are bound in: a variable is around what its value is made of, but binds nothing. */
export function functionScope(file: FileScope, scope: number): number {
  let at = scope;
  for (;;) {
    const declaration = file.declarations[at];
    if (declaration === undefined || isFunctionOrType(declaration)) return at;
    if (declaration.definition.kind === 'property' || declaration.members.size > 0) return at;
    at = declaration.definition.parent;
  }
}

const isFunctionOrType = (declaration: Declaration): boolean => isCallable(declaration) || isType(declaration);

/** Of several definitions with one name in one scope the last counts; those of several branches may all be meant. */
function lastOnly(declarations: readonly Declaration[]): readonly Declaration[] {
  return declarations.length <= 1 ? declarations : declarations.slice(-1);
}

function addName(names: Map<number, Set<string>>, scope: number, name: string): void {
  const known = names.get(scope);
  if (known === undefined) names.set(scope, new Set([name]));
  else known.add(name);
}
