import type { EdgeKind, ResolutionTier, UnresolvedReason } from '../graph/edge.ts';
import type { Reference } from '../parsing/language.ts';
import {
  definitionAt,
  hasBody,
  isCallable,
  isExtension,
  isSubscription,
  isType,
  isVariant,
  MAX_SAME_NAMED,
} from './project-index.ts';
import type { Declaration, FileScope } from './project-index.ts';
import type { ImportTable } from './tiers/import-table.ts';
import { overriddenMethods } from './overrides.ts';
import type { Lookup } from './tiers/lookup.ts';
import type { PreciseReferences } from './tiers/precise-references.ts';
import type { SqlCatalog } from './tiers/sql-catalog.ts';
import type { TypeHierarchy } from './tiers/type-hierarchy.ts';
import type { ScriptInference } from './tiers/script/script-inference.ts';
import type { UniqueNames } from './tiers/unique-name.ts';
import type { ValueInference } from './tiers/value-inference.ts';
import { enclosingType, type Place } from './tiers/value.ts';

/** What became of a reference. `local`: it means a variable of its own function, which is no symbol of the graph. */
export type Outcome =
  | {
      readonly kind: 'edge';
      readonly edgeKind: EdgeKind;
      readonly target: Declaration;
      readonly tier: ResolutionTier;
      /** What else it means: of a union of types the member of each. */
      readonly others?: readonly Declaration[] | undefined;
    }
  | { readonly kind: 'unresolved'; readonly reason: UnresolvedReason; readonly candidateCount: number }
  | { readonly kind: 'local' };

/** A value of more types than this says nothing of what is called. */
const MAX_ALTERNATIVES = 8;

const LOCAL: Outcome = Object.freeze({ kind: 'local' });
const EXTERNAL: Outcome = Object.freeze({ kind: 'unresolved', reason: 'external', candidateCount: 0 });

/** Resolves single references: asks the tiers in the order of their confidence. */
export class ReferenceResolver {
  readonly #uniqueNames: UniqueNames;
  readonly #imports: ImportTable;
  readonly #types: TypeHierarchy;
  readonly #values: ValueInference;
  readonly #scripts: ScriptInference;
  readonly #sql: SqlCatalog;
  readonly #precise: PreciseReferences | undefined;

  constructor(
    uniqueNames: UniqueNames,
    imports: ImportTable,
    types: TypeHierarchy,
    values: ValueInference,
    scripts: ScriptInference,
    sql: SqlCatalog,
    precise?: PreciseReferences,
  ) {
    this.#uniqueNames = uniqueNames;
    this.#imports = imports;
    this.#types = types;
    this.#values = values;
    this.#scripts = scripts;
    this.#sql = sql;
    this.#precise = precise;
  }

