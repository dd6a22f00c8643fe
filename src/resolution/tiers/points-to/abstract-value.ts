import type { ModuleTarget } from '../../module-resolution/module-target.ts';
import type { Declaration, FileScope } from '../../project-index.ts';

/**
 * An expression as far as points-to resolution follows values through it. It stands beside what it may be: a lambda is a
 * value that holds an expression, and an argument may be values that are known already.
 */
export type ValueExpression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: ValueExpression; readonly name: string }
  | { readonly kind: 'index'; readonly object: ValueExpression; readonly key: string | undefined }
  | { readonly kind: 'call'; readonly callee: ValueExpression; readonly arguments: readonly Argument[] }
  /** A list, tuple or set; of a comprehension, its one element. */
  | { readonly kind: 'list'; readonly items: readonly ValueExpression[]; readonly isOpen: boolean }
  | {
      readonly kind: 'table';
      readonly entries: readonly { readonly key: string | undefined; readonly value: ValueExpression }[];
    }
  /** One of several: `a if c else b`, `a or b`. */
  | { readonly kind: 'choice'; readonly alternatives: readonly ValueExpression[] }
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly result: ValueExpression }
  /** `*items`, `**table`. */
  | { readonly kind: 'spread'; readonly value: ValueExpression; readonly isTable: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** Values that are known already; never read from a text. */
  | { readonly kind: 'given'; readonly values: ReadonlySet<AbstractValue> }
  | { readonly kind: 'unknown' };

/** One argument of a call. */
export interface Argument {
  readonly name: string | undefined;
  readonly value: ValueExpression;
}

/** A list, tuple, set, or with `isTable` a dictionary: by the place it is made at. */
export interface ContainerValue {
  readonly kind: 'container';
  readonly key: string;
  readonly isTable: boolean;
}

/** What a value may be, as far as calls depend on it. Equal values are one object (see `AbstractValues`). */
export type AbstractValue =
  /** A function or method; `self` is the class of the object it is bound to. */
  | { readonly kind: 'function'; readonly declaration: Declaration; readonly self: Declaration | undefined }
  | {
      readonly kind: 'lambda';
      readonly key: string;
      readonly file: FileScope;
      readonly scope: number;
      readonly parameters: readonly string[];
      readonly result: ValueExpression;
    }
  | { readonly kind: 'class'; readonly declaration: Declaration }
  | { readonly kind: 'instance'; readonly declaration: Declaration }
  /** What `super()` gives in a class. */
  | { readonly kind: 'super'; readonly declaration: Declaration }
  | { readonly kind: 'module'; readonly module: ModuleTarget }
  | ContainerValue
  | { readonly kind: 'container-method'; readonly container: ContainerValue; readonly name: string }
  /** A function with its first arguments given. */
  | { readonly kind: 'partial'; readonly target: AbstractValue; readonly taken: number }
  /** What calling a function with `yield` gives. */
  | { readonly kind: 'generator'; readonly declaration: Declaration }
  /** What calling a `@contextmanager` gives. */
  | { readonly kind: 'context'; readonly declaration: Declaration }
  /** Of the language or a library. */
  | { readonly kind: 'outside' }
  /** More values than are told apart. */
  | { readonly kind: 'many' };

/** Too many values to say anything about one. */
export const MANY: AbstractValue = Object.freeze({ kind: 'many' });

/** Something that is not of the project. */
export const OUTSIDE: AbstractValue = Object.freeze({ kind: 'outside' });

/** Whether any of the values is of the project. */
export function isKnown(values: ReadonlySet<AbstractValue>): boolean {
  return values.size > 1 || (values.size === 1 && !values.has(OUTSIDE));
}

/** The last name of a callee: `contextlib.contextmanager(…)` is `contextmanager`. */
export function lastName(expression: ValueExpression): string {
  if (expression.kind === 'name' || expression.kind === 'member') return expression.name;
  return expression.kind === 'call' ? lastName(expression.callee) : '';
}
