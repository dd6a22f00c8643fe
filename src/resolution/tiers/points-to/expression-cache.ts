import type { Argument, ValueExpression } from './abstract-value.ts';
import { parseArgument, parseValue } from './value-reader.ts';

/** Expressions by their text: the same few thousand are written again and again. */
export class ExpressionCache {
  readonly #values = new Map<string, ValueExpression>();
  readonly #arguments = new Map<string, Argument>();
  readonly #keys = new Map<ValueExpression, number>();

  parse(text: string): ValueExpression {
    let parsed = this.#values.get(text);
    if (parsed === undefined) this.#values.set(text, (parsed = parseValue(text)));
    return parsed;
  }

  parseArguments(texts: readonly string[] | undefined): readonly Argument[] {
    return (texts ?? []).map((text) => {
      let parsed = this.#arguments.get(text);
      if (parsed === undefined) this.#arguments.set(text, (parsed = parseArgument(text)));
      return parsed;
    });
  }

  /** A number of its own for each expression. */
  keyOf(expression: ValueExpression): number {
    let key = this.#keys.get(expression);
    if (key === undefined) this.#keys.set(expression, (key = this.#keys.size));
    return key;
  }
}
