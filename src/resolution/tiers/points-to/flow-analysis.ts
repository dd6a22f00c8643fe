import { addTo } from '../../module-resolution/multimap.ts';
import { isCallable, isType, type Declaration, type FileScope } from '../../project-index.ts';
import { enclosingType, type Place } from '../value.ts';
import { type AbstractValue, type Argument, MANY, type ValueExpression, isKnown } from './abstract-value.ts';
import { BuiltinCalls } from './builtin-calls.ts';
import type { FlowContext } from './flow-context.ts';
import type { FlowEvaluator } from './flow-evaluator.ts';
import { isCallableOrAccessor } from './function-table.ts';
import { UNBOUND, type BoundVariable, type NameBinding } from './name-bindings.ts';
import { variableSlot, attributeSlot, resultSlot, yieldSlot, decoratedSlot } from './slot-keys.ts';
import { NOTHING, OUTSIDE_ONLY, union, unionAll, mapValues, type Values } from './value-sets.ts';
import { WrittenTypes } from './written-types.ts';

/** Longer chains of calls within one expression are not followed. */
const MAX_DEPTH = 16;
const MAX_ALTERNATIVES = 6;

/** Where a class's objects and the class itself hold a member. */
interface MemberKeys {
  readonly attribute: string;
  readonly variable: string;
}

/**
 * Evaluates expressions over sets of abstract values: what a name, member, item or call may be. Knows no order of
 * statements and one set for each variable of a function, whoever calls it; results of functions that give back a
 * parameter are those of the call at hand.
 */
export class FlowAnalysis implements FlowEvaluator {
  readonly #flow: FlowContext;
  readonly #written: WrittenTypes;
  readonly #builtins: BuiltinCalls;
  /** By slot of the parameter. */
  readonly #receivers = new Map<string, Values>();
  readonly #memberKeys = new Map<Declaration, Map<string, MemberKeys>>();
  readonly #subclasses = new Map<Declaration, Declaration[]>();

  constructor(flow: FlowContext) {
    this.#flow = flow;
    this.#written = new WrittenTypes(flow, (expression, place) => this.evaluate(expression, place));
    this.#builtins = new BuiltinCalls(flow, this);
  }

