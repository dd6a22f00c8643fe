import type { Place } from '../value.ts';
import type { FlowContext } from './flow-context.ts';
import type { FlowEvaluator } from './flow-evaluator.ts';
import { type Argument, type ValueExpression, lastName } from './abstract-value.ts';
import { NOTHING, union, unionAll, mapValues, type Values } from './value-sets.ts';

/** Functions of the language and its library through which values pass: `map`, `partial`, `zip`, `dict`, `getattr`. */
export class BuiltinCalls {
  readonly #flow: FlowContext;
  readonly #analysis: FlowEvaluator;

  constructor(flow: FlowContext, analysis: FlowEvaluator) {
    this.#flow = flow;
    this.#analysis = analysis;
  }

  /** What a call gives whose function is none of the project, by its name. */
  result(expression: ValueExpression & { kind: 'call' }, place: Place, depth: number): Values {
    const { callee, arguments: given } = expression;
    const name = lastName(callee);
    const valueOf = (index: number): Values => {
      const argument = given.filter((each) => each.name === undefined)[index];
      return argument === undefined ? NOTHING : this.#analysis.evaluate(argument.value, place, depth);
    };
    switch (name) {
      case 'partial':
      case 'partialmethod': {
        const taken = given.filter((each) => each.name === undefined).length - 1;
        return mapValues(valueOf(0), (target) => [this.#flow.values.partial(target, taken)]);
      }
      case 'map': {
        const container = this.#flow.containers.at(expression, place, false);
        const items = this.#analysis.iterate(valueOf(1), depth);
        const passed: Argument[] = [{ name: undefined, value: { kind: 'given', values: items } }];
        this.#flow.containers.add(container, undefined, this.#analysis.resultOf(valueOf(0), passed, place, depth));
        return new Set([container]);
      }
      case 'filter':
        return valueOf(1);
      case 'zip':
      case 'enumerate': {
        const container = this.#flow.containers.at(expression, place, false);
        const item = this.#flow.containers.at(expression, place, false, ' item');
        given
          .filter((each) => each.name === undefined)
          .forEach((_, index) => {
            const at = String(name === 'enumerate' ? index + 1 : index);
            this.#flow.containers.add(item, at, this.#analysis.iterate(valueOf(index), depth));
          });
        this.#flow.containers.add(container, undefined, new Set([item]));
        return new Set([container]);
      }
      case 'next':
      case 'anext':
      case 'min':
      case 'max':
      case 'pick':
        return this.#analysis.iterate(valueOf(0), depth);
      case 'getattr': {
        const key = given[1]?.value;
        return key?.kind === 'string'
          ? union(this.#analysis.memberOf(valueOf(0), key.value, depth), valueOf(2))
          : NOTHING;
      }
      case 'type':
        return mapValues(valueOf(0), (value) =>
          value.kind === 'instance' ? [this.#flow.values.class(value.declaration)] : [],
        );
      case '__new__':
        return mapValues(valueOf(0), (value) =>
          value.kind === 'class' ? [this.#flow.values.instance(value.declaration)] : [],
        );
      case 'import_module': {
        const named = given[0]?.value;
        const module = named?.kind === 'string' ? this.#flow.imports.resolveModule(place.file, named.value) : undefined;
        return module === undefined || module === 'external' ? NOTHING : new Set([this.#flow.values.module(module)]);
      }
      case 'cast':
        return mapValues(valueOf(0), (value) =>
          value.kind === 'class' ? [this.#flow.values.instance(value.declaration)] : [],
        );
      default:
        return this.#otherCall(name, expression, place, depth);
    }
  }

  #otherCall(name: string, expression: ValueExpression & { kind: 'call' }, place: Place, depth: number): Values {
    const isTable = this.#flow.protocols.containers.get(name);
    const given = expression.arguments;
    const first = given.find((each) => each.name === undefined);
    const passed =
      first !== undefined && (this.#flow.protocols.passThrough.has(name) || isTable !== undefined)
        ? this.#analysis.evaluate(first.value, place, depth)
        : NOTHING;
    if (isTable === undefined) return passed;
    const container = this.#flow.containers.at(expression, place, isTable);
    for (const each of given)
      if (each.name !== undefined)
        this.#flow.containers.add(container, each.name, this.#analysis.evaluate(each.value, place, depth));
    if (name === 'defaultdict')
      this.#flow.containers.add(container, undefined, this.#analysis.resultOf(passed, [], place, depth));
    else
      this.#flow.containers.add(
        container,
        undefined,
        isTable ? this.#flow.containers.itemsOf(passed) : this.#analysis.iterate(passed, depth),
      );
    if (!isTable) {
      // A copy of a list has its items at the same places.
      return unionAll([new Set([container]), passed]);
    }
    return unionAll([new Set([container]), mapValues(passed, (value) => (value.kind === 'container' ? [value] : []))]);
  }
}
