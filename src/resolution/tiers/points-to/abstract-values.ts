import type { ModuleTarget } from '../../module-resolution/module-target.ts';
import type { Declaration } from '../../project-index.ts';
import type { AbstractValue, ContainerValue } from './abstract-value.ts';

/** Makes equal values one object, so that sets of them are sets. */
export class AbstractValues {
  readonly #known = new Map<string, AbstractValue>();
  readonly #functions = new Map<Declaration, AbstractValue>();
  readonly #methods = new Map<Declaration, Map<Declaration, AbstractValue>>();
  readonly #classes = new Map<Declaration, AbstractValue>();
  readonly #instances = new Map<Declaration, AbstractValue>();
  readonly #sets = new Map<AbstractValue, ReadonlySet<AbstractValue>>();
  readonly #containers = new Map<string, ContainerValue>();
  readonly #keys = new Map<AbstractValue, string>();

  function(declaration: Declaration, self?: Declaration): AbstractValue {
    if (self === undefined)
      return this.#of(this.#functions, declaration, 'f', () => ({ kind: 'function', declaration, self }));
    let bound = this.#methods.get(declaration);
    if (bound === undefined) this.#methods.set(declaration, (bound = new Map()));
    return this.#of(bound, self, `f ${declaration.id} of`, () => ({ kind: 'function', declaration, self }));
  }

  class(declaration: Declaration): AbstractValue {
    return this.#of(this.#classes, declaration, 'c', () => ({ kind: 'class', declaration }));
  }

  instance(declaration: Declaration): AbstractValue {
    return this.#of(this.#instances, declaration, 'i', () => ({ kind: 'instance', declaration }));
  }

  super(declaration: Declaration): AbstractValue {
    return this.#intern(`s ${declaration.id}`, () => ({ kind: 'super', declaration }));
  }

  module(module: ModuleTarget): AbstractValue {
    return this.#intern(`m ${module.key}`, () => ({ kind: 'module', module }));
  }

  container(key: string, isTable: boolean): ContainerValue {
    let value = this.#containers.get(key);
    if (value === undefined) {
      value = { kind: 'container', key, isTable };
      this.#containers.set(key, value);
      this.#keys.set(value, `b ${key}`);
    }
    return value;
  }

  containerMethod(container: ContainerValue, name: string): AbstractValue {
    return this.#intern(`d ${name} ${container.key}`, () => ({ kind: 'container-method', container, name }));
  }

  partial(target: AbstractValue, taken: number): AbstractValue {
    return this.#intern(`p ${taken} ${this.keyOf(target)}`, () => ({ kind: 'partial', target, taken }));
  }

  generator(declaration: Declaration): AbstractValue {
    return this.#intern(`g ${declaration.id}`, () => ({ kind: 'generator', declaration }));
  }

  context(declaration: Declaration): AbstractValue {
    return this.#intern(`x ${declaration.id}`, () => ({ kind: 'context', declaration }));
  }

  lambda(key: string, make: () => Omit<AbstractValue & { kind: 'lambda' }, 'kind' | 'key'>): AbstractValue {
    return this.#intern(`l ${key}`, () => ({ kind: 'lambda', key, ...make() }));
  }

  /** The set of one value. */
  only(value: AbstractValue): ReadonlySet<AbstractValue> {
    let set = this.#sets.get(value);
    if (set === undefined) this.#sets.set(value, (set = new Set([value])));
    return set;
  }

  /** A text that is different for different values. */
  keyOf(value: AbstractValue): string {
    return this.#keys.get(value) ?? value.kind;
  }

  #of(
    known: Map<Declaration, AbstractValue>,
    declaration: Declaration,
    kind: string,
    make: () => AbstractValue,
  ): AbstractValue {
    let value = known.get(declaration);
    if (value === undefined) {
      value = make();
      known.set(declaration, value);
      this.#keys.set(value, `${kind} ${declaration.id}`);
    }
    return value;
  }

  #intern(key: string, make: () => AbstractValue): AbstractValue {
    let value = this.#known.get(key);
    if (value === undefined) {
      value = make();
      this.#known.set(key, value);
      this.#keys.set(value, key);
    }
    return value;
  }
}
