import { isCallable, isType, type Declaration, type FileScope } from '../../project-index.ts';
import type { ExpressionCache } from './expression-cache.ts';
import type { NameBindings } from './name-bindings.ts';
import type { FlowProtocols } from './flow-protocols.ts';
import { type ValueExpression, lastName } from './abstract-value.ts';

/** What is known of a function without looking at its callers. */
export interface FunctionFacts {
  readonly decorators: readonly ValueExpression[];
  readonly decoratorNames: readonly string[];
  readonly isGenerator: boolean;
  /** Index of the parameter that every `return` gives back, or -1. */
  readonly passedThrough: number;
}

const NO_FACTS: FunctionFacts = Object.freeze({
  decorators: [],
  decoratorNames: [],
  isGenerator: false,
  passedThrough: -1,
});

/** Says of functions what their own text says: decorators, results, how they are bound. */
export class FunctionTable {
  readonly #expressions: ExpressionCache;
  readonly #bindings: NameBindings;
  readonly #protocols: FlowProtocols;
  readonly #filesRead = new Set<FileScope>();
  readonly #functions = new Map<Declaration, FunctionFacts>();

  constructor(expressions: ExpressionCache, bindings: NameBindings, protocols: FlowProtocols) {
    this.#expressions = expressions;
    this.#bindings = bindings;
    this.#protocols = protocols;
  }

  factsOf(declaration: Declaration): FunctionFacts {
    if (!this.#filesRead.has(declaration.file)) {
      this.#filesRead.add(declaration.file);
      for (const [each, made] of this.#readFunctions(declaration.file)) this.#functions.set(each, made);
    }
    return this.#functions.get(declaration) ?? NO_FACTS;
  }

  #readFunctions(file: FileScope): Map<Declaration, FunctionFacts> {
    const flowsByScope = new Map<number, NonNullable<FileScope['parsed']['flows']>[number][]>();
    for (const flow of file.parsed.flows ?? []) {
      const list = flowsByScope.get(flow.scope);
      if (list === undefined) flowsByScope.set(flow.scope, [flow]);
      else list.push(flow);
    }
    const result = new Map<Declaration, FunctionFacts>();
    for (const [scope, flows] of flowsByScope) {
      const declaration = file.declarations[scope];
      if (declaration === undefined) continue;
      const decorators = flows
        .filter(({ kind }) => kind === 'decorated')
        .map(({ value }) => this.#expressions.parse(value));
      const returned = flows
        .filter(({ kind }) => kind === 'returned')
        .map(({ value }) => this.#expressions.parse(value));
      const assigned = new Set(flows.filter(({ kind }) => kind !== 'returned').map(({ target }) => target));
      const [first] = returned;
      const name =
        first?.kind === 'name' && returned.every((each) => each.kind === 'name' && each.name === first.name)
          ? first.name
          : undefined;
      result.set(declaration, {
        decorators,
        decoratorNames: decorators.map(lastName),
        isGenerator: flows.some(({ kind }) => kind === 'yielded' || kind === 'delegated'),
        passedThrough:
          name === undefined || assigned.has(name)
            ? -1
            : this.#bindings.parametersOf(declaration).findIndex((parameter) => parameter.name === name),
      });
    }
    return result;
  }

  /** Whether the first parameter is given by the receiver: the object, the class, or nothing. */
  bindingOf(declaration: Declaration): 'object' | 'class' | 'none' {
    const { parent, definition } = declaration;
    if (parent === null || !isType(parent) || !isCallableOrAccessor(declaration)) return 'none';
    const { staticDecorators, classDecorators, classMethods } = this.#protocols;
    const { decoratorNames } = this.factsOf(declaration);
    if (decoratorNames.some((name) => staticDecorators.has(name))) return 'none';
    return decoratorNames.some((name) => classDecorators.has(name)) || classMethods.has(definition.name)
      ? 'class'
      : 'object';
  }
}

/** Functions, methods, and properties, which are functions as well. */
export const isCallableOrAccessor = (declaration: Declaration): boolean =>
  isCallable(declaration) || declaration.definition.kind === 'property';
