import type { Argument, ValueExpression } from './abstract-value.ts';

const UNKNOWN: ValueExpression = Object.freeze({ kind: 'unknown' });
const NAME = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const NUMBER = /-?\d[\w.]*/uy;
const STRING_START = /(?:[rRbBuUfF]{0,2})(?="|'|`)/uy;
const OPERATOR = /(?:\*\*|\/\/|<<|>>|[<>=!]=|[-+*/%@&|^<>]|\b(?:in|is|not)\b)/uy;
const MAX_NESTING = 24;

/** Reads a value as flows and arguments keep it. What is not understood is `unknown`. */
export function parseValue(text: string): ValueExpression {
  const reader = new ValueReader(text);
  const value = reader.alternatives();
  return reader.isRead() ? value : UNKNOWN;
}

/** Reads an argument: `name=value`, `*rest`, `=> x: result`. */
export function parseArgument(text: string): Argument {
  const name = /^([\p{ID_Start}_$][\p{ID_Continue}$]*)=(?:(?==>)|(?![=>]))/u.exec(text)?.[1];
  return { name, value: parseValue(name === undefined ? text : text.slice(name.length + 1)) };
}

class ValueReader {
  readonly #text: string;
  #at = 0;
  #nesting = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#space();
    return this.#at >= this.#text.length;
  }

  /** Whether all of the text was understood. */
  isRead(): boolean {
    this.#space();
    return this.#at === this.#text.length;
  }

  /** Values separated by commas are a tuple. */
  alternatives(): ValueExpression {
    const first = this.#value();
    if (!this.#take(',')) return first;
    const items = [first];
    while (!this.isAtEnd() && !this.#sees(')')) {
      items.push(this.#value());
      if (!this.#take(',')) break;
    }
    return { kind: 'list', items, isOpen: false };
  }

  #value(): ValueExpression {
    if (this.#nesting >= MAX_NESTING) return this.#giveUp();
    this.#nesting++;
    const value = this.#choice();
    this.#nesting--;
    return value;
  }

  #choice(): ValueExpression {
    this.#space();
    if (this.#take('=>') || this.#word('lambda')) return this.#lambda();
    const first = this.#either();
    // `a = b = f`: what is assigned stands last.
    if (this.#text[this.#at] === '=' && this.#text[this.#at + 1] !== '=' && this.#take('=')) return this.#value();
    if (this.#take(':=')) return this.#value();
    if (this.#word('if')) {
      this.#either();
      return this.#word('else') ? choice([first, this.#value()]) : first;
    }
    return first;
  }

  #either(): ValueExpression {
    const alternatives = [this.#operation()];
    while (this.#word('or') || this.#word('and')) alternatives.push(this.#operation());
    return alternatives.length === 1 ? (alternatives[0] ?? UNKNOWN) : choice(alternatives);
  }

  /** Operators make other values, except that lists are added to lists. */
  #operation(): ValueExpression {
    const operands = [this.#unary()];
    for (let operator = this.#match(OPERATOR); operator !== undefined; operator = this.#match(OPERATOR)) {
      const next = this.#unary();
      operands.push(operator === '+' || operator === '|' ? next : UNKNOWN);
    }
    if (operands.length === 1) return operands[0] ?? UNKNOWN;
    const joinsContainers = operands.some(({ kind }) => kind === 'list' || kind === 'table');
    return joinsContainers ? choice(operands) : UNKNOWN;
  }

  #unary(): ValueExpression {
    this.#space();
    if (this.#word('await')) return this.#unary();
    if (this.#word('not')) {
      this.#unary();
      return UNKNOWN;
    }
    if (this.#take('**')) return { kind: 'spread', value: this.#unary(), isTable: true };
    if (this.#take('*')) return { kind: 'spread', value: this.#unary(), isTable: false };
    if (this.#sees('-') || this.#sees('~')) {
      this.#at++;
      this.#unary();
      return UNKNOWN;
    }
    return this.#postfix(this.#primary());
  }

  #primary(): ValueExpression {
    this.#space();
    if (this.#take('(')) return this.#parenthesized();
    if (this.#take('[')) return this.#listUntil(']');
    if (this.#take('{')) return this.#braces();
    const prefix = this.#match(STRING_START);
    if (prefix !== undefined) return this.#string();
    if (this.#match(NUMBER) !== undefined) return UNKNOWN;
    const name = this.#match(NAME);
    if (name === undefined) return this.#giveUp();
    if (name === 'yield' || name === 'from') return this.#unary();
    return name === 'None' || name === 'True' || name === 'False' ? UNKNOWN : { kind: 'name', name };
  }

  #postfix(start: ValueExpression): ValueExpression {
    let value = start;
    for (;;) {
      this.#space();
      if (this.#take('.')) {
        const name = this.#match(NAME);
        if (name === undefined) return this.#giveUp();
        value = { kind: 'member', object: value, name };
      } else if (this.#take('(')) value = { kind: 'call', callee: value, arguments: this.#arguments() };
      else if (this.#take('[')) value = { kind: 'index', object: value, key: this.#key() };
      else return value;
    }
  }

  #parenthesized(): ValueExpression {
    if (this.#take(')')) return { kind: 'list', items: [], isOpen: false };
    const value = this.alternatives();
    return this.#closed(value, ')');
  }

  #listUntil(end: string): ValueExpression {
    const items: ValueExpression[] = [];
    while (!this.#sees(end) && !this.isAtEnd()) {
      items.push(this.#value());
      if (this.#isComprehension()) return this.#comprehension({ kind: 'list', items, isOpen: true }, end);
      if (!this.#take(',')) break;
    }
    return this.#take(end) ? { kind: 'list', items, isOpen: false } : this.#giveUp();
  }

  #braces(): ValueExpression {
    const entries: { key: string | undefined; value: ValueExpression }[] = [];
    const items: ValueExpression[] = [];
    while (!this.#sees('}') && !this.isAtEnd()) {
      const start = this.#at;
      const first = this.#value();
      if (first.kind === 'spread' && first.isTable) entries.push({ key: undefined, value: first });
      else if (this.#take(':'))
        entries.push({ key: keyOf(first, this.#text.slice(start, this.#at - 1)), value: this.#value() });
      else items.push(first);
      if (this.#isComprehension()) {
        const open = entries.map(({ value }) => ({ key: undefined, value }));
        return this.#comprehension(
          items.length > 0 ? { kind: 'list', items, isOpen: true } : { kind: 'table', entries: open },
          '}',
        );
      }
      if (!this.#take(',')) break;
    }
    if (!this.#take('}')) return this.#giveUp();
    return items.length > 0 ? { kind: 'list', items, isOpen: false } : { kind: 'table', entries };
  }

  #arguments(): Argument[] {
    const result: Argument[] = [];
    while (!this.#sees(')') && !this.isAtEnd()) {
      const start = this.#at;
      this.#space();
      const name = this.#match(NAME);
      this.#space();
      if (name !== undefined && this.#sees('=') && this.#text[this.#at + 1] !== '=') {
        this.#at++;
        result.push({ name, value: this.#value() });
      } else {
        this.#at = start;
        const value = this.#value();
        result.push({ name: undefined, value });
        if (this.#isComprehension()) {
          result.pop();
          const list: ValueExpression = { kind: 'list', items: [value], isOpen: true };
          result.push({ name: undefined, value: this.#comprehension(list, ')') });
          return result;
        }
      }
      if (!this.#take(',')) break;
    }
    if (!this.#take(')')) this.#giveUp();
    return result;
  }

  #key(): string | undefined {
    const start = this.#at;
    const key = this.alternatives();
    const text = this.#text.slice(start, this.#at);
    if (this.#take(':')) {
      // A slice: any of them.
      this.#skipTo(']');
      return undefined;
    }
    this.#closed(key, ']');
    return keyOf(key, text);
  }

  #lambda(): ValueExpression {
    const parameters: string[] = [];
    while (!this.#sees(':') && !this.isAtEnd()) {
      this.#match(/\s*\*{0,2}/uy);
      const name = this.#match(NAME);
      if (name !== undefined) parameters.push(name);
      if (this.#take('=')) this.#value();
      if (!this.#take(',')) break;
    }
    if (!this.#take(':')) return this.isAtEnd() ? { kind: 'lambda', parameters, result: UNKNOWN } : this.#giveUp();
    return { kind: 'lambda', parameters, result: this.#value() };
  }

  #string(): ValueExpression {
    const quote = this.#text[this.#at] ?? '"';
    const mark = this.#text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    let end = this.#at + mark.length;
    while (end < this.#text.length && !this.#text.startsWith(mark, end)) end += this.#text[end] === '\\' ? 2 : 1;
    const value = this.#text.slice(this.#at + mark.length, end);
    this.#at = end + mark.length;
    // Strings beside each other are one.
    this.#space();
    if (this.#match(STRING_START) !== undefined) this.#string();
    return { kind: 'string', value };
  }

  #isComprehension(): boolean {
    this.#space();
    return /(?:async\s+)?for\b/uy.test(this.#text.slice(this.#at, this.#at + 12));
  }

  /** What follows `for` is not read: the flows of the file bind its names. */
  #comprehension(value: ValueExpression, end: string): ValueExpression {
    this.#skipTo(end);
    return value;
  }

  #skipTo(end: string): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? '';
      if (character === '"' || character === "'") this.#string();
      else {
        if (depth === 0 && character === end) break;
        if ('([{'.includes(character)) depth++;
        else if (')]}'.includes(character)) depth--;
        this.#at++;
      }
    }
    this.#at++;
  }

  #closed(value: ValueExpression, end: string): ValueExpression {
    if (this.#isComprehension()) return this.#comprehension({ kind: 'list', items: [value], isOpen: true }, end);
    return this.#take(end) ? value : this.#giveUp();
  }

  #giveUp(): ValueExpression {
    this.#at = this.#text.length + 1;
    return UNKNOWN;
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }

  #sees(token: string): boolean {
    this.#space();
    return this.#text.startsWith(token, this.#at);
  }

  #take(token: string): boolean {
    if (!this.#sees(token)) return false;
    this.#at += token.length;
    return true;
  }

  #word(word: string): boolean {
    this.#space();
    if (!this.#text.startsWith(word, this.#at)) return false;
    if (/[\p{ID_Continue}$]/u.test(this.#text[this.#at + word.length] ?? '')) return false;
    this.#at += word.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

const choice = (alternatives: readonly ValueExpression[]): ValueExpression => ({ kind: 'choice', alternatives });

/** Keys that are written out: strings and whole numbers. */
function keyOf(key: ValueExpression, text: string): string | undefined {
  if (key.kind === 'string') return key.value;
  return /^\s*-?\d+\s*$/u.test(text) ? text.trim() : undefined;
}
