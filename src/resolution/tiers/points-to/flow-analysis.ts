import { addTo } from '../../module-resolution/multimap.ts';
import { isCallable, isType, type Declaration, type FileScope } from '../../project-index.ts';
import { parseTypeName } from '../../type-name.ts';
import type { ImportTable } from '../import-table.ts';
import type { TypeHierarchy } from '../type-hierarchy.ts';
import { enclosingType, type Place } from '../value.ts';
import { AbstractValues, isKnown, MANY, OUTSIDE, type AbstractValue } from './abstract-value.ts';
import { UNBOUND, variableSlot, type BoundVariable, type NameBinding, type NameBindings } from './name-bindings.ts';
import type { FlowProtocols } from './python-protocols.ts';
import { parseArgument, parseValue, type Argument, type ValueExpression } from './value-expression.ts';
import type { ValueSlots } from './value-slots.ts';

/** Longer chains of calls within one expression are not followed. */
const MAX_DEPTH = 16;
const MAX_ALTERNATIVES = 6;
const MAX_ALIASES = 2;

type Values = ReadonlySet<AbstractValue>;
const NOTHING: Values = new Set();
const OUTSIDE_ONLY: Values = new Set([OUTSIDE]);

/** What is known of a function without looking at its callers. */
interface FunctionFacts {
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

/**
 * Evaluates expressions over sets of abstract values: what a name, member, item or call may be. Knows no order of
 * statements and one set for each variable of a function, whoever calls it; results of functions that give back a
 * parameter are those of the call at hand.
 */
export class FlowAnalysis {
  readonly values: AbstractValues = new AbstractValues();
  /** Functions in whose place something else was found; whoever wants to know empties it first. */
  readonly replaced: Set<Declaration> = new Set();
  readonly #bindings: NameBindings;
  readonly #imports: ImportTable;
  readonly #types: TypeHierarchy;
  readonly #slots: ValueSlots;
  readonly #protocols: FlowProtocols;
  readonly #filesRead = new Set<FileScope>();
  readonly #functions = new Map<Declaration, FunctionFacts>();
  readonly #subclasses = new Map<Declaration, Declaration[]>();
  readonly #parsed = new Map<string, ValueExpression>();
  readonly #parsedArguments = new Map<string, Argument>();
  readonly #expressionKeys = new Map<ValueExpression, number>();
  readonly #typed = new Map<FileScope, Map<string, Values>>();

  constructor(
    bindings: NameBindings,
    imports: ImportTable,
    types: TypeHierarchy,
    slots: ValueSlots,
    protocols: FlowProtocols,
  ) {
    this.#bindings = bindings;
    this.#imports = imports;
    this.#types = types;
    this.#slots = slots;
    this.#protocols = protocols;
  }

  parse(text: string): ValueExpression {
    let parsed = this.#parsed.get(text);
    if (parsed === undefined) this.#parsed.set(text, (parsed = parseValue(text)));
    return parsed;
  }

  parseArguments(texts: readonly string[] | undefined): readonly Argument[] {
    return (texts ?? []).map((text) => {
      let parsed = this.#parsedArguments.get(text);
      if (parsed === undefined) this.#parsedArguments.set(text, (parsed = parseArgument(text)));
      return parsed;
    });
  }

  // --- slots -------------------------------------------------------------------------------------------------------

  variableSlot(file: FileScope, scope: number, name: string): string {
    return variableSlot(file.parsed.path, scope, name);
  }

  /** Of an object of a class, or of a function: `self.x = …`. */
  attributeSlot(owner: Declaration, name: string): string {
    return `a ${owner.id} ${name}`;
  }

  resultSlot(declaration: Declaration): string {
    return `r ${declaration.id}`;
  }

  yieldSlot(declaration: Declaration): string {
    return `y ${declaration.id}`;
  }

  /** What decorators made of a definition. */
  decoratedSlot(declaration: Declaration): string {
    return `d ${declaration.id}`;
  }

  #itemSlot(container: AbstractValue & { kind: 'container' }, key: string | undefined): string {
    return key === undefined ? `[] ${container.key}` : `[k] ${container.key} ${key}`;
  }

