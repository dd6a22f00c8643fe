import { isExtension, isOpenScope, isType, isVariant, sameNamed } from '../project-index.ts';
import type { Declaration, FileScope } from '../project-index.ts';
import { argumentCount, ofArity } from '../type-arity.ts';
import { parseTypeName, splitTop } from '../type-name.ts';
import type { ImportTable } from './import-table.ts';
import type { LexicalScope } from './lexical-scope.ts';
import type { Lookup } from './lookup.ts';
import { enclosingType } from './value.ts';

/** Types a name stands for: several where a language merges declarations; `external` outside of the project. */
export type TypeResolution = readonly Declaration[] | 'external' | undefined;

/** A type's bases in the order members are looked up, itself first. */
export interface Linearization {
  readonly types: readonly Declaration[];
  /** Some base is outside of the project or unknown: a member not found here may still exist. */
  readonly isOpen: boolean;
}

/** Where a member was found. */
export type MemberLookup =
  | { readonly kind: 'declarations'; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'typed'; readonly typeName: string; readonly file: FileScope; readonly scope: number }
  | { readonly kind: 'external' };

/** Aliases of aliases beyond this are a circle. */
const MAX_ALIASES = 8;
/**
 * Deeper and wider hierarchies are not written by people; each class takes the time of all of its ancestors (CWE-407,
 * CWE-674). What lies beyond is unknown: the class counts as open.
 */
const MAX_HIERARCHY_DEPTH = 100;
const MAX_BASES = 64;
const MAX_ANCESTORS = 200;

/** Types by name, their bases and their members. */
export class TypeHierarchy {
  readonly #lexical: LexicalScope;
  readonly #imports: ImportTable;
  readonly #linearizations = new Map<Declaration, Linearization>();
  /** How many types on the way to a member only give access to another. */
  #dereferences = 0;
  readonly #members = new Map<Declaration, Map<string, MemberLookup | undefined>>();
  readonly #bases = new Map<Declaration, Map<string, TypeResolution>>();

  constructor(lexical: LexicalScope, imports: ImportTable) {
    this.#lexical = lexical;
    this.#imports = imports;
  }

  /** Resolves a type name with its qualifiers (`Pool`, `db.Pool`) as seen from a scope; aliases are followed. */
  resolveType(file: FileScope, scope: number, name: string, aliases = 0): TypeResolution {
    const found = this.lookupQualified(file, scope, name);
    if (found?.kind === 'external') return 'external';
    if (found?.kind === 'local') return this.#resolveBound(found, aliases);
    if (found?.kind !== 'declarations') return undefined;
    const own = found.declarations.filter(isType);
    // What is in a variant of an enum is known by the variant: `Error::Io(cause)` as a pattern.
    const types = own.length === 0 && file.rules.unwrapsContainers ? found.declarations.filter(isVariant) : own;
    const alias = types.length === 1 ? types[0] : undefined;
    if (alias?.definition.kind !== 'type' || alias.definition.typeName === undefined || alias.members.size > 0) {
      return types.length === 0 ? undefined : types;
    }
    const [target, ...others] = parseTypeName(alias.definition.typeName);
    if (target?.kind !== 'instance' || others.length > 0 || aliases >= MAX_ALIASES) return types;
    const followed = this.resolveType(alias.file, alias.definition.parent, target.name, aliases + 1);
    return followed === undefined ? types : followed;
  }