  resolve(file: FileScope, reference: Reference): Outcome {
    const precise = this.#precise?.find(file, reference);
    if (precise === 'external') return EXTERNAL;
    if (precise !== undefined)
      return { kind: 'edge', edgeKind: edgeKindFor(reference.kind, precise, file), target: precise, tier: 'scip' };
    if (file.rules.family === 'sql') return this.#resolveSql(file, reference);
    if (reference.isHandler === true && isSubscription({ kind: 'route', name: reference.name }))
      return this.#resolveEvent(file, reference);
    const place = { file, scope: reference.scope ?? reference.enclosing };
    if (reference.receiver !== null && reference.receiver !== '')
      return this.#resolveMember(reference, reference.receiver, place);
    const { rules } = file;
    if (rules.superNames.has(reference.name) || rules.selfNames.has(reference.name))
      return this.#resolveConstructorCall(reference, place);
    const found = this.#values.findName(reference.name, place, reference.kind === 'calls');
    if (found === undefined && this.#mayBeInherited(place)) return EXTERNAL;
    return this.#fromLookup(found, reference, place);
  }

  /** Where members are in scope by their bare name, an outside base class may be where a name comes from. */
  #mayBeInherited({ file, scope }: Place): boolean {
    if (!file.rules.membersInScope) return false;
    let at = definitionAt(file, scope);
    while (at !== undefined && !(isType(at) && this.#types.linearize(at).isOpen))
      at = at.owner ?? at.parent ?? undefined;
    return at !== undefined;
  }

  /** The methods a definition overrides or implements; none for anything but a method. */
  overridden(declaration: Declaration): readonly Declaration[] {
    return overriddenMethods(declaration, this.#types);
  }

  /** Resolves a base of a type: `extends` or `implements`. */
  resolveBase(declaration: Declaration, name: string, kind: 'extends' | 'implements'): Outcome {
    const resolved = this.#types.resolveBase(declaration, name);
    if (resolved === 'external') return EXTERNAL;
    if (resolved === undefined || resolved.length === 0) {
      // PHP names the root of all names: `\Countable`.
      if (declaration.file.rules.isBuiltin(name.replace(/^\\/, ''))) return EXTERNAL;
      return { kind: 'unresolved', reason: 'not-found', candidateCount: 0 };
    }
    const tier = resolved.some((type) => this.#imports.sharesScope(type.file, declaration.file)) ? 'lexical' : 'import';
    return this.#target(resolved, kind, tier, declaration.file);
  }

  #resolveSql(file: FileScope, reference: Reference): Outcome {
    const found = this.#sql.resolve(file, reference);
    if (found.kind === 'found')
      return { kind: 'edge', edgeKind: reference.kind, target: found.declaration, tier: found.tier };
    const reason = found.candidateCount > 1 ? 'ambiguous' : reference.dynamic === true ? 'dynamic' : 'not-found';
    return { kind: 'unresolved', reason, candidateCount: found.candidateCount };
  }

  #fromLookup(found: Lookup | undefined, reference: Reference, { file }: Place): Outcome {
    switch (found?.kind) {
      case 'declarations':
        return this.#target(found.declarations, reference.kind, found.tier, file);
      case 'external':
        return EXTERNAL;
      case 'module':
        // A module used as a value is no symbol; its import edge says it already.
        return reference.kind === 'references' ? LOCAL : this.#notFound(reference, file);
      case 'local':
        if (reference.kind === 'calls' && file.rules.family === 'script') return this.#calledLocal(found, file);
        return reference.kind === 'calls' || reference.kind === 'instantiates'
          ? { kind: 'unresolved', reason: 'unknown-receiver', candidateCount: 0 }
          : LOCAL;
      default:
        return this.#notFound(reference, file);
    }
  }

  /** A member of a value that is of any of several types: each of them is meant. */
  #anyOf(declarations: readonly Declaration[], kind: EdgeKind, from: FileScope): Outcome {
    const targets = groupByScope(declarations).flatMap((group) => representative(group) ?? []);
    const [target, ...others] = targets;
    if (target === undefined || targets.length > MAX_ALTERNATIVES)
      return { kind: 'unresolved', reason: 'ambiguous', candidateCount: targets.length };
    return { kind: 'edge', edgeKind: edgeKindFor(kind, target, from), target, tier: 'receiver', others };
  }

  /** All that an event runs; one that nobody in the project waits for is for others. */
  #resolveEvent(file: FileScope, reference: Reference): Outcome {
    const [target, ...others] = this.#uniqueNames.subscriptions(file.rules.group, reference.name);
    if (target === undefined) return EXTERNAL;
    if (others.length >= MAX_ALTERNATIVES)
      return { kind: 'unresolved', reason: 'ambiguous', candidateCount: others.length + 1 };
    return { kind: 'edge', edgeKind: 'calls', target, tier: 'framework', others };
  }

