import type { Place } from '../value.ts';
import type { ContainerValue, ValueExpression } from './abstract-value.ts';
import type { AbstractValues } from './abstract-values.ts';
import type { ExpressionCache } from './expression-cache.ts';
import { NOTHING, union, mapValues, type Values } from './value-sets.ts';
import type { ValueSlots } from './value-slots.ts';

/** Containers and what is in them: by constant key where it is written out, else all in one set. */
export class Containers {
  readonly #slots: ValueSlots;
  readonly #values: AbstractValues;
  readonly #expressions: ExpressionCache;

  constructor(slots: ValueSlots, values: AbstractValues, expressions: ExpressionCache) {
    this.#slots = slots;
    this.#values = values;
    this.#expressions = expressions;
  }

  /** @param key - undefined for any of them. */
  add(container: ContainerValue, key: string | undefined, values: Values): void {
    this.#slots.add(key === undefined ? `[] ${container.key}` : `[k] ${container.key} ${key}`, values);
    this.#slots.add(`[*] ${container.key}`, values);
  }

  /** @param key - undefined for any of them. */
  item(container: ContainerValue, key: string | undefined): Values {
    if (key === undefined) return this.#slots.read(`[*] ${container.key}`);
    return union(this.#slots.read(`[k] ${container.key} ${key}`), this.#slots.read(`[] ${container.key}`));
  }

  /** What is in any of the containers among the values. */
  itemsOf(values: Values): Values {
    return mapValues(values, (value) => (value.kind === 'container' ? this.item(value, undefined) : []));
  }

  /** The container that an expression at a place makes. */
  at(expression: ValueExpression, { file, scope }: Place, isTable: boolean, part = ''): ContainerValue {
    return this.named(`${file.parsed.path} ${scope} ${this.#expressions.keyOf(expression)}${part}`, isTable);
  }

  named(key: string, isTable: boolean): ContainerValue {
    return this.#values.container(key, isTable);
  }

  /**
   * What calling a method of a container gives.
   *
   * @param key - First argument, if it is written out.
   * @param otherwise - Values of the second argument.
   */
  call(container: ContainerValue, name: string, key: string | undefined, otherwise: Values): Values {
    switch (name) {
      case 'get':
      case 'setdefault':
        return union(this.item(container, key), otherwise);
      case 'pop':
        return union(this.item(container, key), container.isTable ? otherwise : NOTHING);
      case 'popleft':
        return this.item(container, undefined);
      case 'values': {
        const items = this.named(`${container.key} values`, false);
        this.add(items, undefined, this.item(container, undefined));
        return new Set([items]);
      }
      case 'items': {
        const pair = this.named(`${container.key} pair`, false);
        this.add(pair, '1', this.item(container, undefined));
        const items = this.named(`${container.key} pairs`, false);
        this.add(items, undefined, new Set([pair]));
        return new Set([items]);
      }
      case 'popitem': {
        const pair = this.named(`${container.key} pair`, false);
        this.add(pair, '1', this.item(container, undefined));
        return new Set([pair]);
      }
      case 'copy':
        return new Set([container]);
      default:
        return NOTHING;
    }
  }
}
