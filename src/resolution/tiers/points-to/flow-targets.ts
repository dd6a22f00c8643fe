import { isType, type Declaration } from '../../project-index.ts';
import type { Place } from '../value.ts';
import { type AbstractValue, type Argument, type ValueExpression, isKnown } from './abstract-value.ts';
import type { FlowAnalysis } from './flow-analysis.ts';
import type { FlowContext } from './flow-context.ts';
import { ParameterBinding } from './parameter-binding.ts';
import { variableSlot, attributeSlot, decoratedSlot } from './slot-keys.ts';
import { mapValues, type Values } from './value-sets.ts';

const MAX_DEPTH = 16;
const MAX_CALLED_OBJECTS = 4;

/** Where values go: assignments, arguments, what is put into containers, what decorators make. */
export class FlowTargets {
  readonly #flow: FlowContext;
  readonly #analysis: FlowAnalysis;

  constructor(flow: FlowContext, analysis: FlowAnalysis) {
    this.#flow = flow;
    this.#analysis = analysis;
  }

  /** Gives the values to a target: a name, a member, an item, a pattern. */
  assign(target: ValueExpression, values: Values, place: Place, depth = 0): void {
    if (values.size === 0 || depth > MAX_DEPTH) return;
    switch (target.kind) {
      case 'name': {
        const scope = this.#flow.bindings.assignedScope(place.file, place.scope, target.name);
        this.#flow.slots.add(variableSlot(place.file.parsed.path, scope, target.name), values);
        break;
      }
      case 'member':
        for (const owner of this.#analysis.evaluate(target.object, place, depth + 1))
          this.#assignMember(owner, target.name, values);
        break;
      case 'index':
        for (const owner of this.#analysis.evaluate(target.object, place, depth + 1))
          if (owner.kind === 'container') this.#flow.containers.add(owner, target.key, values);
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
      this.#flow.slots.add(attributeSlot(owner.declaration, name), values);
    else if (owner.kind === 'class')
      this.#flow.slots.add(variableSlot(owner.declaration.file.parsed.path, owner.declaration.index, name), values);
    else if (owner.kind === 'module')
      for (const path of owner.module.paths) this.#flow.slots.add(variableSlot(path, -1, name), values);
  }

  #assignPart(item: ValueExpression, index: number, values: Values, place: Place, depth: number): void {
    if (item.kind === 'spread') {
      const key = `${place.file.parsed.path} ${place.scope} *${item.value.kind === 'name' ? item.value.name : ''}`;
      const rest = this.#flow.containers.named(key, false);
      this.#flow.containers.add(rest, undefined, this.#analysis.iterate(values, depth + 1));
      this.assign(item.value, new Set([rest]), place, depth + 1);
      return;
    }
    const parts = mapValues(values, (value) =>
      value.kind === 'container'
        ? this.#flow.containers.item(value, String(index))
        : this.#analysis.iterate(new Set([value]), depth + 1),
    );
    this.assign(item, parts, place, depth + 1);
  }

  /** The target is an object of the classes among the values, or in tuples among them. */
  narrow(target: string, values: Values, place: Place): void {
    const classes = mapValues(values, (value) =>
      value.kind === 'container' ? this.#flow.containers.item(value, undefined) : [value],
    );
    const objects = mapValues(classes, (value) =>
      value.kind === 'class' ? [this.#flow.values.instance(value.declaration)] : [],
    );
    for (const { file, scope, name } of this.#flow.bindings.find(place.file, place.scope, target).variables)
      this.#flow.slots.add(variableSlot(file.parsed.path, scope, name), objects);
  }

  /** `setattr(object, 'name', value)`. */
  setAttribute(given: readonly Argument[], place: Place): void {
    const [object, name, value] = given;
    if (object === undefined || name?.value.kind !== 'string' || value === undefined) return;
    const values = this.#analysis.evaluate(value.value, place);
    for (const owner of this.#analysis.evaluate(object.value, place))
      this.#assignMember(owner, name.value.value, values);
  }

  /** `partial(f, x)` gives f its x. */
  bindPartial([target, ...given]: readonly Argument[], place: Place): void {
    if (target !== undefined) this.bindArguments(this.#analysis.evaluate(target.value, place), given, place);
  }

  /** Gives the arguments of a call to the parameters of what may be called. */
  bindArguments(callees: Values, given: readonly Argument[], place: Place, depth = 0): void {
    if (depth > MAX_CALLED_OBJECTS) return;
    for (const callee of callees) {
      if (callee.kind === 'function') this.#bindTo(callee.declaration, callee.self, 0, given, place);
      else if (callee.kind === 'lambda') {
        callee.parameters.forEach((name, index) => {
          const argument =
            given.find((each) => each.name === name) ?? given.filter((each) => each.name === undefined)[index];
          if (argument !== undefined)
            this.#flow.slots.add(
              variableSlot(callee.file.parsed.path, callee.scope, name),
              this.#analysis.evaluate(argument.value, place),
            );
        });
      } else if (callee.kind === 'class') this.#bindToClass(callee.declaration, given, place);
      else if (callee.kind === 'instance') {
        this.bindArguments(
          this.#analysis.memberOf(new Set([callee]), this.#flow.protocols.call),
          given,
          place,
          depth + 1,
        );
      } else if (callee.kind === 'partial' && callee.target.kind === 'function') {
        this.#bindTo(callee.target.declaration, callee.target.self, callee.taken, given, place);
      } else if (callee.kind === 'container-method') this.#fill(callee, given, place);
    }
  }

  #bindToClass(type: Declaration, given: readonly Argument[], place: Place): void {
    const { constructorNames } = type.file.rules;
    for (const owner of this.#flow.types.linearize(type).types) {
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
        this.#flow.slots.add(attributeSlot(type, field), this.#analysis.evaluate(value, place));
    }
  }

  #bindTo(
    declaration: Declaration,
    self: Declaration | undefined,
    taken: number,
    given: readonly Argument[],
    place: Place,
  ): void {
    const parameters = new ParameterBinding(this.#flow, declaration, taken + (self === undefined ? 0 : 1));
    for (const { name, value } of given) {
      const values = this.#analysis.evaluate(value, place);
      if (value.kind === 'spread') {
        for (const source of values) {
          if (source.kind !== 'container') continue;
          if (value.isTable) parameters.addSpreadTable(source);
          else parameters.addSpread(source);
        }
      } else if (name === undefined) parameters.addPositional(values);
      else parameters.addNamed(name, values);
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
    const values = this.#analysis.evaluate(last.value, place);
    switch (name) {
      case 'append':
      case 'appendleft':
      case 'add':
      case 'insert':
        this.#flow.containers.add(container, undefined, values);
        break;
      case 'setdefault': {
        const key = given[0]?.value;
        this.#flow.containers.add(container, key?.kind === 'string' ? key.value : undefined, values);
        break;
      }
      case 'extend':
        this.#flow.containers.add(container, undefined, this.#analysis.iterate(values, 0));
        break;
      case 'update':
        this.#flow.containers.add(
          container,
          undefined,
          container.isTable ? this.#flow.containers.itemsOf(values) : this.#analysis.iterate(values, 0),
        );
        for (const each of given)
          if (each.name !== undefined)
            this.#flow.containers.add(container, each.name, this.#analysis.evaluate(each.value, place));
        break;
      default:
        break;
    }
  }

  /** What decorators make of a definition: the result of calling them with it, innermost first. */
  decorate(declaration: Declaration): void {
    const { decorators } = this.#flow.functions.factsOf(declaration);
    const place: Place = { file: declaration.file, scope: declaration.definition.parent };
    let current: Values = new Set([
      isType(declaration) ? this.#flow.values.class(declaration) : this.#flow.values.function(declaration),
    ]);
    for (const decorator of [...decorators].reverse()) {
      const callees = this.#analysis.decoratorValues(decorator, place);
      if (!isKnown(callees)) continue;
      if (decorator.kind === 'call')
        this.bindArguments(this.#analysis.evaluate(decorator.callee, place), decorator.arguments, place);
      const given: readonly Argument[] = [{ name: undefined, value: { kind: 'given', values: current } }];
      this.bindArguments(callees, given, place);
      const result = this.#analysis.resultOf(callees, given, place, 0);
      current = result.size > 0 ? result : current;
    }
    this.#flow.slots.add(decoratedSlot(declaration), current);
  }
}