  /** A call of a local name: the method that was taken out of an object. */
  #calledLocal(found: Extract<Lookup, { kind: 'local' }>, file: FileScope): Outcome {
    const declarations = this.#scripts.calledLocal(found);
    if (declarations.length > 0) return this.#target(declarations, 'calls', 'receiver', file);
    return { kind: 'unresolved', reason: 'unknown-receiver', candidateCount: 0 };
  }

  #notFound(reference: Reference, file: FileScope): Outcome {
    if (file.rules.isBuiltin(reference.name)) return EXTERNAL;
    const isScript =
      file.parsed.imports.length === 0 && file.parsed.exportAliases.length === 0 && file.rules.family === 'script';
    if (reference.kind === 'calls' && (!file.rules.explicitImports || isScript))
      return this.#byUniqueName(reference, file, 'not-found');
    return { kind: 'unresolved', reason: reference.dynamic === true ? 'dynamic' : 'not-found', candidateCount: 0 };
  }

  /** As {@link #resolveMember}, for languages with types of TypeScript. */
  #resolveScriptMember(reference: Reference, receiver: string, { file, scope }: Place): Outcome {
    const member = this.#scripts.member(receiver, reference.name, file, scope);
    switch (member?.kind) {
      case 'declarations':
        if (member.isUnion === true) return this.#anyOf(member.declarations, reference.kind, file);
        return this.#target(
          member.declarations,
          reference.kind,
          member.isImported === true ? 'import' : 'receiver',
          file,
        );
      case 'external':
        return EXTERNAL;
      case 'absent':
        if (file.rules.isBuiltinMember(reference.name)) return EXTERNAL;
        return { kind: 'unresolved', reason: 'not-found', candidateCount: 0 };
      default:
        return member?.value?.kind === 'external' ? EXTERNAL : this.#unknownReceiver(reference, file);
    }
  }

  #resolveMember(reference: Reference, receiver: string, place: Place): Outcome {
    if (place.file.rules.family === 'script') return this.#resolveScriptMember(reference, receiver, place);
    const value = this.#values.evaluateText(receiver, place);
    if (value === undefined) return this.#unknownReceiver(reference, place.file);
    const member = this.#values.memberOf(value, reference.name);
    switch (member.kind) {
      case 'declarations':
        return this.#target(member.declarations, reference.kind, member.tier, place.file);
      case 'external':
        return EXTERNAL;
      case 'absent':
        if (place.file.rules.isBuiltinMember(reference.name)) return EXTERNAL;
        return { kind: 'unresolved', reason: 'not-found', candidateCount: 0 };
      default:
        return member.value?.kind === 'external' ? EXTERNAL : this.#unknownReceiver(reference, place.file);
    }
  }

  #unknownReceiver(reference: Reference, file: FileScope): Outcome {
    if (reference.kind === 'calls') return this.#byUniqueName(reference, file, 'unknown-receiver');
    return { kind: 'unresolved', reason: 'unknown-receiver', candidateCount: 0 };
  }

  #byUniqueName(reference: Reference, file: FileScope, otherwise: UnresolvedReason): Outcome {
    const isMember = reference.receiver !== null && reference.receiver !== '';
    const { unique, count } = this.#uniqueNames.find(file.rules.group, reference.name, isMember);
    if (unique !== undefined) return this.#target([unique], reference.kind, 'unique-name', file);
    return { kind: 'unresolved', reason: count > 1 ? 'ambiguous' : otherwise, candidateCount: count };
  }

  /** `super(…)` and Java's `this(…)`: the constructor, or the class where it has none of its own. */
  #resolveConstructorCall(reference: Reference, place: Place): Outcome {
    const type = enclosingType(place);
    if (type === undefined) return { kind: 'unresolved', reason: 'unknown-receiver', candidateCount: 0 };
    if (reference.kind !== 'calls') return LOCAL;
    const { superNames, callInstantiates } = place.file.rules;
    // Python's `super()` only makes the receiver of the call that follows.
    if (callInstantiates) return LOCAL;
    const owner = superNames.has(reference.name) ? this.#types.superclass(type) : type;
    if (owner === undefined) return EXTERNAL;
    return this.#target(constructorsOf(owner), reference.kind, 'receiver', place.file, [owner]);
  }

  /** A call of a variable runs the function it was given; where that is not known the variable is referred to. */
  #calledValue(variable: Declaration, from: FileScope): Outcome {
    const value = this.#values.heldBy(variable);
    if (value?.kind === 'callable') {
      const outcome = this.#target(value.declarations.filter(isCallable), 'calls', 'points-to', from);
      if (outcome.kind === 'edge') return outcome;
    }
    return { kind: 'edge', edgeKind: 'references', target: variable, tier: 'lexical' };
  }

  /** Definitions of one name for different systems or versions exclude each other. */
  #visibleScopes(scopes: readonly Declaration[][], from: FileScope): readonly Declaration[][] {
    if (scopes.length < 2) return scopes;
    const visible = scopes.filter(([first]) => first !== undefined && this.#imports.isVisible(from, first.file));
    return visible.length > 0 ? visible : scopes;
  }

  /** The one definition a set of same-named declarations stands for, or an ambiguity. */
  #target(
    declarations: readonly Declaration[],
    kind: EdgeKind,
    tier: ResolutionTier,
    from: FileScope,
    otherwise: readonly Declaration[] = [],
  ): Outcome {
    if (declarations.length > MAX_SAME_NAMED)
      return { kind: 'unresolved', reason: 'ambiguous', candidateCount: declarations.length };
    const linked = this.#imports.linked(from, this.#extendedTypes(declarations));
    if (linked.length === 0 && declarations.some(isExtension)) return EXTERNAL;
    const fitting = linked.filter(kind === 'calls' ? isCallable : kind === 'references' ? () => true : isType);
    const candidates = fitting.length > 0 ? fitting : linked.length > 0 ? linked : otherwise;
    const scopes = this.#visibleScopes(groupByScope(candidates), from);
    const own = scopes.find((group) => group[0]?.file === from);
    const group = scopes.length === 1 ? scopes[0] : tier === 'receiver' ? undefined : own;
    if (group === undefined) return { kind: 'unresolved', reason: 'ambiguous', candidateCount: scopes.length };
    const target = representative(group);
    if (target === undefined) return { kind: 'unresolved', reason: 'not-found', candidateCount: 0 };
    const isHeld = kind === 'calls' && from.rules.callsFollowValues && !isCallable(target) && !isType(target);
    if (isHeld) return this.#calledValue(target, from);
    return { kind: 'edge', edgeKind: edgeKindFor(kind, target, from), target, tier };
  }

  /** The types that extensions add to; none for those of types outside of the project. */
  #extendedTypes(declarations: readonly Declaration[]): readonly Declaration[] {
    if (!declarations.some(isExtension)) return declarations;
    const parts = declarations.flatMap((found) => (isExtension(found) ? this.#imports.partsOf(found) : [found]));
    return [...new Set(parts)].filter((part) => !isExtension(part));
  }
}

