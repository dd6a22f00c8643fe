/** A type of TypeScript as far as members and values can be found through it. */
export type TypeNode =
  | { readonly kind: 'name'; readonly name: string; readonly args: readonly TypeNode[] }
  /** `typeof pool`, `typeof Pool.shared`. */
  | { readonly kind: 'query'; readonly name: string }
  | { readonly kind: 'array'; readonly element: TypeNode }
  | { readonly kind: 'tuple'; readonly elements: readonly TypeNode[] }
  /** Also of a conditional type's results. */
  | { readonly kind: 'union'; readonly parts: readonly TypeNode[] }
  | { readonly kind: 'intersection'; readonly parts: readonly TypeNode[] }
  | FunctionNode
  | ObjectNode
  /** `Options['pool']`; the key is undefined where it is no literal. */
  | { readonly kind: 'lookup'; readonly object: TypeNode; readonly key: string | undefined }
  | { readonly kind: 'this' }
  /** Literals, `keyof`, mapped types: nothing is looked up in them. */
  | { readonly kind: 'opaque' };

export interface FunctionNode {
  readonly kind: 'function';
  readonly parameters: readonly ParameterNode[];
  readonly result: TypeNode;
}

/** Under which name the members of an object have the function that it is. */
export const CALL_SIGNATURE = '()';

export interface ObjectNode {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, TypeNode>;
}

/** A parameter of a function; its name is empty where it is a pattern. */
export interface ParameterNode {
  readonly name: string;
  readonly type: TypeNode | undefined;
  readonly isRest: boolean;
}

/** A parameter of a generic type or function. */
export interface TypeParameterNode {
  readonly name: string;
  readonly bound: TypeNode | undefined;
  readonly otherwise: TypeNode | undefined;
}

export const OPAQUE: TypeNode = Object.freeze({ kind: 'opaque' });
