import type { Declaration } from '../../project-index.ts';
import type { ContainerValue } from './abstract-value.ts';
import type { FlowContext } from './flow-context.ts';
import type { Parameter } from './parameters.ts';
import { variableSlot } from './slot-keys.ts';
import type { Values } from './value-sets.ts';

/** As many arguments of a spread list are told apart in another rest parameter; people rarely write more. */
const MAX_SPREAD = 4;

/** Gives the arguments of one call to the parameters of one function, in the order they are written. */
export class ParameterBinding {
  readonly #flow: FlowContext;
  readonly #declaration: Declaration;
  readonly #parameters: readonly Parameter[];
  readonly #plain: readonly Parameter[];
  /** Of the next argument without a name. */
  #position: number;

  /** @param taken - Parameters that are given already: by the receiver, by `partial`. */
  constructor(flow: FlowContext, declaration: Declaration, taken: number) {
    this.#flow = flow;
    this.#declaration = declaration;
    this.#parameters = flow.bindings.parametersOf(declaration);
    this.#plain = this.#parameters.filter(({ kind }) => kind === 'plain');
    this.#position = taken;
  }

  addPositional(values: Values): void {
    const at = this.#position++;
    const parameter = this.#plain[at];
    if (parameter !== undefined) this.#give(parameter, values);
    else this.#addTo('rest', String(at - this.#plain.length), values);
  }

  addNamed(name: string, values: Values): void {
    const parameter = this.#parameters.find((each) => each.name === name && hasName(each));
    if (parameter !== undefined) this.#give(parameter, values);
    else this.#addTo('table', name, values);
  }

  /** `*source`. */
  addSpread(source: ContainerValue): void {
    const { containers } = this.#flow;
    const left = this.#plain.slice(this.#position);
    for (const [index, parameter] of left.entries()) this.#give(parameter, containers.item(source, String(index)));
    for (let index = 0; index < MAX_SPREAD; index++)
      this.#addTo('rest', String(index), containers.item(source, String(index + left.length)));
  }

  /** `**source`. */
  addSpreadTable(source: ContainerValue): void {
    const { containers } = this.#flow;
    for (const parameter of this.#parameters)
      if (hasName(parameter)) this.#give(parameter, containers.item(source, parameter.name));
    this.#addTo('table', undefined, containers.item(source, undefined));
  }

  #give({ name }: Parameter, values: Values): void {
    const { file, index } = this.#declaration;
    if (values.size > 0) this.#flow.slots.add(variableSlot(file.parsed.path, index, name), values);
  }

  /** What is left over goes into the container of `*args` or `**kwargs`, if there is one. */
  #addTo(kind: 'rest' | 'table', key: string | undefined, values: Values): void {
    const parameter = this.#parameters.find((each) => each.kind === kind);
    if (parameter === undefined || values.size === 0) return;
    const container = this.#flow.containers.named(`${this.#declaration.id} ${parameter.name}`, kind === 'table');
    this.#flow.containers.add(container, key, values);
  }
}

const hasName = ({ kind }: Parameter): boolean => kind === 'plain' || kind === 'named';
