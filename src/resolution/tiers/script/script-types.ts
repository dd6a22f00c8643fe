import { isType, outerScope } from '../../project-index.ts';
import type { Declaration } from '../../project-index.ts';
import type { LexicalScope } from '../lexical-scope.ts';
import type { Lookup } from '../lookup.ts';
import type { TypeHierarchy } from '../type-hierarchy.ts';
import { EXTERNAL_VALUE, unionOf } from './script-value.ts';
import type { BoundType, Environment, ScriptMember, ScriptValue } from './script-value.ts';
import { bind, typeParametersOf } from './signature-types.ts';
import { OPAQUE } from './type-node.ts';
import type { TypeNode } from './type-node.ts';
import { readType } from './type-reader.ts';

type NameNode = Extract<TypeNode, { kind: 'name' }>;

/** What types need of the inference of values. */
export interface ValueSource {
  ofType(node: TypeNode, environment: Environment): ScriptValue | undefined;
  memberOf(value: ScriptValue, name: string): ScriptMember;
  valueOfMember(member: ScriptMember): ScriptValue | undefined;
  valueOfDeclarations(declarations: readonly Declaration[]): ScriptValue | undefined;
  resultOf(value: ScriptValue | undefined): ScriptValue | undefined;
}

/** Types of the platform that are reached through: what is awaited, or has the same members as its argument. */
const TRANSPARENT: ReadonlySet<string> = new Set(
  'Promise PromiseLike Awaited Readonly Partial Required NonNullable Pick Omit Exclude Extract NoInfer ThisType'.split(
    ' ',
  ),
);
/** Collections: which of their arguments is what they hold. */
const COLLECTIONS: ReadonlyMap<string, number> = new Map([
  ...'Array ReadonlyArray Set ReadonlySet WeakSet Iterable Iterator IterableIterator AsyncIterable AsyncIterator Generator AsyncGenerator AsyncIterableIterator ArrayLike'
    .split(' ')
    .map((name) => [name, 0] as const),
  ...'Map ReadonlyMap WeakMap Record'.split(' ').map((name) => [name, 1] as const),
]);

/** The values of types: names looked up, aliases followed, generic parameters replaced. */
export class ScriptTypes {
  readonly #lexical: LexicalScope;
  readonly #hierarchy: TypeHierarchy;
  readonly #values: ValueSource;

  constructor(lexical: LexicalScope, hierarchy: TypeHierarchy, values: ValueSource) {
    this.#lexical = lexical;
    this.#hierarchy = hierarchy;
    this.#values = values;
  }

  /** As {@link valueOf}, within the limit of depth. */
  nested(node: TypeNode, environment: Environment): ScriptValue | undefined {
    return this.#values.ofType(node, environment);
  }

  /** What a value of a type is. */
  valueOf(node: TypeNode, environment: Environment): ScriptValue | undefined {
    switch (node.kind) {
      case 'name':
        return this.#named(node, environment);
      case 'array':
        return { kind: 'list', element: { node: node.element, environment }, name: 'Array' };
      case 'tuple':
        return { kind: 'list', element: { node: { kind: 'union', parts: node.elements }, environment }, name: 'Array' };
      case 'union':
      case 'intersection': {
        const parts = node.parts.map((part) => this.nested(part, environment));
        return unionOf(parts, node.kind === 'intersection');
      }
      case 'function':
        return { kind: 'function', node, environment };
      case 'object':
        return { kind: 'structure', node, environment };
      case 'query':
        return this.#queried(node.name, environment);
      case 'lookup':
        return this.#lookedUp(node, environment);
      case 'this':
        return environment.self ?? this.#enclosing(environment);
      default:
        return undefined;
    }
  }

