import type { Declaration } from './project-index.ts';
import { splitTop } from './type-name.ts';

const known = new WeakMap<Declaration, number>();

/** How many type parameters a type has: with its name they tell types apart where both may be used twice (C#). */
export function typeArity(type: Declaration): number {
  let arity = known.get(type);
  if (arity === undefined) {
    const { name, signature } = type.definition;
    const rest = signature.slice(signature.search(new RegExp(`\\b${name}\\b`, 'u')) + name.length).trimStart();
    arity = rest.startsWith('<') ? argumentCount(rest.slice(0, endOfList(rest))) : 0;
    known.set(type, arity);
  }
  return arity;
}

/** Whether two types of one full name are parts of one type: they and the types around them have as many parameters. */
export function isSameType(type: Declaration, other: Declaration): boolean {
  if (typeArity(type) !== typeArity(other)) return false;
  return type.parent === null || other.parent === null || isSameType(type.parent, other.parent);
}

/** How many type arguments a type is written with. */
export function argumentCount(typeName: string): number {
  const open = typeName.indexOf('<');
  return open < 0 ? 0 : splitTop(typeName.slice(open + 1, typeName.lastIndexOf('>')), ',').length;
}

/** Those of several types that have so many type parameters; all of them where none has. */
export function ofArity(types: readonly Declaration[], count: number): readonly Declaration[] {
  if (types.length < 2) return types;
  const fitting = types.filter((type) => typeArity(type) === count);
  return fitting.length > 0 ? fitting : types;
}

function endOfList(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '<') depth++;
    else if (text[at] === '>' && --depth === 0) return at + 1;
  }
  return text.length;
}
