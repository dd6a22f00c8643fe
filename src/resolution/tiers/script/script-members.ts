import { isType, sameNamed } from '../../project-index.ts';
import type { Declaration } from '../../project-index.ts';
import { isStaticMember } from './member-signature.ts';
import type { ScriptTypes } from './script-types.ts';
import { ABSENT, EXTERNAL_MEMBER } from './script-value.ts';
import type { Bindings, InstanceValue, ScriptMember, ScriptValue } from './script-value.ts';
import { bind, typeParametersOf } from './signature-types.ts';
import { readType } from './type-reader.ts';

/** Deeper and wider hierarchies are not written by people (CWE-407, CWE-674). */
const MAX_BASES = 64;
const MAX_HIERARCHY_DEPTH = 60;

/** Members of classes, interfaces, aliases and enums, through their bases with their type arguments. */
export class ScriptMembers {
  readonly #types: ScriptTypes;

  constructor(types: ScriptTypes) {
    this.#types = types;
  }

  /** A member of an instance or of a class itself. */
  find(value: InstanceValue | Extract<ScriptValue, { kind: 'class' }>, name: string): ScriptMember {
    const isClass = value.kind === 'class';
    const bindings = isClass ? undefined : value.bindings;
    const isSuper = value.isSuper === true;
    return this.#inType(value.type, name, {
      isClass,
      self: isSuper ? undefined : value,
      bindings,
      isSuper,
      seen: new Set(),
    });
  }

  #inType(type: Declaration, name: string, search: Search): ScriptMember {
    if (search.seen.has(type) || search.seen.size >= MAX_HIERARCHY_DEPTH) return ABSENT;
    search.seen.add(type);
    const parts = mergedParts(type);
    const own = search.isSuper ? ABSENT : this.#own(parts, name, search);
    return own.kind === 'absent' ? this.#inherited(parts, name, search) : own;
  }

  #own(parts: readonly Declaration[], name: string, { isClass, self, bindings }: Search): ScriptMember {
    const all = membersOf(parts, name);
    if (all.length > 0) {
      const meant = all.filter((member) => isStaticMember(member) === isClass);
      return { kind: 'declarations', declarations: meant.length > 0 ? meant : all, bindings, self };
    }
    if (isClass) {
      const namespaces = parts
        .flatMap((part) => sameNamed(part))
        .filter(({ definition }) => definition.kind === 'namespace');
      const inside = [...new Set(namespaces)].flatMap((namespace) => namespace.members.get(name) ?? []);
      return inside.length === 0 ? ABSENT : { kind: 'declarations', declarations: inside };
    }
    return this.#constructorParameter(parts, name, bindings) ?? ABSENT;
  }

  /** A constructor parameter as a field, where no field of the name is declared: `this.pool = pool`. */
  #constructorParameter(
    parts: readonly Declaration[],
    name: string,
    bindings: Bindings | undefined,
  ): ScriptMember | undefined {
    for (const { file, index } of parts.flatMap((part) => part.members.get('constructor') ?? [])) {
      const typed = file.typedNames.get(index);
      const typeName = typed?.get(name) ?? typed?.get(name.replace(/^_+/u, ''));
      if (typeName === undefined || typeName === '' || typeName.startsWith('=')) continue;
      return { kind: 'value', value: this.#types.nested(readType(typeName), { file, scope: index, bindings }) };
    }
    return undefined;
  }

  #inherited(parts: readonly Declaration[], name: string, search: Search): ScriptMember {
    let isOpen = false;
    const further = { ...search, isSuper: false };
    for (const part of parts) {
      const generic = typeParametersOf(part);
      const bindings = search.bindings ?? bind(generic, [], { file: part.file, scope: part.index });
      for (const base of part.definition.bases.slice(0, MAX_BASES)) {
        if (search.isClass && base.kind === 'implements') continue;
        const scope = part.definition.scope ?? part.definition.parent;
        const environment = { file: part.file, scope: generic.length > 0 ? part.index : scope, bindings };
        const value = this.#types.nested(readType(base.name), environment);
        const found = this.#inBase(value, name, further);
        if (found.kind === 'external') isOpen = true;
        else if (found.kind !== 'absent') return found;
      }
    }
    return isOpen ? EXTERNAL_MEMBER : ABSENT;
  }

  #inBase(value: ScriptValue | undefined, name: string, search: Search): ScriptMember {
    switch (value?.kind) {
      case 'instance':
        return this.#inType(value.type, name, { ...search, bindings: value.bindings });
      case 'union': {
        const found = value.values.map((each) => this.#inBase(each, name, search));
        return (
          found.find(({ kind }) => kind === 'declarations' || kind === 'value') ??
          found.find(({ kind }) => kind === 'external') ??
          ABSENT
        );
      }
      case 'structure': {
        const node = value.node.members.get(name);
        return node === undefined ? ABSENT : { kind: 'value', value: this.#types.nested(node, value.environment) };
      }
      default:
        // Nothing is known of a base: the member may be there.
        return EXTERNAL_MEMBER;
    }
  }
}

interface Search {
  readonly isClass: boolean;
  readonly isSuper: boolean;
  readonly self: ScriptValue | undefined;
  readonly bindings: Bindings | undefined;
  /** Types that were looked at: a circle of bases is broken code. */
  readonly seen: Set<Declaration>;
}

function membersOf(parts: readonly Declaration[], name: string): readonly Declaration[] {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.members.get(name) ?? [];
  return parts.flatMap((part) => part.members.get(name) ?? []);
}

/** TypeScript merges interfaces and classes of one name in one scope. */
function mergedParts(type: Declaration): readonly Declaration[] {
  const parts = sameNamed(type).filter(isType);
  return parts.includes(type) ? [type, ...parts.filter((part) => part !== type)] : [type];
}
