import { isCallable, isType, sameNamed } from './project-index.ts';
import type { Declaration } from './project-index.ts';
import type { TypeHierarchy } from './tiers/type-hierarchy.ts';

/** Members that belong to their class alone. */
const UNSHARED = /(?:^|\s)(?:static|private)\s/u;

/**
 * The methods a method overrides or implements: of each base of its type the nearest one of its name, so that a chain of
 * overrides is a chain of edges.
 */
export function overriddenMethods(method: Declaration, types: TypeHierarchy): readonly Declaration[] {
  const { definition, file } = method;
  const owner = method.owner ?? method.parent;
  if (owner === null || !isType(owner) || definition.kind !== 'method' || file.rules.basesAreMembers) return [];
  if (file.rules.constructorNames.has(definition.name) || definition.name.startsWith('#')) return [];
  const nameAt = definition.signature.indexOf(definition.name);
  if (UNSHARED.test(definition.signature.slice(0, Math.max(0, nameAt)))) return [];
  const found = new Set<Declaration>();
  for (const part of [owner, ...sameNamed(owner).filter((other) => other !== owner && isType(other))]) {
    for (const { name } of part.definition.bases) {
      const bases = types.resolveBase(part, name);
      for (const base of typeof bases === 'object' ? bases : []) {
        const member = base === owner ? undefined : types.findMember(base, definition.name);
        if (member?.kind !== 'declarations') continue;
        const overridden = member.declarations.find((other) => other !== method && isOverridable(other));
        if (overridden !== undefined) found.add(overridden);
      }
    }
  }
  return [...found];
}

/** Methods, and what an interface declares as a property that holds a function. */
function isOverridable(declaration: Declaration): boolean {
  const { kind } = declaration.definition;
  return (isCallable(declaration) && kind !== 'constructor') || kind === 'property' || kind === 'field';
}
