import { CALL_SIGNATURE, OPAQUE } from './type-node.ts';
import type { FunctionNode, ParameterNode, TypeNode, TypeParameterNode } from './type-node.ts';

const MAX_NESTING = 24;
/** What is read is kept, as the same types are written again and again; beyond this many it is forgotten. */
const MAX_KNOWN = 20_000;

const IDENTIFIER = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const QUALIFIED = /[\p{ID_Start}_$][\p{ID_Continue}$]*(?:\s*\.\s*[\p{ID_Start}_$][\p{ID_Continue}$]*)*/uy;
const NUMBER = /-?[\d.][\w.]*/y;
const SPACE = /\s*/y;
const MODIFIERS = /(?:(?:public|private|protected|readonly|override|const|in|out)\s+)+/y;
const MAPPED =
  /\s*(?:[-+]?readonly\s+)?\[\s*(?:[\p{ID_Start}_$][\p{ID_Continue}$]*\s+in\s+keyof\b\s*|[\p{ID_Start}_$][\p{ID_Continue}$]*\s*:)/uy;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

const known = new Map<string, TypeNode>();

/** Reads a type. What cannot be read is opaque. */
export function readType(text: string): TypeNode {
  let node = known.get(text);
  if (node === undefined) {
    node = new TypeReader(text).type();
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, node);
  }
  return node;
}

/** Reads the parameters of a function from the text behind the opening parenthesis; a cut list ends where it is cut. */
export function readParameters(text: string): readonly ParameterNode[] {
  return new TypeReader(text).parameters();
}

/** Reads generic parameters from the text behind `<`. */
export function readTypeParameters(text: string): readonly TypeParameterNode[] {
  return new TypeReader(text).typeParameters();
}

class TypeReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(): TypeNode {
    if (this.#depth >= MAX_NESTING) return OPAQUE;
    this.#depth++;
    const node = this.#conditional();
    this.#depth--;
    return node;
  }

