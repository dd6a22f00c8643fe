/** An expression of a script as far as resolution understands it. */
export type ScriptExpression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: ScriptExpression; readonly name: string }
  | { readonly kind: 'call'; readonly callee: ScriptExpression; readonly typeArguments: string }
  | { readonly kind: 'new'; readonly callee: ScriptExpression; readonly typeArguments: string }
  | { readonly kind: 'index'; readonly object: ScriptExpression }
  | { readonly kind: 'cast'; readonly type: string }
  /** `a ?? b`, `a || b`, `c ? a : b`, `a ??= b`. */
  | { readonly kind: 'either'; readonly options: readonly ScriptExpression[] }
  | { readonly kind: 'literal' };

const MAX_NESTING = 24;
const MAX_LENGTH = 2_000;
const MAX_KNOWN = 20_000;
const IDENTIFIER = /[\p{ID_Start}_$#][\p{ID_Continue}$]*/uy;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const BLANK = /\s/u;
const LITERAL: ScriptExpression = Object.freeze({ kind: 'literal' });

/** Null: what is not understood. */
const known = new Map<string, ScriptExpression | null>();

/** Reads names, members, calls, indexing, `new`, `await`, casts, alternatives and literals; undefined for anything else. */
export function readExpression(text: string): ScriptExpression | undefined {
  const found = known.get(text);
  if (found !== undefined) return found ?? undefined;
  if (known.size >= MAX_KNOWN) known.clear();
  const expression = text.length > MAX_LENGTH ? undefined : read(text, 0);
  known.set(text, expression ?? null);
  return expression;
}

function read(text: string, nesting: number): ScriptExpression | undefined {
  if (nesting > MAX_NESTING) return undefined;
  const reader = new ExpressionReader(text, nesting);
  const expression = reader.read();
  return reader.atEnd() ? expression : undefined;
}

class ExpressionReader {
  readonly #text: string;
  readonly #nesting: number;
  #at = 0;

  constructor(text: string, nesting: number) {
    this.#text = text;
    this.#nesting = nesting;
  }

  atEnd(): boolean {
    return this.#peek() === undefined;
  }

  read(): ScriptExpression | undefined {
    let expression = this.#primary();
    while (expression !== undefined && !this.atEnd()) {
      const next = this.#postfix(expression);
      if (next === undefined) return undefined;
      expression = next;
    }
    return expression;
  }

  #primary(): ScriptExpression | undefined {
    const character = this.#peek();
    if (character === undefined) return undefined;
    if (character === '(') return this.#parenthesized();
    if (character === '{' || character === '[' || character === '"' || character === "'" || character === '`')
      return this.#skipBalanced() === undefined ? undefined : LITERAL;
    if (/[\d/]/u.test(character)) return this.#plainLiteral();
    const name = this.#identifier();
    if (name === 'new') return this.#creation();
    if (name === 'await' || name === 'yield') return this.#primary();
    return name === undefined ? undefined : { kind: 'name', name };
  }

  #postfix(object: ScriptExpression): ScriptExpression | undefined {
    if (this.#text[this.#at] === '!') this.#at++;
    const character = this.#peek();
    if (character === undefined) return object;
    if (character === '?' && this.#text[this.#at + 1] === '.') {
      this.#at += 2;
      const next = this.#peek();
      if (next === '(' || next === '[') return this.#postfix(object);
      return this.#member(object);
    }
    if (character === '.') {
      this.#at++;
      return this.#member(object);
    }
    if (character === '<') return this.#genericCall(object);
    if (character === '(')
      return this.#skipBalanced() === undefined ? undefined : { kind: 'call', callee: object, typeArguments: '' };
    if (character === '[') return this.#index(object);
    // A template with a tag calls the tag.
    const isTagged = character === '`' && this.#skipBalanced() !== undefined;
    return isTagged ? { kind: 'call', callee: object, typeArguments: '' } : undefined;
  }

  #index(object: ScriptExpression): ScriptExpression | undefined {
    const inside = this.#skipBalanced()?.slice(1, -1).trim();
    if (inside === undefined) return undefined;
    const key = /^(["'])([\p{ID_Start}_$][\p{ID_Continue}$]*)\1$/u.exec(inside)?.[2];
    return key === undefined ? { kind: 'index', object } : { kind: 'member', object, name: key };
  }

  #member(object: ScriptExpression): ScriptExpression | undefined {
    this.#peek();
    const name = this.#identifier();
    return name === undefined ? undefined : { kind: 'member', object, name };
  }

  #genericCall(callee: ScriptExpression): ScriptExpression | undefined {
    const typeArguments = this.#skipAngles();
    if (typeArguments === undefined || this.#peek() !== '(' || this.#skipBalanced() === undefined) return undefined;
    return { kind: 'call', callee, typeArguments };
  }

  #creation(): ScriptExpression | undefined {
    this.#peek();
    let callee: ScriptExpression | undefined;
    if (this.#text[this.#at] === '(') callee = this.#parenthesized();
    else {
      const name = this.#identifier();
      callee = name === undefined ? undefined : { kind: 'name', name };
    }
    while (callee !== undefined && this.#peek() === '.') {
      this.#at++;
      callee = this.#member(callee);
    }
    if (callee === undefined) return undefined;
    const typeArguments = this.#peek() === '<' ? (this.#skipAngles() ?? '') : '';
    if (this.#peek() === '(') this.#skipBalanced();
    return { kind: 'new', callee, typeArguments };
  }

  /** `(a)`, `(a as T)`, `(a ?? b)`, `(c ? a : b)`. */
  #parenthesized(): ScriptExpression | undefined {
    const inner = this.#skipBalanced()?.slice(1, -1).trim();
    if (inner === undefined) return undefined;
    const parts = splitOutside(inner, this.#nesting);
    if (parts.cast !== undefined) return { kind: 'cast', type: parts.cast };
    if (parts.options.length < 2) return read(inner, this.#nesting + 1);
    const options = parts.options.map((part) => read(part, this.#nesting + 1));
    const readable = options.flatMap((option) => option ?? []);
    return readable.length === options.length ? { kind: 'either', options: readable } : undefined;
  }

  #plainLiteral(): ScriptExpression | undefined {
    const pattern = /\d[\w.]*|\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/\w*/uy;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return LITERAL;
  }

  #identifier(): string | undefined {
    IDENTIFIER.lastIndex = this.#at;
    const name = IDENTIFIER.exec(this.#text)?.[0];
    if (name !== undefined) this.#at += name.length;
    return name;
  }

  /** The next character that is neither a blank nor in a comment. */
  #peek(): string | undefined {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '/') {
        const end = endOfComment(this.#text, this.#at);
        if (end === undefined) return character;
        this.#at = end + 1;
      } else if (character === undefined || !BLANK.test(character)) return character;
      else this.#at++;
    }
  }

  #skipAngles(): string | undefined {
    let depth = 0;
    for (let at = this.#at; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === '<') depth++;
      else if (character === '>' && this.#text[at - 1] !== '=' && --depth === 0) {
        const inside = this.#text.slice(this.#at + 1, at);
        this.#at = at + 1;
        return inside;
      }
    }
    return undefined;
  }

  #skipBalanced(): string | undefined {
    const end = balancedEnd(this.#text, this.#at);
    if (end === undefined) return undefined;
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    return text;
  }
}