  /** Values of a function or class under its own name: it, and what decorators put in its place. */
  #declared(declaration: Declaration, self?: Declaration): Values {
    if (isType(declaration)) return this.#flow.values.only(this.#flow.values.class(declaration));
    const own = this.#flow.values.only(this.#flow.values.function(declaration, self));
    if (this.#flow.functions.factsOf(declaration).decorators.length === 0) return own;
    const decorated = this.#flow.slots.read(decoratedSlot(declaration));
    if (decorated.size === 0) return own;
    this.#flow.replaced.add(declaration);
    return union(own, self === undefined ? decorated : this.#bind(decorated, self));
  }

  #bind(values: Values, self: Declaration): Values {
    return mapValues(values, (value) => {
      if (value.kind !== 'function' || value.self !== undefined) return [value];
      const { declaration } = value;
      // A function that was made a method from outside knows nothing of the class.
      const first =
        this.#flow.functions.bindingOf(declaration) === 'none'
          ? this.#flow.bindings.parametersOf(declaration)[0]
          : undefined;
      if (first?.kind === 'plain')
        this.#flow.slots.add(variableSlot(declaration.file.parsed.path, declaration.index, first.name), [
          this.#flow.values.instance(self),
        ]);
      return [this.#flow.values.function(declaration, self)];
    });
  }

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
        const id = this.#flow.expressions.keyOf(expression);
        const { parameters, result } = expression;
        const { file, scope } = place;
        const key = `${file.parsed.path} ${scope} ${id}`;
        return this.#flow.values.only(this.#flow.values.lambda(key, () => ({ file, scope, parameters, result })));
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
    const binding = this.#flow.bindings.find(place.file, place.scope, name);
    if (binding !== UNBOUND) return this.#ofBinding(binding);
    // Parameters of functions written in place are variables of where they stand.
    return this.#flow.slots.read(variableSlot(place.file.parsed.path, place.scope, name));
  }

  #ofBinding({ declarations, variables, lookups }: NameBinding): Values {
    const sets: Values[] = declarations.map((declaration) => this.#declared(declaration));
    for (const each of variables) sets.push(this.#variable(each));
    for (const found of lookups) {
      if (found.kind === 'module') sets.push(this.#flow.values.only(this.#flow.values.module(found.module)));
      else if (found.kind === 'external') sets.push(OUTSIDE_ONLY);
    }
    return unionAll(sets);
  }

  #variable({ file, scope, name, slot }: BoundVariable): Values {
    const typed = this.#written.ofName(file, scope, name);
    if (typed.size > 0) return typed;
    const own = this.#flow.slots.read(slot);
    let receiver = this.#receivers.get(slot);
    if (receiver === undefined) this.#receivers.set(slot, (receiver = this.#receiver(file, scope, name) ?? NOTHING));
    return union(own, receiver);
  }

  /** The object or class a method's first parameter is, or the containers of `*args` and `**kwargs`. */
  #receiver(file: FileScope, scope: number, name: string): Values | undefined {
    const declaration = file.declarations[scope];
    if (declaration === undefined || !isCallableOrAccessor(declaration)) return undefined;
    const parameters = this.#flow.bindings.parametersOf(declaration);
    const index = parameters.findIndex((parameter) => parameter.name === name);
    const parameter = parameters[index];
    if (parameter === undefined) return undefined;
    if (parameter.kind === 'rest' || parameter.kind === 'table')
      return new Set([this.#flow.containers.named(`${declaration.id} ${name}`, parameter.kind === 'table')]);
    const type = declaration.parent;
    if (index !== 0 || type === null || !isType(type)) return undefined;
    const binding = this.#flow.functions.bindingOf(declaration);
    if (binding === 'none') return undefined;
    return new Set([binding === 'class' ? this.#flow.values.class(type) : this.#flow.values.instance(type)]);
  }

  #literal(expression: ValueExpression & { kind: 'list' | 'table' }, place: Place, depth: number): Values {
    const container = this.#flow.containers.at(expression, place, expression.kind === 'table');
    if (expression.kind === 'list') {
      let isCounted = !expression.isOpen;
      expression.items.forEach((item, index) => {
        const values = this.evaluate(item, place, depth);
        if (item.kind === 'spread') {
          isCounted = false;
          this.#flow.containers.add(container, undefined, this.iterate(values, depth));
        } else this.#flow.containers.add(container, isCounted ? String(index) : undefined, values);
      });
    } else {
      for (const { key, value } of expression.entries) {
        const values = this.evaluate(value, place, depth);
        if (value.kind === 'spread')
          this.#flow.containers.add(container, undefined, this.#flow.containers.itemsOf(values));
        else this.#flow.containers.add(container, key, values);
      }
    }
    return new Set([container]);
  }

  #index(values: Values, key: string | undefined, depth: number): Values {
    return mapValues(values, (value) => {
      if (value.kind === 'container') return this.#flow.containers.item(value, key);
      if (value.kind === 'instance')
        return this.resultOf(this.memberOf(new Set([value]), this.#flow.protocols.item, depth), [], undefined, depth);
      // `Pool[int]` is Pool.
      return value.kind === 'class' || value === MANY ? [value] : [];
    });
  }

  memberOf(values: Values, name: string, depth = 0): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    return mapValues(values, (value) => {
      switch (value.kind) {
        case 'module': {
          const found = this.#flow.imports.exportOf(value.module, name);
          return found === undefined ? [] : this.#ofBinding(this.#flow.bindings.ofLookup(found, name));
        }
        case 'instance':
        case 'class':
        case 'super':
          return this.#typeMember(value, name, depth);
        case 'function':
          return this.#flow.slots.read(attributeSlot(value.declaration, name));
        case 'container':
          return [this.#flow.values.containerMethod(value, name)];
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
          found.push(this.#declared(member, this.#flow.functions.bindingOf(member) === 'none' ? undefined : type));
    }
    return unionAll(found);
  }

  /** Takes note of a class: what it inherits from may rely on what it has. */
  addClass(declaration: Declaration): void {
    for (const base of this.#flow.types.linearize(declaration).types.slice(1))
      addTo(this.#subclasses, base, declaration);
  }

  /** Class of an object or class; `__class__`. */
  #classOf(value: AbstractValue & { kind: 'instance' | 'class' | 'super' }, name: string): Values {
    return name === '__class__' && value.kind === 'instance'
      ? this.#flow.values.only(this.#flow.values.class(value.declaration))
      : NOTHING;
  }

  /** Keys are put together once: long texts take time to look up. */
  #keysOf(type: Declaration, name: string): MemberKeys {
    let names = this.#memberKeys.get(type);
    if (names === undefined) this.#memberKeys.set(type, (names = new Map()));
    let keys = names.get(name);
    if (keys === undefined) {
      keys = { attribute: attributeSlot(type, name), variable: variableSlot(type.file.parsed.path, type.index, name) };
      names.set(name, keys);
    }
    return keys;
  }

  #typeMember(value: AbstractValue & { kind: 'instance' | 'class' | 'super' }, name: string, depth: number): Values {
    const { types, isOpen } = this.#flow.types.linearize(value.declaration);
    for (const type of value.kind === 'super' ? types.slice(1) : types) {
      const found: Values[] = [];
      const keys = this.#keysOf(type, name);
      for (const member of type.members.get(name) ?? []) {
        if (isType(member)) found.push(this.#declared(member));
        else if (member.definition.kind === 'property') {
          if (value.kind !== 'class') found.push(this.#functionResult(member, value.declaration, [], undefined, depth));
        } else if (isCallable(member)) {
          const binding = this.#flow.functions.bindingOf(member);
          const isBound = binding === 'class' || (binding === 'object' && value.kind !== 'class');
          found.push(this.#declared(member, isBound ? value.declaration : undefined));
        } else found.push(this.#written.ofName(type.file, type.index, name));
      }
      if (value.kind !== 'super') found.push(this.#flow.slots.read(keys.attribute));
      const ofClass = this.#flow.slots.read(keys.variable);
      found.push(value.kind === 'class' ? ofClass : this.#bind(ofClass, value.declaration));
      const result = unionAll(found);
      if (result.size > 0 || type.members.has(name)) return result;
    }
    const ofClass = this.#classOf(value, name);
    return ofClass.size > 0 || isOpen || value.kind === 'super' ? ofClass : this.#ofSubclasses(value, name);
  }

  #call(expression: ValueExpression & { kind: 'call' }, place: Place, depth: number): Values {
    const { callee, arguments: given } = expression;
    if (callee.kind === 'name' && callee.name === 'super') {
      const type = enclosingType(place);
      return type === undefined ? NOTHING : this.#flow.values.only(this.#flow.values.super(type));
    }
    const callees = this.evaluate(callee, place, depth);
    if (isKnown(callees)) return this.resultOf(callees, given, place, depth);
    return this.#builtins.result(expression, place, depth);
  }

  /** What the methods give that were found for objects. */
  resultsOf(objects: Values, methods: readonly Declaration[]): Values {
    const selves = [...objects].flatMap((value) => (value.kind === 'instance' ? [value.declaration] : []));
    return unionAll(
      methods.flatMap((method) =>
        selves.map((self) =>
          this.resultOf(this.#flow.values.only(this.#flow.values.function(method, self)), [], undefined, 0),
        ),
      ),
    );
  }

  /** What calling any of the values gives. */
  resultOf(callees: Values, given: readonly Argument[], place: Place | undefined, depth: number): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    return mapValues(callees, (callee) => {
      switch (callee.kind) {
        case 'function':
          return this.#functionResult(callee.declaration, callee.self, given, place, depth + 1);
        case 'class':
          return [this.#flow.values.instance(callee.declaration)];
        case 'lambda':
          return this.evaluate(callee.result, { file: callee.file, scope: callee.scope }, depth + 1);
        case 'instance':
          return this.resultOf(
            this.memberOf(new Set([callee]), this.#flow.protocols.call, depth + 1),
            given,
            place,
            depth + 1,
          );
        case 'partial':
          return this.resultOf(new Set([callee.target]), [], undefined, depth + 1);
        case 'container-method':
          return this.#containerResult(callee, given, place, depth + 1);
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
    const facts = this.#flow.functions.factsOf(declaration);
    if (facts.isGenerator) {
      const isContext = facts.decoratorNames.some((name) => this.#flow.protocols.contextDecorators.has(name));
      return new Set([isContext ? this.#flow.values.context(declaration) : this.#flow.values.generator(declaration)]);
    }
    const { file, index, definition } = declaration;
    const typed = this.#written.values(definition.typeName, { file, scope: index }, `${index} =>`, self);
    if (typed.size > 0) return typed;
    if (facts.passedThrough >= 0) {
      const passed = this.#passedValues(declaration, self, facts.passedThrough, given, place, depth);
      if (passed !== undefined) return passed;
    }
    return this.#flow.slots.read(resultSlot(declaration));
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
      return new Set([
        this.#flow.functions.bindingOf(declaration) === 'class'
          ? this.#flow.values.class(self)
          : this.#flow.values.instance(self),
      ]);
    const name = this.#flow.bindings.parametersOf(declaration)[parameter]?.name;
    const byName = given.find((each) => each.name === name);
    const byPosition = given.filter((each) => each.name === undefined);
    if (byPosition.some(({ value }) => value.kind === 'spread')) return undefined;
    const argument = byName ?? byPosition[parameter - offset];
    return argument === undefined || place === undefined ? undefined : this.evaluate(argument.value, place, depth + 1);
  }

  /** The elements of each of the values. */
  iterate(values: Values, depth: number): Values {
    if (depth > MAX_DEPTH) return NOTHING;
    const { iterate, next, item } = this.#flow.protocols;
    return mapValues(values, (value) => {
      const only: Values = new Set([value]);
      switch (value.kind) {
        case 'container':
          return value.isTable ? [] : this.#flow.containers.item(value, undefined);
        case 'generator':
          return this.#flow.slots.read(yieldSlot(value.declaration));
        case 'instance': {
          const nexts = this.memberOf(only, next, depth + 1);
          if (nexts.size > 0) return this.resultOf(nexts, [], undefined, depth + 1);
          const iterators = this.resultOf(this.memberOf(only, iterate, depth + 1), [], undefined, depth + 1);
          return iterators.size > 0
            ? this.iterate(iterators, depth + 4)
            : this.resultOf(this.memberOf(only, item, depth + 1), [], undefined, depth + 1);
        }
        // The members of an enumeration.
        case 'class':
          return [this.#flow.values.instance(value.declaration)];
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
      if (value.kind === 'context') return this.#flow.slots.read(yieldSlot(value.declaration));
      if (value.kind !== 'instance') return [value];
      const only: Values = new Set([value]);
      const results = this.#flow.protocols.enter.map((name) =>
        this.resultOf(this.memberOf(only, name), [], undefined, 1),
      );
      const found = unionAll(results);
      return found.size > 0 ? found : [value];
    });
  }

  /** What a decorator is; nothing where it is the language's or a library's: those give back what they are given. */
  decoratorValues(decorator: ValueExpression, place: Place): Values {
    const isOurs = decorator.kind !== 'call' || isKnown(this.evaluate(decorator.callee, place));
    return isOurs ? this.evaluate(decorator, place) : NOTHING;
  }

  #containerResult(
    { container, name }: AbstractValue & { kind: 'container-method' },
    given: readonly Argument[],
    place: Place | undefined,
    depth: number,
  ): Values {
    const key = given[0]?.value.kind === 'string' ? given[0].value.value : undefined;
    const second = given[1]?.value;
    const otherwise = second === undefined || place === undefined ? NOTHING : this.evaluate(second, place, depth);
    return this.#flow.containers.call(container, name, key, otherwise);
  }
}