  #anyItemSlot(container: AbstractValue & { kind: 'container' }): string {
    return `[*] ${container.key}`;
  }

  addItem(container: AbstractValue & { kind: 'container' }, key: string | undefined, values: Values): void {
    this.#slots.add(this.#itemSlot(container, key), values);
    this.#slots.add(this.#anyItemSlot(container), values);
  }

  #item(container: AbstractValue & { kind: 'container' }, key: string | undefined): Values {
    if (key === undefined) return this.#slots.read(this.#anyItemSlot(container));
    return union(
      this.#slots.read(this.#itemSlot(container, key)),
      this.#slots.read(this.#itemSlot(container, undefined)),
    );
  }

  /** A container made by an expression at a place. */
  #containerAt(
    expression: ValueExpression,
    { file, scope }: Place,
    isTable: boolean,
    part = '',
  ): AbstractValue & { kind: 'container' } {
    let id = this.#expressionKeys.get(expression);
    if (id === undefined) this.#expressionKeys.set(expression, (id = this.#expressionKeys.size));
    return this.#namedContainer(`${file.parsed.path} ${scope} ${id}${part}`, isTable);
  }

  #namedContainer(key: string, isTable: boolean): AbstractValue & { kind: 'container' } {
    const value = this.values.container(key, isTable);
    if (value.kind !== 'container') throw new TypeError('a container key stands for another value');
    return value;
  }

  // --- functions ---------------------------------------------------------------------------------------------------

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
      const decorators = flows.filter(({ kind }) => kind === 'decorated').map(({ value }) => this.parse(value));
      const returned = flows.filter(({ kind }) => kind === 'returned').map(({ value }) => this.parse(value));
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

  /** Values of a function or class under its own name. */
  #declared(declaration: Declaration, self?: Declaration): Values {
    if (isType(declaration)) return new Set([this.values.class(declaration)]);
    if (this.factsOf(declaration).decorators.length > 0) {
      const decorated = this.#slots.read(this.decoratedSlot(declaration));
      if (decorated.size > 0) this.replaced.add(declaration);
      if (decorated.size > 0) return self === undefined ? decorated : this.#bind(decorated, self);
    }
    return new Set([this.values.function(declaration, self)]);
  }

  #bind(values: Values, self: Declaration): Values {
    return mapValues(values, (value) => {
      if (value.kind !== 'function' || value.self !== undefined) return [value];
      const { declaration } = value;
      // A function that was made a method from outside knows nothing of the class.
      const first = this.bindingOf(declaration) === 'none' ? this.#parametersOf(declaration)[0] : undefined;
      if (first?.kind === 'plain')
        this.#slots.add(this.variableSlot(declaration.file, declaration.index, first.name), [
          this.values.instance(self),
        ]);
      return [this.values.function(declaration, self)];
    });
  }

  // --- expressions -------------------------------------------------------------------------------------------------

  evaluate(expression: ValueExpression, place: Place, depth = 0): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    switch (expression.kind) {
      case 'name':
        return this.#name(expression.name, place);
      case 'member':
        return this.memberOf(this.evaluate(expression.object, place, depth + 1), expression.name, depth + 1);
      case 'index':
        return this.#index(this.evaluate(expression.object, place, depth + 1), expression.key, depth + 1);
      case 'call':
        return this.#call(expression, place, depth + 1);
      case 'list':
      case 'table':
        return this.#literal(expression, place, depth + 1);
      case 'choice':
        return unionAll(
          expression.alternatives.slice(0, MAX_ALTERNATIVES).map((each) => this.evaluate(each, place, depth + 1)),
        );
      case 'lambda': {
        let id = this.#expressionKeys.get(expression);
        if (id === undefined) this.#expressionKeys.set(expression, (id = this.#expressionKeys.size));
        const { parameters, result } = expression;
        const { file, scope } = place;
        const key = `${file.parsed.path} ${scope} ${id}`;
        return new Set([this.values.lambda(key, () => ({ file, scope, parameters, result }))]);
      }
      case 'spread':
        return this.evaluate(expression.value, place, depth + 1);
      case 'given':
        return expression.values;
      default:
        return NOTHING;
    }
  }

  #name(name: string, place: Place): Values {
    const binding = this.#bindings.find(place.file, place.scope, name);
    if (binding !== UNBOUND) return this.#ofBinding(binding);
    // Parameters of functions written in place are variables of where they stand.
    return this.#slots.read(this.variableSlot(place.file, place.scope, name));
  }

  #ofBinding({ declarations, variables, lookups }: NameBinding): Values {
    const sets: Values[] = declarations.map((declaration) => this.#declared(declaration));
    for (const each of variables) sets.push(this.#variable(each));
    for (const found of lookups) {
      if (found.kind === 'module') sets.push(new Set([this.values.module(found.module)]));
      else if (found.kind === 'external') sets.push(OUTSIDE_ONLY);
    }
    return unionAll(sets);
  }

  #variable({ file, scope, name, slot }: BoundVariable): Values {
    const typed = this.#typedValues(file, scope, name);
    if (typed.size > 0) return typed;
    const own = this.#slots.read(slot);
    const receiver = this.#receiver(file, scope, name);
    return receiver === undefined ? own : union(own, receiver);
  }

  /** The object or class a method's first parameter is, or the containers of `*args` and `**kwargs`. */
  #receiver(file: FileScope, scope: number, name: string): Values | undefined {
    const declaration = file.declarations[scope];
    if (declaration === undefined || !isCallableOrAccessor(declaration)) return undefined;
    const parameters = this.#parametersOf(declaration);
    const index = parameters.findIndex((parameter) => parameter.name === name);
    const parameter = parameters[index];
    if (parameter === undefined) return undefined;
    if (parameter.kind === 'rest' || parameter.kind === 'table')
      return new Set([this.#namedContainer(`${declaration.id} ${name}`, parameter.kind === 'table')]);
    const type = declaration.parent;
    if (index !== 0 || type === null || !isType(type)) return undefined;
    const binding = this.bindingOf(declaration);
    if (binding === 'none') return undefined;
    return new Set([binding === 'class' ? this.values.class(type) : this.values.instance(type)]);
  }

  #parametersOf(declaration: Declaration): ReturnType<NameBindings['parametersOf']> {
    return this.#bindings.parametersOf(declaration);
  }

  /** Values of a type that is written out for a name. */
  #typedValues(file: FileScope, scope: number, name: string): Values {
    let known = this.#typed.get(file);
    if (known === undefined) this.#typed.set(file, (known = new Map()));
    const key = `${scope} ${name}`;
    let values = known.get(key);
    if (values === undefined) {
      const typeName =
        file.typedNames.get(scope)?.get(name) ??
        (file.declarations[scope]?.members ?? file.members).get(name)?.find(({ definition }) => definition.typeName)
          ?.definition.typeName;
      values = this.#ofType(typeName, { file, scope }, key);
      // What an alias stands for may not be known yet.
      if (values.size > 0) known.set(key, values);
    }
    return values;
  }

  #ofType(typeName: string | undefined, place: Place, key: string, self?: Declaration): Values {
    // Names that were given values have expressions instead of types: flows know better.
    if (typeName === undefined || typeName === '' || /^= |\)$| \| |\(/u.test(typeName)) return NOTHING;
    const result = new Set<AbstractValue>();
    for (const alternative of parseTypeName(typeName)) {
      if (alternative.kind === 'self') {
        if (self !== undefined) result.add(this.values.instance(self));
      } else if (alternative.kind === 'container') {
        const elements = this.#ofType(alternative.element, place, `${key}[]`);
        if (elements.size === 0) continue;
        const isTable = /(?:dict|Mapping|Dict)\[/u.test(typeName);
        const container = this.#namedContainer(`t ${place.file.parsed.path} ${key}`, isTable);
        this.addItem(container, undefined, elements);
        result.add(container);
      } else {
        const types = this.#types.resolveType(place.file, place.scope, alternative.name);
        if (types === undefined) {
          const classes = this.#aliased(alternative.name, place);
          for (const value of classes) if (value.kind === 'class') result.add(this.values.instance(value.declaration));
        }
        if (typeof types !== 'object') continue;
        for (const type of types)
          result.add(alternative.kind === 'class' ? this.values.class(type) : this.values.instance(type));
      }
    }
    return result;
  }

  #aliases = 0;

  /** What a name stands for that is no type: `Source = Pool`. Aliases may be made of each other. */
  #aliased(name: string, place: Place): Values {
    if (this.#aliases >= MAX_ALIASES) return NOTHING;
    this.#aliases++;
    const values = this.evaluate(this.parse(name), place);
    this.#aliases--;
    return values;
  }

  #literal(expression: ValueExpression & { kind: 'list' | 'table' }, place: Place, depth: number): Values {
    const container = this.#containerAt(expression, place, expression.kind === 'table');
    if (expression.kind === 'list') {
      let isCounted = !expression.isOpen;
      expression.items.forEach((item, index) => {
        const values = this.evaluate(item, place, depth);
        if (item.kind === 'spread') {
          isCounted = false;
          this.addItem(container, undefined, this.iterate(values, depth));
        } else this.addItem(container, isCounted ? String(index) : undefined, values);
      });
    } else {
      for (const { key, value } of expression.entries) {
        const values = this.evaluate(value, place, depth);
        if (value.kind === 'spread') this.addItem(container, undefined, this.#itemsOf(values));
        else this.addItem(container, key, values);
      }
    }
    return new Set([container]);
  }

  #itemsOf(values: Values): Values {
    return mapValues(values, (value) => (value.kind === 'container' ? this.#item(value, undefined) : []));
  }

  #index(values: Values, key: string | undefined, depth: number): Values {
    return mapValues(values, (value) => {
      if (value.kind === 'container') return this.#item(value, key);
      if (value.kind === 'instance')
        return this.#resultOf(this.memberOf(new Set([value]), this.#protocols.item, depth), [], undefined, depth);
      // `Pool[int]` is Pool.
      return value.kind === 'class' || value === MANY ? [value] : [];
    });
  }

  memberOf(values: Values, name: string, depth = 0): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    return mapValues(values, (value) => {
      switch (value.kind) {
        case 'module': {
          const found = this.#imports.exportOf(value.module, name);
          return found === undefined ? [] : this.#ofBinding(this.#bindings.ofLookup(found, name));
        }
        case 'instance':
        case 'class':
        case 'super':
          return this.#typeMember(value, name, depth);
        case 'function':
          return this.#slots.read(this.attributeSlot(value.declaration, name));
        case 'container':
          return [this.values.containerMethod(value, name)];
        case 'many':
        case 'outside':
          return [value];
        default:
          return [];
      }
    });
  }

  /** What a mixin uses and leaves to its subclasses: the methods of those that have it. */
  #ofSubclasses(value: AbstractValue & { kind: 'instance' | 'class' }, name: string): Values {
    const found: Values[] = [];
    for (const type of this.#subclasses.get(value.declaration) ?? []) {
      for (const member of type.members.get(name) ?? [])
        if (isCallable(member))
          found.push(this.#declared(member, this.bindingOf(member) === 'none' ? undefined : type));
    }
    return unionAll(found);
  }

  /** Takes note of a class: what it inherits from may rely on what it has. */
  addClass(declaration: Declaration): void {
    for (const base of this.#types.linearize(declaration).types.slice(1)) addTo(this.#subclasses, base, declaration);
  }

  /** Class of an object or class; `__class__`. */
  #classOf(value: AbstractValue & { kind: 'instance' | 'class' | 'super' }, name: string): Values {
    return name === '__class__' && value.kind === 'instance'
      ? new Set([this.values.class(value.declaration)])
      : NOTHING;
  }

  #typeMember(value: AbstractValue & { kind: 'instance' | 'class' | 'super' }, name: string, depth: number): Values {
    const { types, isOpen } = this.#types.linearize(value.declaration);
    for (const type of value.kind === 'super' ? types.slice(1) : types) {
      const found: Values[] = [];
      for (const member of type.members.get(name) ?? []) {
        if (isType(member)) found.push(this.#declared(member));
        else if (member.definition.kind === 'property') {
          if (value.kind !== 'class') found.push(this.#functionResult(member, value.declaration, [], undefined, depth));
        } else if (isCallable(member)) {
          const binding = this.bindingOf(member);
          const isBound = binding === 'class' || (binding === 'object' && value.kind !== 'class');
          found.push(this.#declared(member, isBound ? value.declaration : undefined));
        } else found.push(this.#typedValues(type.file, type.index, name));
      }
      if (value.kind !== 'super') found.push(this.#slots.read(this.attributeSlot(type, name)));
      const ofClass = this.#slots.read(this.variableSlot(type.file, type.index, name));
      found.push(value.kind === 'class' ? ofClass : this.#bind(ofClass, value.declaration));
      const result = unionAll(found);
      if (result.size > 0 || type.members.has(name)) return result;
    }
    const ofClass = this.#classOf(value, name);
    return ofClass.size > 0 || isOpen || value.kind === 'super' ? ofClass : this.#ofSubclasses(value, name);
  }

  // --- calls -------------------------------------------------------------------------------------------------------

  #call(expression: ValueExpression & { kind: 'call' }, place: Place, depth: number): Values {
    const { callee, arguments: given } = expression;
    if (callee.kind === 'name' && callee.name === 'super') {
      const type = enclosingType(place);
      return type === undefined ? NOTHING : new Set([this.values.super(type)]);
    }
    const callees = this.evaluate(callee, place, depth);
    if (isKnown(callees)) return this.#resultOf(callees, given, place, depth);
    return this.#builtinCall(expression, place, depth);
  }

  #builtinCall(expression: ValueExpression & { kind: 'call' }, place: Place, depth: number): Values {
    const { callee, arguments: given } = expression;
    const name = lastName(callee);
    const valueOf = (index: number): Values => {
      const argument = given.filter((each) => each.name === undefined)[index];
      return argument === undefined ? NOTHING : this.evaluate(argument.value, place, depth);
    };
    switch (name) {
      case 'partial':
      case 'partialmethod': {
        const taken = given.filter((each) => each.name === undefined).length - 1;
        return mapValues(valueOf(0), (target) => [this.values.partial(target, taken)]);
      }
      case 'map': {
        const container = this.#containerAt(expression, place, false);
        const items = this.iterate(valueOf(1), depth);
        const passed: Argument[] = [{ name: undefined, value: { kind: 'given', values: items } }];
        this.addItem(container, undefined, this.#resultOf(valueOf(0), passed, place, depth));
        return new Set([container]);
      }
      case 'filter':
        return valueOf(1);
      case 'zip':
      case 'enumerate': {
        const container = this.#containerAt(expression, place, false);
        const item = this.#containerAt(expression, place, false, ' item');
        given
          .filter((each) => each.name === undefined)
          .forEach((_, index) => {
            const at = String(name === 'enumerate' ? index + 1 : index);
            this.addItem(item, at, this.iterate(valueOf(index), depth));
          });
        this.addItem(container, undefined, new Set([item]));
        return new Set([container]);
      }
      case 'next':
      case 'anext':
      case 'min':
      case 'max':
      case 'pick':
        return this.iterate(valueOf(0), depth);
      case 'getattr': {
        const key = given[1]?.value;
        return key?.kind === 'string' ? union(this.memberOf(valueOf(0), key.value, depth), valueOf(2)) : NOTHING;
      }
      case 'type':
        return mapValues(valueOf(0), (value) =>
          value.kind === 'instance' ? [this.values.class(value.declaration)] : [],
        );
      case '__new__':
        return mapValues(valueOf(0), (value) =>
          value.kind === 'class' ? [this.values.instance(value.declaration)] : [],
        );
      case 'import_module': {
        const named = given[0]?.value;
        const module = named?.kind === 'string' ? this.#imports.resolveModule(place.file, named.value) : undefined;
        return module === undefined || module === 'external' ? NOTHING : new Set([this.values.module(module)]);
      }
      case 'cast':
        return mapValues(valueOf(0), (value) =>
          value.kind === 'class' ? [this.values.instance(value.declaration)] : [],
        );
      default:
        return this.#otherCall(name, expression, place, depth);
    }
  }

  #otherCall(name: string, expression: ValueExpression & { kind: 'call' }, place: Place, depth: number): Values {
    const isTable = this.#protocols.containers.get(name);
    const given = expression.arguments;
    const first = given.find((each) => each.name === undefined);
    const passed =
      first !== undefined && (this.#protocols.passThrough.has(name) || isTable !== undefined)
        ? this.evaluate(first.value, place, depth)
        : NOTHING;
    if (isTable === undefined) return passed;
    const container = this.#containerAt(expression, place, isTable);
    for (const each of given)
      if (each.name !== undefined) this.addItem(container, each.name, this.evaluate(each.value, place, depth));
    if (name === 'defaultdict') this.addItem(container, undefined, this.#resultOf(passed, [], place, depth));
    else this.addItem(container, undefined, isTable ? this.#itemsOf(passed) : this.iterate(passed, depth));
    if (!isTable) {
      // A copy of a list has its items at the same places.
      return unionAll([new Set([container]), passed]);
    }
    return unionAll([new Set([container]), mapValues(passed, (value) => (value.kind === 'container' ? [value] : []))]);
  }

  /** What the methods give that were found for objects. */
  resultsOf(objects: Values, methods: readonly Declaration[]): Values {
    const selves = [...objects].flatMap((value) => (value.kind === 'instance' ? [value.declaration] : []));
    return unionAll(
      methods.flatMap((method) =>
        selves.map((self) => this.#resultOf(new Set([this.values.function(method, self)]), [], undefined, 0)),
      ),
    );
  }

  /** What calling any of the values gives. */
  #resultOf(callees: Values, given: readonly Argument[], place: Place | undefined, depth: number): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    return mapValues(callees, (callee) => {
      switch (callee.kind) {
        case 'function':
          return this.#functionResult(callee.declaration, callee.self, given, place, depth + 1);
        case 'class':
          return [this.values.instance(callee.declaration)];
        case 'lambda':
          return this.evaluate(callee.result, { file: callee.file, scope: callee.scope }, depth + 1);
        case 'instance':
          return this.#resultOf(
            this.memberOf(new Set([callee]), this.#protocols.call, depth + 1),
            given,
            place,
            depth + 1,
          );
        case 'partial':
          return this.#resultOf(new Set([callee.target]), [], undefined, depth + 1);
        case 'container-method':
          return this.#containerCall(callee, given, place, depth + 1);
        case 'many':
          return [MANY];
        default:
          return [];
      }
    });
  }

  #functionResult(
    declaration: Declaration,
    self: Declaration | undefined,
    given: readonly Argument[],
    place: Place | undefined,
    depth: number,
  ): Values {
    const facts = this.factsOf(declaration);
    if (facts.isGenerator) {
      const isContext = facts.decoratorNames.some((name) => this.#protocols.contextDecorators.has(name));
      return new Set([isContext ? this.values.context(declaration) : this.values.generator(declaration)]);
    }
    const { file, index, definition } = declaration;
    const typed = this.#ofType(definition.typeName, { file, scope: index }, `${index} =>`, self);
    if (typed.size > 0) return typed;
    if (facts.passedThrough >= 0) {
      const passed = this.#passedValues(declaration, self, facts.passedThrough, given, place, depth);
      if (passed !== undefined) return passed;
    }
    return this.#slots.read(this.resultSlot(declaration));
  }

  /** The argument of this call for a parameter; undefined where it is not among them. */
  #passedValues(
    declaration: Declaration,
    self: Declaration | undefined,
    parameter: number,
    given: readonly Argument[],
    place: Place | undefined,
    depth: number,
  ): Values | undefined {
    const offset = self === undefined ? 0 : 1;
    if (parameter === 0 && offset === 1 && self !== undefined)
      return new Set([this.bindingOf(declaration) === 'class' ? this.values.class(self) : this.values.instance(self)]);
    const name = this.#parametersOf(declaration)[parameter]?.name;
    const byName = given.find((each) => each.name === name);
    const byPosition = given.filter((each) => each.name === undefined);
    if (byPosition.some(({ value }) => value.kind === 'spread')) return undefined;
    const argument = byName ?? byPosition[parameter - offset];
    return argument === undefined || place === undefined ? undefined : this.evaluate(argument.value, place, depth + 1);
  }

  #containerCall(
    { container, name }: AbstractValue & { kind: 'container-method' },
    given: readonly Argument[],
    place: Place | undefined,
    depth: number,
  ): Values {
    if (container.kind !== 'container') return NOTHING;
    const key = given[0]?.value.kind === 'string' ? given[0].value.value : undefined;
    const second = given[1]?.value;
    const otherwise = second === undefined || place === undefined ? NOTHING : this.evaluate(second, place, depth);
    switch (name) {
      case 'get':
      case 'setdefault':
        return union(this.#item(container, key), otherwise);
      case 'pop':
        return union(this.#item(container, key), container.isTable ? otherwise : NOTHING);
      case 'popleft':
        return this.#item(container, undefined);
      case 'values': {
        const items = this.#namedContainer(`${container.key} values`, false);
        this.addItem(items, undefined, this.#item(container, undefined));
        return new Set([items]);
      }
      case 'items': {
        const pair = this.#namedContainer(`${container.key} pair`, false);
        this.addItem(pair, '1', this.#item(container, undefined));
        const items = this.#namedContainer(`${container.key} pairs`, false);
        this.addItem(items, undefined, new Set([pair]));
        return new Set([items]);
      }
      case 'popitem': {
        const pair = this.#namedContainer(`${container.key} pair`, false);
        this.addItem(pair, '1', this.#item(container, undefined));
        return new Set([pair]);
      }
      case 'copy':
        return new Set([container]);
      default:
        return NOTHING;
    }
  }

  /** The elements of each of the values. */
  iterate(values: Values, depth: number): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    const { iterate, next, item } = this.#protocols;
    return mapValues(values, (value) => {
      const only: Values = new Set([value]);
      switch (value.kind) {
        case 'container':
          return value.isTable ? [] : this.#item(value, undefined);
        case 'generator':
          return this.#slots.read(this.yieldSlot(value.declaration));
        case 'instance': {
          const nexts = this.memberOf(only, next, depth + 1);
          if (nexts.size > 0) return this.#resultOf(nexts, [], undefined, depth + 1);
          const iterators = this.#resultOf(this.memberOf(only, iterate, depth + 1), [], undefined, depth + 1);
          return iterators.size > 0
            ? this.iterate(iterators, depth + 4)
            : this.#resultOf(this.memberOf(only, item, depth + 1), [], undefined, depth + 1);
        }
        // The members of an enumeration.
        case 'class':
          return [this.values.instance(value.declaration)];
        case 'many':
          return [MANY];
        default:
          return [];
      }
    });
  }

  /** What `with value` binds. */
  entered(values: Values): Values {
    return mapValues(values, (value) => {
      if (value.kind === 'context') return this.#slots.read(this.yieldSlot(value.declaration));
      if (value.kind !== 'instance') return [value];
      const only: Values = new Set([value]);
      const results = this.#protocols.enter.map((name) => this.#resultOf(this.memberOf(only, name), [], undefined, 1));
      const found = unionAll(results);
      return found.size > 0 ? found : [value];
    });
  }

  // --- where values go ---------------------------------------------------------------------------------------------

  /** Gives the values to a target: a name, a member, an item, a pattern. */
  assign(target: ValueExpression, values: Values, place: Place, depth = 0): void {
    if (values.size === 0 || depth > MAX_DEPTH) return;
    switch (target.kind) {
      case 'name': {
        const scope = this.#bindings.assignedScope(place.file, place.scope, target.name);
        this.#slots.add(this.variableSlot(place.file, scope, target.name), values);
        break;
      }
      case 'member':
        for (const owner of this.evaluate(target.object, place, depth + 1))
          this.#assignMember(owner, target.name, values);
        break;
      case 'index':
        for (const owner of this.evaluate(target.object, place, depth + 1))
          if (owner.kind === 'container') this.addItem(owner, target.key, values);
        break;
      case 'list':
        target.items.forEach((item, index) => this.#assignPart(item, index, values, place, depth));
        break;
      default:
        break;
    }
  }

  #assignMember(owner: AbstractValue, name: string, values: Values): void {
    if (owner.kind === 'instance' || owner.kind === 'function')
      this.#slots.add(this.attributeSlot(owner.declaration, name), values);
    else if (owner.kind === 'class')
      this.#slots.add(this.variableSlot(owner.declaration.file, owner.declaration.index, name), values);
    else if (owner.kind === 'module')
      for (const path of owner.module.paths) this.#slots.add(variableSlot(path, -1, name), values);
  }

  #assignPart(item: ValueExpression, index: number, values: Values, place: Place, depth: number): void {
    if (item.kind === 'spread') {
      const key = `${place.file.parsed.path} ${place.scope} *${item.value.kind === 'name' ? item.value.name : ''}`;
      const rest = this.#namedContainer(key, false);
      this.addItem(rest, undefined, this.iterate(values, depth + 1));
      this.assign(item.value, new Set([rest]), place, depth + 1);
      return;
    }
    const parts = mapValues(values, (value) =>
      value.kind === 'container' ? this.#item(value, String(index)) : this.iterate(new Set([value]), depth + 1),
    );
    this.assign(item, parts, place, depth + 1);
  }

  /** The target is an object of the classes among the values, or in tuples among them. */
  narrow(target: string, values: Values, place: Place): void {
    const classes = mapValues(values, (value) => (value.kind === 'container' ? this.#item(value, undefined) : [value]));
    const objects = mapValues(classes, (value) =>
      value.kind === 'class' ? [this.values.instance(value.declaration)] : [],
    );
    for (const { file, scope, name } of this.#bindings.find(place.file, place.scope, target).variables)
      this.#slots.add(this.variableSlot(file, scope, name), objects);
  }

  /** `setattr(object, 'name', value)`. */
  setAttribute(given: readonly Argument[], place: Place): void {
    const [object, name, value] = given;
    if (object === undefined || name?.value.kind !== 'string' || value === undefined) return;
    const values = this.evaluate(value.value, place);
    for (const owner of this.evaluate(object.value, place)) this.#assignMember(owner, name.value.value, values);
  }

  /** `partial(f, x)` gives f its x. */
  bindPartial([target, ...given]: readonly Argument[], place: Place): void {
    if (target !== undefined) this.bindArguments(this.evaluate(target.value, place), given, place);
  }

  /** Gives the arguments of a call to the parameters of what may be called. */
  bindArguments(callees: Values, given: readonly Argument[], place: Place, depth = 0): void {
    if (depth > 4) return;
    for (const callee of callees) {
      if (callee.kind === 'function') this.#bindTo(callee.declaration, callee.self, 0, given, place);
      else if (callee.kind === 'lambda') {
        callee.parameters.forEach((name, index) => {
          const argument =
            given.find((each) => each.name === name) ?? given.filter((each) => each.name === undefined)[index];
          if (argument !== undefined)
            this.#slots.add(this.variableSlot(callee.file, callee.scope, name), this.evaluate(argument.value, place));
        });
      } else if (callee.kind === 'class') this.#bindToClass(callee.declaration, given, place);
      else if (callee.kind === 'instance') {
        this.bindArguments(this.memberOf(new Set([callee]), this.#protocols.call), given, place, depth + 1);
      } else if (callee.kind === 'partial' && callee.target.kind === 'function') {
        this.#bindTo(callee.target.declaration, callee.target.self, callee.taken, given, place);
      } else if (callee.kind === 'container-method') this.#fill(callee, given, place);
    }
  }

  #bindToClass(type: Declaration, given: readonly Argument[], place: Place): void {
    const { constructorNames } = type.file.rules;
    for (const owner of this.#types.linearize(type).types) {
      const constructors = [...constructorNames].flatMap((name) => owner.members.get(name) ?? []);
      for (const constructor of constructors) this.#bindTo(constructor, type, 0, given, place);
      if (constructors.length > 0) return;
    }
    // A class without a constructor, called with values: its fields in order (dataclasses, named tuples).
    const fields = [...type.members.values()]
      .flatMap((members) => members.slice(0, 1))
      .filter(({ definition }) => definition.kind === 'field');
    let position = 0;
    for (const { name, value } of given) {
      const field = name ?? fields[position++]?.definition.name;
      if (field !== undefined && value.kind !== 'spread')
        this.#slots.add(this.attributeSlot(type, field), this.evaluate(value, place));
    }
  }

  #bindTo(
    declaration: Declaration,
    self: Declaration | undefined,
    taken: number,
    given: readonly Argument[],
    place: Place,
  ): void {
    const parameters = this.#parametersOf(declaration);
    const isBound = self !== undefined;
    const rest = parameters.find(({ kind }) => kind === 'rest');
    const table = parameters.find(({ kind }) => kind === 'table');
    const plain = parameters.filter(({ kind }) => kind === 'plain');
    let position = taken + (isBound ? 1 : 0);
    const give = (name: string | undefined, values: Values): void => {
      if (name !== undefined && values.size > 0)
        this.#slots.add(this.variableSlot(declaration.file, declaration.index, name), values);
    };
    const container = (name: string, isTable: boolean): AbstractValue & { kind: 'container' } =>
      this.#namedContainer(`${declaration.id} ${name}`, isTable);
    for (const { name, value } of given) {
      const values = this.evaluate(value, place);
      if (value.kind === 'spread') {
        for (const source of values) {
          if (source.kind !== 'container') continue;
          if (value.isTable) {
            for (const parameter of parameters)
              if (parameter.kind !== 'rest' && parameter.kind !== 'table')
                give(parameter.name, this.#item(source, parameter.name));
            if (table !== undefined)
              this.addItem(container(table.name, true), undefined, this.#item(source, undefined));
          } else {
            plain
              .slice(position)
              .forEach((parameter, index) => give(parameter.name, this.#item(source, String(index))));
            if (rest !== undefined) {
              const target = container(rest.name, false);
              const skipped = Math.max(0, plain.length - position);
              for (let index = 0; index < 4; index++)
                this.addItem(target, String(index), this.#item(source, String(index + skipped)));
            }
          }
        }
      } else if (name !== undefined) {
        const parameter = parameters.find(
          (each) => each.name === name && each.kind !== 'rest' && each.kind !== 'table',
        );
        if (parameter !== undefined) give(name, values);
        else if (table !== undefined) this.addItem(container(table.name, true), name, values);
      } else if (position < plain.length) give(plain[position++]?.name, values);
      else if (rest !== undefined) this.addItem(container(rest.name, false), String(position++ - plain.length), values);
    }
  }

  /** `handlers.append(f)`. */
  #fill(
    { container, name }: AbstractValue & { kind: 'container-method' },
    given: readonly Argument[],
    place: Place,
  ): void {
    if (container.kind !== 'container') return;
    const last = given.at(-1);
    if (last === undefined) return;
    const values = this.evaluate(last.value, place);
    switch (name) {
      case 'append':
      case 'appendleft':
      case 'add':
      case 'insert':
        this.addItem(container, undefined, values);
        break;
      case 'setdefault': {
        const key = given[0]?.value;
        this.addItem(container, key?.kind === 'string' ? key.value : undefined, values);
        break;
      }
      case 'extend':
        this.addItem(container, undefined, this.iterate(values, 0));
        break;
      case 'update':
        this.addItem(container, undefined, container.isTable ? this.#itemsOf(values) : this.iterate(values, 0));
        for (const each of given)
          if (each.name !== undefined) this.addItem(container, each.name, this.evaluate(each.value, place));
        break;
      default:
        break;
    }
  }

  /** What a decorator is; nothing where it is the language's or a library's: those give back what they are given. */
  decoratorValues(decorator: ValueExpression, place: Place): Values {
    const isOurs = decorator.kind !== 'call' || isKnown(this.evaluate(decorator.callee, place));
    return isOurs ? this.evaluate(decorator, place) : NOTHING;
  }

  /** What decorators make of a definition: the result of calling them with it, innermost first. */
  decorate(declaration: Declaration): void {
    const { decorators } = this.factsOf(declaration);
    const place: Place = { file: declaration.file, scope: declaration.definition.parent };
    let current: Values = new Set([
      isType(declaration) ? this.values.class(declaration) : this.values.function(declaration),
    ]);
    for (const decorator of [...decorators].reverse()) {
      const callees = this.decoratorValues(decorator, place);
      if (!isKnown(callees)) continue;
      if (decorator.kind === 'call')
        this.bindArguments(this.evaluate(decorator.callee, place), decorator.arguments, place);
      const given: readonly Argument[] = [{ name: undefined, value: { kind: 'given', values: current } }];
      this.bindArguments(callees, given, place);
      const result = this.#resultOf(callees, given, place, 0);
      current = result.size > 0 ? result : current;
    }
    this.#slots.add(this.decoratedSlot(declaration), current);
  }
}

const isCallableOrAccessor = (declaration: Declaration): boolean =>
  isCallable(declaration) || declaration.definition.kind === 'property';

/** The last name of a decorator or callee: `contextlib.contextmanager` is `contextmanager`. */
export function lastName(expression: ValueExpression): string {
  if (expression.kind === 'name' || expression.kind === 'member') return expression.name;
  return expression.kind === 'call' ? lastName(expression.callee) : '';
}

function union(a: Values, b: Values): Values {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  return new Set([...a, ...b]);
}

function unionAll(sets: readonly Values[]): Values {
  return sets.reduce(union, NOTHING);
}

function mapValues(values: Values, map: (value: AbstractValue) => Iterable<AbstractValue>): Values {
  if (values.size === 0) return NOTHING;
  const result = new Set<AbstractValue>();
  for (const value of values) for (const each of map(value)) result.add(each);
  return result;
}