/** Calling a class makes an instance in Python; elsewhere it converts a value or passes the class on. */
function edgeKindFor(kind: EdgeKind, target: Declaration, from: FileScope): EdgeKind {
  if (kind === 'references' && from.rules.bareNamesAreCalls && isCallable(target)) return 'calls';
  if (kind !== 'calls' || (!isType(target) && !isVariant(target))) return kind;
  if (from.rules.callInstantiates) return 'instantiates';
  return from.rules.callConverts ? 'references' : kind;
}

function constructorsOf(type: Declaration): readonly Declaration[] {
  const { constructorNames } = type.file.rules;
  return [...type.members.values()]
    .flat()
    .filter(({ definition }) => definition.kind === 'constructor' || constructorNames.has(definition.name));
}

/** Overloads and redefinitions of one scope belong together. */
function groupByScope(declarations: readonly Declaration[]): Declaration[][] {
  const [only] = declarations;
  if (only === undefined) return [];
  if (declarations.length === 1) return [[only]];
  const groups = new Map<string, Declaration[]>();
  for (const declaration of declarations) {
    const { parsed, rules } = declaration.file;
    const { qualifiedName } = declaration.definition;
    const isPartial = rules.partialTypes && parsed.packageName !== '';
    const place = rules.partialTypes ? '' : `${parsed.path}#`;
    const key = isPartial ? `${parsed.packageName}.${qualifiedName}` : place + qualifiedName;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [declaration]);
    else group.push(declaration);
  }
  return [...groups.values()];
}

function representative(group: readonly Declaration[]): Declaration | undefined {
  const [first] = group;
  if (first?.file.rules.lastDefinitionWins === true) return group.at(-1);
  return group.find(hasBody) ?? first;
}
