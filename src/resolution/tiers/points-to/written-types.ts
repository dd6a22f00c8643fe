import type { Declaration, FileScope } from '../../project-index.ts';
import { parseTypeName } from '../../type-name.ts';
import type { Place } from '../value.ts';
import type { AbstractValue, ValueExpression } from './abstract-value.ts';
import type { FlowContext } from './flow-context.ts';
import { ScopedNames } from './scoped-names.ts';
import { NOTHING, type Values } from './value-sets.ts';

/** Names that are given each other as values end. */
const MAX_ALIASES = 2;

/** Values of names and results whose type is written out. */
export class WrittenTypes {
  readonly #flow: FlowContext;
  readonly #evaluate: (expression: ValueExpression, place: Place) => Values;
  readonly #typed = new ScopedNames<Values>();
  #aliases = 0;

  constructor(flow: FlowContext, evaluate: (expression: ValueExpression, place: Place) => Values) {
    this.#flow = flow;
    this.#evaluate = evaluate;
  }

  /** Values of a type that is written out for a name. */
  ofName(file: FileScope, scope: number, name: string): Values {
    const known = this.#typed.get(file, scope, name);
    if (known !== undefined) return known;
    const typeName =
      file.typedNames.get(scope)?.get(name) ??
      (file.declarations[scope]?.members ?? file.members).get(name)?.find(({ definition }) => definition.typeName)
        ?.definition.typeName;
    const isWritten = isWrittenType(typeName);
    const values = isWritten ? this.values(typeName, { file, scope }, `${scope} ${name}`) : NOTHING;
    // What an alias stands for may not be known yet.
    if (!isWritten || values.size > 0) this.#typed.set(file, scope, name, values);
    return values;
  }

  /** Values of a type as written; `key` is different for different places. */
  values(typeName: string | undefined, place: Place, key: string, self?: Declaration): Values {
    if (!isWrittenType(typeName)) return NOTHING;
    const result = new Set<AbstractValue>();
    for (const alternative of parseTypeName(typeName)) {
      if (alternative.kind === 'self') {
        if (self !== undefined) result.add(this.#flow.values.instance(self));
      } else if (alternative.kind === 'container') {
        const elements = this.values(alternative.element, place, `${key}[]`);
        if (elements.size === 0) continue;
        const isTable = /(?:dict|Mapping|Dict)\[/u.test(typeName);
        const container = this.#flow.containers.named(`t ${place.file.parsed.path} ${key}`, isTable);
        this.#flow.containers.add(container, undefined, elements);
        result.add(container);
      } else {
        const types = this.#flow.types.resolveType(place.file, place.scope, alternative.name);
        if (types === undefined) {
          const classes = this.#aliased(alternative.name, place);
          for (const value of classes)
            if (value.kind === 'class') result.add(this.#flow.values.instance(value.declaration));
        }
        if (typeof types !== 'object') continue;
        for (const type of types)
          result.add(alternative.kind === 'class' ? this.#flow.values.class(type) : this.#flow.values.instance(type));
      }
    }
    return result;
  }

  /** What a name stands for that is no type: `Source = Pool`. Aliases may be made of each other. */
  #aliased(name: string, place: Place): Values {
    if (this.#aliases >= MAX_ALIASES) return NOTHING;
    this.#aliases++;
    const values = this.#evaluate(this.#flow.expressions.parse(name), place);
    this.#aliases--;
    return values;
  }
}

/** Names that were given values have expressions instead of types: flows know better. */
function isWrittenType(typeName: string | undefined): typeName is string {
  return typeName !== undefined && typeName !== '' && !/^= |\)$| \| |\(/u.test(typeName);
}
