import type { DetachedMembers, ParameterStyle, ScopingTrait } from '../parsing/language.ts';
import { languageDescriptors, readBuiltinNames } from '../parsing/language-descriptors.ts';

/**
 * What name resolution must know of a language: the section `resolution` of its `language.json`, laid out for lookup.
 * The traits are those of `SCOPING_TRAITS`.
 */
export interface LanguageRules extends Readonly<Record<ScopingTrait, boolean>> {
  /** Module system: languages of one family see each other's modules. */
  readonly family: string;
  /** Names project-wide uniqueness is counted within. */
  readonly group: string;
  /** Receivers that mean the enclosing class or its instance. */
  readonly selfNames: ReadonlySet<string>;
  readonly superNames: ReadonlySet<string>;
  /** Names of constructors as members; the class name itself in Java. */
  readonly constructorNames: ReadonlySet<string>;
  readonly parameterStyle: ParameterStyle;
  readonly detachedMembers: DetachedMembers;
  readonly isBuiltin: (name: string) => boolean;
  /** Members any object or collection of the language has. */
  readonly isBuiltinMember: (name: string) => boolean;
}

const known = new Map<string, LanguageRules>();

/** Rules of a language. One that is not known (an index made by a later version) gets rules under which nothing is guessed. */
export function languageRules(language: string): LanguageRules {
  let rules = known.get(language);
  if (rules === undefined) {
    rules = readRules(language);
    known.set(language, rules);
  }
  return rules;
}

function readRules(language: string): LanguageRules {
  const descriptor = languageDescriptors().find(({ id }) => id === language);
  const resolution = descriptor?.resolution;
  const traits = new Set(resolution?.traits);
  const builtins = descriptor === undefined ? null : readBuiltinNames(descriptor);
  return {
    family: resolution?.modules ?? '',
    group: resolution?.group ?? language,
    selfNames: new Set(resolution?.selfNames),
    superNames: new Set(resolution?.superNames),
    constructorNames: new Set(resolution?.constructorNames),
    parameterStyle: resolution?.parameters ?? 'name-first',
    detachedMembers: resolution?.detachedMembers ?? 'none',
    membersInScope: traits.has('membersInScope'),
    methodsHaveOwnNames: traits.has('methodsHaveOwnNames'),
    callInstantiates: traits.has('callInstantiates'),
    lastDefinitionWins: traits.has('lastDefinitionWins'),
    explicitImports: traits.has('explicitImports') || descriptor === undefined,
    callConverts: traits.has('callConverts'),
    basesAreMembers: traits.has('basesAreMembers'),
    callsFollowValues: traits.has('callsFollowValues'),
    modulesAreTypes: traits.has('modulesAreTypes'),
    bareNamesAreCalls: traits.has('bareNamesAreCalls'),
    mergesDeclarations: traits.has('mergesDeclarations'),
    partialTypes: traits.has('partialTypes'),
    unwrapsContainers: traits.has('unwrapsContainers'),
    isBuiltin: (name) => builtins?.names.has(name) === true,
    isBuiltinMember: (name) => builtins?.members.has(name) === true,
  };
}