  parameters(): ParameterNode[] {
    const result: ParameterNode[] = [];
    while (this.#more(')')) {
      const start = this.#at;
      const isRest = this.#take('...');
      this.#match(MODIFIERS);
      const name = this.#match(IDENTIFIER) ?? '';
      if (name === '') this.#skipBalanced();
      this.#take('?');
      const type = this.#take(':') ? this.type() : undefined;
      this.#skipTo(',)');
      // `this` is no parameter that is passed.
      if (name !== 'this') result.push({ name, type, isRest });
      this.#take(',');
      if (this.#at === start) break;
    }
    this.#take(')');
    return result;
  }

  typeParameters(): TypeParameterNode[] {
    const result: TypeParameterNode[] = [];
    while (this.#more('>')) {
      const start = this.#at;
      this.#match(MODIFIERS);
      const name = this.#match(IDENTIFIER) ?? '';
      const bound = this.#word('extends') ? this.type() : undefined;
      const otherwise = this.#take('=') ? this.type() : undefined;
      if (name !== '') result.push({ name, bound, otherwise });
      this.#skipTo(',>');
      this.#take(',');
      if (this.#at === start) break;
    }
    this.#take('>');
    return result;
  }

  #conditional(): TypeNode {
    const node = this.#union();
    if (!this.#word('extends')) return node;
    this.#union();
    if (!this.#take('?')) return node;
    const yes = this.type();
    this.#take(':');
    return { kind: 'union', parts: [yes, this.type()] };
  }

  #union(): TypeNode {
    this.#take('|');
    const parts = [this.#intersection()];
    while (this.#take('|')) parts.push(this.#intersection());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'union', parts };
  }

  #intersection(): TypeNode {
    this.#take('&');
    const parts = [this.#postfix()];
    while (this.#take('&')) parts.push(this.#postfix());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'intersection', parts };
  }

  #postfix(): TypeNode {
    let node = this.#primary();
    while (this.#peek() === '[') {
      this.#at++;
      if (this.#take(']')) {
        node = { kind: 'array', element: node };
        continue;
      }
      const key = this.#string();
      if (key === undefined) {
        const index = this.type();
        const isNumber = index.kind === 'name' && index.name === 'number';
        node = isNumber
          ? { kind: 'lookup', object: node, key: '[]' }
          : { kind: 'lookup', object: node, key: undefined };
      } else node = { kind: 'lookup', object: node, key };
      this.#skipTo(']');
      this.#take(']');
    }
    return node;
  }

  #primary(): TypeNode {
    const character = this.#peek();
    if (character === '(') return this.#isFunction() ? this.#function() : this.#group();
    if (character === '<') {
      this.#skipBalanced();
      return this.#peek() === '(' ? this.#function() : OPAQUE;
    }
    if (character === '{') return this.#object();
    if (character === '[') return this.#tuple();
    if (character === '"' || character === "'" || character === '`') {
      this.#string();
      return OPAQUE;
    }
    if (this.#match(NUMBER) !== undefined) return OPAQUE;
    return this.#named();
  }

  #named(): TypeNode {
    const name = this.#match(QUALIFIED)?.replace(/\s/gu, '');
    switch (name) {
      case undefined:
        this.#at++;
        return OPAQUE;
      case 'keyof':
      case 'infer':
        this.#postfix();
        return OPAQUE;
      case 'unique':
      case 'readonly':
        return this.#postfix();
      case 'typeof':
        return this.#query();
      case 'new':
      case 'abstract':
        if (this.#peek() === '<') this.#skipBalanced();
        return this.#peek() === '(' ? this.#function() : this.#primary();
      case 'asserts':
        this.#match(IDENTIFIER);
        if (this.#word('is')) this.type();
        return OPAQUE;
      case 'this':
        if (!this.#word('is')) return { kind: 'this' };
        this.type();
        return OPAQUE;
      default:
        return this.#generic(name);
    }
  }

  #generic(name: string): TypeNode {
    if (this.#word('is')) {
      this.type();
      return OPAQUE;
    }
    const args: TypeNode[] = [];
    if (this.#peek() === '<') {
      this.#at++;
      while (this.#more('>')) {
        const start = this.#at;
        args.push(this.type());
        this.#skipTo(',>');
        this.#take(',');
        if (this.#at === start) break;
      }
      this.#take('>');
    }
    return { kind: 'name', name, args };
  }

  #query(): TypeNode {
    const name = this.#match(QUALIFIED)?.replace(/\s/gu, '') ?? '';
    if (name === 'import' || name === '') return OPAQUE;
    if (this.#peek() === '<') this.#skipBalanced();
    return { kind: 'query', name };
  }

  #group(): TypeNode {
    this.#at++;
    const node = this.type();
    this.#skipTo(')');
    this.#take(')');
    return node;
  }

  #tuple(): TypeNode {
    this.#at++;
    const elements: TypeNode[] = [];
    while (this.#more(']')) {
      const start = this.#at;
      const isRest = this.#take('...');
      const label = /[\p{ID_Start}_$][\p{ID_Continue}$]*\??\s*:/uy;
      label.lastIndex = this.#at;
      const labelled = label.exec(this.#text);
      if (labelled !== null) this.#at += labelled[0].length;
      const element = this.type();
      elements.push(isRest && element.kind === 'array' ? element.element : element);
      this.#skipTo(',]');
      this.#take(',');
      if (this.#at === start) break;
    }
    this.#take(']');
    return { kind: 'tuple', elements };
  }

  /** Whether a parenthesis begins the parameters of a function. */
  #isFunction(): boolean {
    const start = this.#at;
    this.#skipBalanced();
    const isFunction = this.#take('=>');
    this.#at = start;
    return isFunction;
  }

  #function(): FunctionNode {
    this.#at++;
    const parameters = this.parameters();
    this.#take('=>');
    return { kind: 'function', parameters, result: this.type() };
  }

  #object(): TypeNode {
    this.#at++;
    const members = new Map<string, TypeNode>();
    const mapped = this.#mapped();
    if (mapped !== undefined) return mapped;
    while (this.#more('}')) {
      const start = this.#at;
      this.#member(members);
      // A line may end a member as well, and lines are joined by blanks.
      if (this.#at > start && /[\p{ID_Start}_$'"]/u.test(this.#peek() ?? '')) continue;
      this.#skipTo(';,}');
      if (!this.#take(';')) this.#take(',');
      if (this.#at === start) this.#at++;
    }
    this.#take('}');
    return { kind: 'object', members };
  }

  /** `{ [K in keyof T]: … }` has the members of T; `{ [id: string]: Pool }` holds pools. */
  #mapped(): TypeNode | undefined {
    const start = this.#at;
    MAPPED.lastIndex = start;
    const head = MAPPED.exec(this.#text);
    if (head === null) return undefined;
    this.#at += head[0].length;
    let node: TypeNode | undefined;
    if (head[0].trimEnd().endsWith('keyof')) node = this.#postfix();
    else {
      this.type();
      this.#take(']');
      if (this.#take(':')) node = { kind: 'name', name: 'Record', args: [OPAQUE, this.type()] };
      if (!this.#take(';')) this.#take(',');
      if (this.#peek() !== '}') node = undefined;
    }
    if (node === undefined) {
      this.#at = start;
      return undefined;
    }
    this.#skipTo('}');
    this.#take('}');
    return node;
  }

  #member(members: Map<string, TypeNode>): void {
    this.#match(MODIFIERS);
    const isCall = this.#peek() === '(' || this.#peek() === '<';
    const name = isCall ? CALL_SIGNATURE : (this.#string() ?? this.#match(IDENTIFIER));
    if (name === undefined) return;
    this.#take('?');
    if (this.#peek() === '<') this.#skipBalanced();
    if (this.#peek() === '(') {
      this.#at++;
      const parameters = this.parameters();
      const result = this.#take(':') ? this.type() : OPAQUE;
      members.set(name, { kind: 'function', parameters, result });
    } else if (this.#take(':')) members.set(name, this.type());
  }

  #string(): string | undefined {
    const quote = this.#peek();
    if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) return undefined;
    const value = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return value;
  }

  #peek(): string | undefined {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
    return this.#text[this.#at];
  }

  #more(end: string): boolean {
    const character = this.#peek();
    return character !== undefined && character !== end;
  }

  #take(text: string): boolean {
    this.#peek();
    if (!this.#text.startsWith(text, this.#at)) return false;
    if (text === '=' && this.#text[this.#at + 1] === '>') return false;
    this.#at += text.length;
    return true;
  }

  #word(word: string): boolean {
    this.#peek();
    if (!this.#text.startsWith(word, this.#at) || /[\w$]/.test(this.#text[this.#at + word.length] ?? '')) return false;
    this.#at += word.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    this.#peek();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Moves to the next of some characters outside of brackets, or to the end. */
  #skipTo(ends: string): void {
    while (this.#at < this.#text.length) {
      const character = this.#peek() ?? '';
      if (ends.includes(character)) return;
      if (CLOSING[character] !== undefined && character !== '<') this.#skipBalanced();
      else if (character === '"' || character === "'" || character === '`') {
        if (this.#string() === undefined) this.#at = this.#text.length;
      } else if (character === '=' && this.#text[this.#at + 1] === '>') this.#at += 2;
      else this.#at++;
    }
  }

  /** Moves past a bracket pair. */
  #skipBalanced(): void {
    const stack: string[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] ?? '';
      if (character === '"' || character === "'" || character === '`') {
        const end = this.#text.indexOf(character, this.#at + 1);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (CLOSING[character] !== undefined) stack.push(CLOSING[character]);
      else if (character === stack.at(-1) && !(character === '>' && this.#text[this.#at - 1] === '=')) stack.pop();
      if (stack.length === 0) {
        this.#at++;
        return;
      }
    }
  }
}