  /** A generic parameter is known by what bounds it. */
  #resolveBound({ typeName, file, scope }: Extract<Lookup, { kind: 'local' }>, aliases: number): TypeResolution {
    if (typeName === '' || aliases >= MAX_ALIASES) return undefined;
    const bounds = parseTypeName(typeName).flatMap((bound) =>
      bound.kind === 'instance' ? [this.resolveType(file, scope, bound.name, aliases + 1)] : [],
    );
    const types = bounds.flatMap((bound) => (typeof bound === 'object' ? bound : []));
    return types.length > 0 ? types : bounds.find((bound) => bound === 'external');
  }

  /** What a dotted name stands for: its head in scope, then members of modules, namespaces and types. */
  lookupQualified(file: FileScope, scope: number, name: string): Lookup | undefined {
    const [head = '', ...rest] = name.split('.');
    // A type is meant: `func set(setter setter)` has a parameter of the name too.
    const inScope =
      rest.length > 0 && file.rules.selfNames.has(head) ? ownType(file, scope) : this.#lexical.find(file, scope, head);
    const isOther =
      inScope?.kind === 'local' ||
      (rest.length === 0 && inScope?.kind === 'declarations' && !inScope.declarations.some(isType));
    const outer = isOther ? this.#lexical.find(file, -1, head) : undefined;
    let found = outer?.kind === 'declarations' ? outer : inScope;
    for (const segment of rest) {
      if (found?.kind === 'module') found = this.#imports.exportOf(found.module, segment);
      else if (found?.kind === 'declarations') {
        const owners = new Set(found.declarations.flatMap((each) => (isType(each) ? this.#partsOf(each) : [each])));
        const declarations = [...owners].flatMap((declaration) => declaration.members.get(segment) ?? []);
        const module = found.declarations.find(isOpenScope);
        if (declarations.length > 0) found = { kind: 'declarations', declarations, tier: found.tier };
        else found = module === undefined ? undefined : this.#imports.inlineModuleName(module, segment);
      } else return found?.kind === 'external' ? found : undefined;
    }
    return found;
  }

  /** C3 where it exists (Python's method resolution order), else bases depth first. */
  linearize(type: Declaration): Linearization {
    return this.#linearize(type, new Set());
  }

  /** Finds a member of a type or of the nearest base that has it. `external` where an outside base may have it. */
  findMember(type: Declaration, name: string): MemberLookup | undefined {
    const known = this.#members.get(type) ?? new Map<string, MemberLookup | undefined>();
    this.#members.set(type, known);
    if (!known.has(name)) known.set(name, this.#lookupMember(this.linearize(type), name));
    return known.get(name);
  }

  /** As {@link findMember} for `super`: the type itself is left out. */
  findInheritedMember(type: Declaration, name: string): MemberLookup | undefined {
    const { types, isOpen } = this.linearize(type);
    // Where there are interfaces, `super` is about the superclass alone.
    const isClass = type.definition.kind === 'class' && type.file.rules.membersInScope;
    const bases = isClass ? types.slice(1).filter(({ definition }) => definition.kind !== 'interface') : types.slice(1);
    return this.#lookupMember({ types: bases, isOpen }, name) ?? (isClass ? { kind: 'external' } : undefined);
  }

  /** The class a class extends, in any of its parts; undefined where it is from outside of the project. */
  superclass(type: Declaration): Declaration | undefined {
    for (const part of this.#partsOf(type)) {
      for (const { name, kind } of part.definition.bases) {
        const resolved = kind === 'extends' ? this.resolveBase(part, name) : undefined;
        if (typeof resolved === 'object' && resolved[0] !== undefined) return resolved[0];
      }
    }
    return undefined;
  }

  #lookupMember({ types, isOpen }: Linearization, name: string): MemberLookup | undefined {
    for (const type of types) {
      const declarations = this.#partsOf(type).flatMap((part) => part.members.get(name) ?? []);
      if (declarations.length > 0) return { kind: 'declarations', declarations };
      const parameter = constructorParameter(type, name) ?? embeddedMember(type, name) ?? tupleElement(type, name);
      if (parameter !== undefined) return parameter;
    }
    return this.#dereferenced(types[0], name) ?? (isOpen ? { kind: 'external' } : undefined);
  }

  /** What a type gives access to like its own: that of Rust's `impl Deref`. */
  #dereferenced(type: Declaration | undefined, name: string): MemberLookup | undefined {
    if (type?.file.rules.unwrapsContainers !== true || this.#dereferences >= MAX_ALIASES) return undefined;
    const target = type.members.get('Target')?.find(({ definition }) => definition.kind === 'type');
    const [pointee] = parseTypeName(target?.definition.typeName ?? '');
    if (target === undefined || pointee?.kind !== 'instance') return undefined;
    const resolved = this.resolveType(target.file, target.index, pointee.name);
    const next = typeof resolved === 'object' ? resolved[0] : undefined;
    if (next === undefined || next === type) return undefined;
    this.#dereferences++;
    const found = this.findMember(next, name);
    this.#dereferences--;
    return found;
  }

  #partsOf(type: Declaration): readonly Declaration[] {
    return type.file.rules.partialTypes ? this.#imports.partsOf(type) : mergedDeclarations(type);
  }

  #linearize(type: Declaration, ongoing: Set<Declaration>): Linearization {
    const known = this.#linearizations.get(type);
    if (known !== undefined) return known;
    if (ongoing.has(type)) return { types: [], isOpen: false }; // a circle of bases: broken code
    if (ongoing.size >= MAX_HIERARCHY_DEPTH) return { types: [type], isOpen: true };
    ongoing.add(type);
    // What a type alias stands for is not known where it has neither members nor a single target.
    let isOpen = type.definition.kind === 'type' && type.members.size === 0;
    const bases: Declaration[] = [];
    const parts = this.#partsOf(type);
    // Nor what a type has that the project only extends.
    isOpen ||= parts.every(isExtension);
    for (const part of parts) {
      for (const base of part.definition.bases.slice(0, MAX_BASES)) {
        const resolved = this.resolveBase(part, base.name);
        if (typeof resolved === 'object') bases.push(...resolved.slice(0, 1));
        else isOpen ||= base.name !== 'object' && base.name !== 'Generic' && base.name !== 'Protocol';
      }
    }
    const parents = [...new Set(bases)].filter((base) => base !== type).map((base) => this.#linearize(base, ongoing));
    ongoing.delete(type);
    const orders = parents.map(({ types }) => types);
    const types = mergeOrders(type, orders);
    const isCut = types.length > MAX_ANCESTORS;
    const result = { types, isOpen: isOpen || isCut || parents.some((parent) => parent.isOpen) };
    this.#linearizations.set(type, result);
    return result;
  }

  /** Types a base name stands for, as seen from where the type is defined. */
  resolveBase(type: Declaration, name: string): TypeResolution {
    let known = this.#bases.get(type);
    if (known === undefined) this.#bases.set(type, (known = new Map()));
    if (!known.has(name)) known.set(name, this.#findBase(type, name));
    return known.get(name);
  }

  #findBase(type: Declaration, name: string): TypeResolution {
    const [base] = parseTypeName(name);
    if (base === undefined) return undefined;
    if (base.kind === 'container') {
      // A project may have a `List` of its own.
      const head = /^[\p{ID_Start}_$][\p{ID_Continue}$.]*/u.exec(name)?.[0];
      const own = head === undefined ? undefined : this.resolveType(type.file, type.definition.parent, head);
      return typeof own === 'object' ? own.filter((candidate) => candidate !== type) : 'external';
    }
    if (base.kind === 'self') return undefined;
    const resolved = this.resolveType(type.file, type.definition.parent, base.name);
    if (typeof resolved !== 'object') return resolved;
    const others = resolved.filter((candidate) => candidate !== type);
    return type.file.rules.partialTypes ? ofArity(others, argumentCount(name)) : others;
  }
}

/** The type around a place, under the name it has for itself: Rust's `Self`. */
function ownType(file: FileScope, scope: number): Lookup | undefined {
  const type = enclosingType({ file, scope });
  return type === undefined ? undefined : { kind: 'declarations', declarations: [type], tier: 'receiver' };
}

/** What stands at a place of a type without names for its fields: `.0` of `struct Limit(usize)`. */
function tupleElement({ definition, file, index }: Declaration, name: string): MemberLookup | undefined {
  const elements = /^\d+$/.test(name) ? /^tuple<(.*)>$/s.exec(definition.typeName ?? '')?.[1] : undefined;
  if (elements === undefined) return undefined;
  const typeName = splitTop(elements, ',')[Number(name)]?.trim() ?? '';
  return typeName === '' ? undefined : { kind: 'typed', typeName, file, scope: index };
}

/** A type's parts: TypeScript merges interfaces and classes of one name in one scope. */
function mergedDeclarations(type: Declaration): readonly Declaration[] {
  if (!type.file.rules.mergesDeclarations) return [type];
  const types = sameNamed(type).filter(isType);
  return types.includes(type) ? types : [type];
}

/**
 * A constructor parameter as a field: TypeScript's parameter properties, and the convention `this.pool = pool`,
 * `self._pool = pool`, where no field of the name is declared.
 */
function constructorParameter(type: Declaration, name: string): MemberLookup | undefined {
  const { constructorNames } = type.file.rules;
  for (const constructorName of constructorNames) {
    for (const { file, index } of type.members.get(constructorName) ?? []) {
      const typed = file.typedNames.get(index);
      const typeName = typed?.get(name) ?? typed?.get(name.replace(/^_+/, ''));
      if (typeName !== undefined && typeName !== '') return { kind: 'typed', typeName, file, scope: index };
    }
  }
  return undefined;
}

/** `Core` in `struct { zapcore.Core }`: the embedded value. */
function embeddedMember({ definition, file }: Declaration, name: string): MemberLookup | undefined {
  if (!file.rules.basesAreMembers) return undefined;
  const base = definition.bases.find((each) => each.name === name || each.name.endsWith(`.${name}`));
  return base === undefined ? undefined : { kind: 'typed', typeName: base.name, file, scope: definition.parent };
}

/**
 * The merge of C3: each type once, in an order that none of the lists contradicts.
 *
 * @see Barrett et al., A Monotonic Superclass Linearization for Dylan (1996)
 */
function mergeOrders(type: Declaration, orders: readonly (readonly Declaration[])[]): Declaration[] {
  const lists = [...orders, orders.flatMap((order) => order.slice(0, 1))].map((types) => ({ types, at: 0 }));
  /** In how many lists a type stands behind another one. */
  const behind = new Map<Declaration, number>();
  const count = (each: Declaration, by: number): unknown => behind.set(each, (behind.get(each) ?? 0) + by);
  for (const { types } of lists) for (const each of types.slice(1)) count(each, 1);
  const merged = new Set([type]);
  while (merged.size <= MAX_ANCESTORS) {
    const heads = lists.flatMap(({ types, at }) => types[at] ?? []);
    // Where C3 has no answer the classes contradict each other: the first base goes first.
    const next = heads.find((head) => behind.get(head) === undefined || behind.get(head) === 0) ?? heads[0];
    if (next === undefined) break;
    merged.add(next);
    for (const list of lists) {
      for (let head = list.types[list.at]; head !== undefined && merged.has(head); head = list.types[list.at]) {
        list.at++;
        const after = list.types[list.at];
        if (after !== undefined) count(after, -1);
      }
    }
  }
  return [...merged];
}
