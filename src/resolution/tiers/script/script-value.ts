import type { ModuleTarget } from '../../module-resolution/module-target.ts';
import type { Declaration, FileScope } from '../../project-index.ts';
import type { FunctionNode, ObjectNode, TypeNode } from './type-node.ts';

/** Where a type or expression is read, and what its generic parameters and `this` stand for there. */
export interface Environment {
  readonly file: FileScope;
  /** Index of a definition, -1 for the file, or a block. */
  readonly scope: number;
  readonly bindings?: Bindings | undefined;
  /** What `this` means as a type. */
  readonly self?: ScriptValue | undefined;
}

/** What generic parameters stand for, by name. */
export type Bindings = ReadonlyMap<string, BoundType>;

/** A type with the place it is to be read at. */
export interface BoundType {
  readonly node: TypeNode;
  readonly environment: Environment;
}

/** What an expression of a script stands for; undefined where that is not known. */
export type ScriptValue =
  | InstanceValue
  | { readonly kind: 'class'; readonly type: Declaration; readonly isSuper?: boolean | undefined }
  | CallableValue
  /** A namespace, an object literal, or the object a function returns. */
  | { readonly kind: 'object'; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'module'; readonly module: ModuleTarget }
  /** A collection: what it holds. */
  | { readonly kind: 'list'; readonly element: BoundType; readonly name: string }
  /** A function known by its type alone. */
  | { readonly kind: 'function'; readonly node: FunctionNode; readonly environment: Environment }
  /** An object known by its type alone. */
  | { readonly kind: 'structure'; readonly node: ObjectNode; readonly environment: Environment }
  /** Any of several values, or all at once. */
  | { readonly kind: 'union'; readonly values: readonly ScriptValue[]; readonly isIntersection?: boolean | undefined }
  | { readonly kind: 'external' };

export interface InstanceValue {
  readonly kind: 'instance';
  readonly type: Declaration;
  readonly bindings?: Bindings | undefined;
  /** It is `super`: the type's own members are left out. */
  readonly isSuper?: boolean | undefined;
}

/** An object that may be a function as well. */
export type CallableObject = InstanceValue | Extract<ScriptValue, { kind: 'structure' }>;

export interface CallableValue {
  readonly kind: 'callable';
  /** Of one name: overloads, or what a union of types calls the same. */
  readonly declarations: readonly Declaration[];
  /** Of the type the method belongs to. */
  readonly bindings?: Bindings | undefined;
  readonly self?: ScriptValue | undefined;
}

/** A member of a value. */
export type ScriptMember =
  | {
      readonly kind: 'declarations';
      readonly declarations: readonly Declaration[];
      readonly bindings?: Bindings | undefined;
      readonly self?: ScriptValue | undefined;
      readonly isImported?: boolean | undefined;
      /** They are of several types, any of which the value may be of. */
      readonly isUnion?: boolean | undefined;
      /** The members of the types one by one, where there are several. */
      readonly alternatives?: readonly ScriptMember[] | undefined;
      /** The value is of all of the types at once. */
      readonly isIntersection?: boolean | undefined;
    }
  | { readonly kind: 'value'; readonly value: ScriptValue | undefined }
  | { readonly kind: 'external' }
  | { readonly kind: 'absent' };

export const EXTERNAL_VALUE: ScriptValue = Object.freeze({ kind: 'external' });
export const EXTERNAL_MEMBER: ScriptMember = Object.freeze({ kind: 'external' });
export const ABSENT: ScriptMember = Object.freeze({ kind: 'absent' });

/** Alternatives of what a value may be; what is not known is left out. */
export function unionOf(values: readonly (ScriptValue | undefined)[], isIntersection = false): ScriptValue | undefined {
  const known = values.flatMap((value) =>
    value === undefined
      ? []
      : value.kind === 'union' && (value.isIntersection === true) === isIntersection
        ? value.values
        : [value],
  );
  const own = known.filter(({ kind }) => kind !== 'external');
  const distinct = own.filter((value, at) => own.findIndex((other) => isSame(other, value)) === at);
  return distinct.length > 1 ? { kind: 'union', values: distinct, isIntersection } : (distinct[0] ?? known[0]);
}

function isSame(a: ScriptValue, b: ScriptValue): boolean {
  if (a === b) return true;
  if (a.kind === 'instance') return b.kind === 'instance' && a.type === b.type && a.bindings === b.bindings;
  return a.kind === 'class' && b.kind === 'class' && a.type === b.type;
}