  #enclosing({ file, scope }: Environment): ScriptValue | undefined {
    for (let at = scope; at !== -1; at = outerScope(file, at)) {
      const declaration = file.declarations[at];
      if (declaration !== undefined && isType(declaration)) return { kind: 'instance', type: declaration };
    }
    return undefined;
  }

  #named(node: NameNode, environment: Environment): ScriptValue | undefined {
    const bound = environment.bindings?.get(node.name);
    if (bound !== undefined) return bound.node === node ? undefined : this.nested(bound.node, bound.environment);
    const parameter = this.#typeParameter(node.name, environment);
    if (parameter !== undefined)
      return parameter.node === OPAQUE ? undefined : this.nested(parameter.node, parameter.environment);
    const found = this.#find(node.name, environment);
    if (found?.kind === 'declarations') {
      const types = found.declarations.filter(isType);
      const [first] = types;
      if (first !== undefined) return this.#declared(first, node, environment);
    }
    if (found === undefined || found.kind === 'external')
      return this.#ofPlatform(node, environment, found !== undefined);
    return undefined;
  }

  #find(name: string, { file, scope }: Environment): Lookup | undefined {
    return name.includes('.')
      ? this.#hierarchy.lookupQualified(file, scope, name)
      : this.#lexical.findType(file, scope, name);
  }

  #declared(type: Declaration, { args }: NameNode, environment: Environment): ScriptValue | undefined {
    const generic = typeParametersOf(type);
    const own = { file: type.file, scope: type.index };
    const given = args.map((node) => ({ node, environment }));
    const bindings = generic.length === 0 ? undefined : bind(generic, given, own);
    const { kind, typeName } = type.definition;
    if (kind !== 'type' || typeName === undefined) return { kind: 'instance', type, bindings };
    const body = readType(typeName);
    if (body.kind === 'object')
      return type.members.size > 0
        ? { kind: 'instance', type, bindings }
        : { kind: 'structure', node: body, environment: { ...own, bindings } };
    const value = this.nested(body, { ...own, bindings });
    return value ?? (type.members.size > 0 ? { kind: 'instance', type, bindings } : undefined);
  }

  /** A generic parameter nothing is known of but its bound; its default says less. */
  #typeParameter(name: string, { file, scope, bindings, self }: Environment): BoundType | undefined {
    for (let at = scope; at !== -1; at = outerScope(file, at)) {
      const declaration = file.declarations[at];
      if (declaration === undefined) continue;
      const found = typeParametersOf(declaration).find((parameter) => parameter.name === name);
      if (found !== undefined)
        return { node: found.bound ?? found.otherwise ?? OPAQUE, environment: { file, scope: at, bindings, self } };
    }
    return undefined;
  }

  #ofPlatform({ name, args }: NameNode, environment: Environment, isKnown: boolean): ScriptValue | undefined {
    const [first] = args;
    if (TRANSPARENT.has(name)) return first === undefined ? EXTERNAL_VALUE : this.nested(first, environment);
    const held = COLLECTIONS.get(name);
    if (held !== undefined) return { kind: 'list', element: { node: args[held] ?? OPAQUE, environment }, name };
    if (name === 'InstanceType' || name === 'ReturnType')
      return first === undefined ? undefined : this.#values.resultOf(this.nested(first, environment));
    return isKnown ? EXTERNAL_VALUE : undefined;
  }

  /** `typeof pool`: a value that has a name. */
  #queried(name: string, environment: Environment): ScriptValue | undefined {
    const [head = '', ...rest] = name.split('.');
    const { file, scope } = environment;
    const found = this.#lexical.find(file, scope, head);
    let value: ScriptValue | undefined;
    if (found?.kind === 'declarations') value = this.#values.valueOfDeclarations(found.declarations);
    else if (found?.kind === 'module') value = { kind: 'module', module: found.module };
    else if (found?.kind === 'external') value = EXTERNAL_VALUE;
    for (const segment of rest) {
      if (value === undefined) return undefined;
      value = this.#values.valueOfMember(this.#values.memberOf(value, segment));
    }
    return value;
  }

  #lookedUp({ object, key }: Extract<TypeNode, { kind: 'lookup' }>, environment: Environment): ScriptValue | undefined {
    const value = this.nested(object, environment);
    if (value === undefined || value.kind === 'external') return value;
    if (value.kind === 'list') return this.nested(value.element.node, value.element.environment);
    return key === undefined || key === '[]'
      ? undefined
      : this.#values.valueOfMember(this.#values.memberOf(value, key));
  }
}
