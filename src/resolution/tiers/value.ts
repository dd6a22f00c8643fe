import type { ResolutionTier } from '../../graph/edge.ts';
import type { ModuleTarget } from '../module-resolution/module-target.ts';
import { definitionAt, isType, type Declaration, type FileScope } from '../project-index.ts';

/** What an expression stands for; undefined where that is not known. */
export type Value =
  | { readonly kind: 'instance'; readonly types: readonly Declaration[]; readonly isSuper?: boolean | undefined }
  | { readonly kind: 'class'; readonly types: readonly Declaration[] }
  | { readonly kind: 'callable'; readonly declarations: readonly Declaration[]; readonly self: readonly Declaration[] }
  /** A namespace or an object literal. */
  | { readonly kind: 'object'; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'module'; readonly module: ModuleTarget }
  | {
      readonly kind: 'container';
      readonly element: string;
      readonly elements?: readonly string[] | undefined;
      readonly file: FileScope;
      readonly scope: number;
    }
  | { readonly kind: 'external' };

/** A member of a value. `absent`: what the value is, is known, and it has no such member. */
export type Member =
  | {
      readonly kind: 'declarations';
      readonly declarations: readonly Declaration[];
      readonly tier: ResolutionTier;
      readonly self: readonly Declaration[];
    }
  | { readonly kind: 'value'; readonly value: Value | undefined }
  | { readonly kind: 'external' }
  | { readonly kind: 'absent' };

/** Where an expression stands. */
export interface Place {
  readonly file: FileScope;
  readonly scope: number;
}

/** What a name stands for that is given several values: known where all of them are. */
export function commonValue(values: readonly (Value | undefined)[]): Value | undefined {
  const types = new Set<Declaration>();
  let other: Value | undefined;
  for (const value of values) {
    if (value === undefined) return undefined;
    if (value.kind === 'instance') for (const type of value.types) types.add(type);
    else if (value.kind !== 'external' && other !== undefined && other.kind !== 'external') return undefined;
    else if (other === undefined || value.kind !== 'external') other = value;
  }
  if (types.size === 0) return other;
  return other === undefined || other.kind === 'external' ? { kind: 'instance', types: [...types] } : undefined;
}

/** The class around a place: what `this`, `self` and `super` are about. */
export function enclosingType({ file, scope }: Place): Declaration | undefined {
  let at = definitionAt(file, scope);
  while (at !== undefined && !isType(at)) at = at.owner ?? at.parent ?? undefined;
  return at;
}

/** The object literal a method is written in. */
export function enclosingObject({ file, scope }: Place): Declaration | undefined {
  let at = definitionAt(file, scope);
  while (at !== undefined && at.definition.kind !== 'method') at = at.parent ?? undefined;
  return at?.parent ?? undefined;
}