/** Offset behind the bracket pair or string that begins at an offset. */
function balancedEnd(text: string, start: number): number | undefined {
  const stack: string[] = [];
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"' || character === "'" || character === '`') at = endOfString(text, at);
    else if (character === '/') at = endOfComment(text, at) ?? at;
    else if (CLOSING[character] !== undefined) stack.push(CLOSING[character]);
    else if (character === stack.at(-1)) stack.pop();
    if (stack.length === 0) return at < text.length ? at + 1 : undefined;
  }
  return undefined;
}

/** Offset of the last character of a comment; undefined where none begins. */
function endOfComment(text: string, start: number): number | undefined {
  const next = text[start + 1];
  if (next !== '/' && next !== '*') return undefined;
  const end = next === '/' ? text.indexOf('\n', start) : text.indexOf('*/', start + 2) + 1;
  return end <= 0 ? text.length : end;
}

function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
    else if (quote === '`' && text[at] === '$' && text[at + 1] === '{')
      at = (balancedEnd(text, at + 1) ?? text.length) - 1;
  }
  return text.length;
}

/** `(pool as unknown as Pool)`: the last type counts. */
function lastCast(type: string, nesting: number): string {
  return type.includes(' as ') ? (splitOutside(type, nesting + 1).cast ?? type) : type;
}

/** The type an expression is cast to, or what it may be, looked for outside of brackets. */
function splitOutside(text: string, nesting: number): { readonly cast?: string; readonly options: readonly string[] } {
  const options: string[] = [];
  let start = 0;
  let question = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (CLOSING[character] !== undefined || character === '"' || character === "'" || character === '`') {
      const end = balancedEnd(text, at);
      if (end === undefined) return { options: [] };
      at = end - 1;
    } else if (character === ' ') {
      const cast = /^ (?:as|satisfies) (?!const\b)/u.exec(text.slice(at, at + 16))?.[0];
      if (cast !== undefined && nesting < MAX_NESTING && options.length === 0)
        return { cast: lastCast(text.slice(at + cast.length), nesting), options };
      const operator = /^ (\?\?=?|\|\|=?|\?|:|=) /u.exec(text.slice(at, at + 5))?.[1];
      if (operator === undefined) continue;
      // What is asked before `?`, or was there before `=`, is no value of the whole.
      if (operator === '?') question = true;
      else if (operator === '=') options.length = 0;
      else if (operator !== ':' || question) options.push(text.slice(start, at));
      start = at + operator.length + 2;
    }
  }
  options.push(text.slice(start));
  return { options };
}
