/** A receiver as far as resolution understands it. */
export type Expression =
  /** `isPath`: it stands before `::`, where no variable can. */
  | { readonly kind: 'name'; readonly name: string; readonly isPath?: boolean | undefined }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'call'; readonly callee: Expression }
  | { readonly kind: 'index'; readonly object: Expression }
  /** What is in a value that may be missing: Rust's `x?`. */
  | { readonly kind: 'unwrap'; readonly object: Expression }
  /** A value of a type that is written out: `new T()`, `(x as T)`, `((T) x)`, `x.(T)`, `T{}`. */
  | { readonly kind: 'typed'; readonly typeName: string }
  | { readonly kind: 'literal' };

/** Longer receivers are generated code or whole programs in an argument: not worth reading. */
const MAX_EXPRESSION_LENGTH = 2_000;
const MAX_NESTING = 24;

const IDENTIFIER = /(?:@@)?[\p{ID_Start}_$@#][\p{ID_Continue}$]*/uy;
const MEMBER_OPERATORS: readonly string[] = ['?.', '?->', '&.', '->', '::', '.', '\\'];
/** Those that reach what may be missing. */
const OPENING_OPERATORS: ReadonlySet<string> = new Set(['?.', '?->', '&.']);
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/**
 * Reads a receiver: names, members (`.`, `?.`, `!.`, `->`, `?->`, `&.`, `::`, `\`), calls, indexing, `new`, `await`, casts and literals.
 * @returns undefined for anything else: what is not understood stays unknown.
 */
export function parseExpression(text: string, nesting = 0): Expression | undefined {
  if (text.length > MAX_EXPRESSION_LENGTH || nesting > MAX_NESTING) return undefined;
  const reader = new ExpressionReader(text, nesting);
  const expression = reader.read();
  return reader.atEnd() ? expression : undefined;
}

class ExpressionReader {
  readonly #text: string;
  readonly #nesting: number;
  #offset = 0;

  constructor(text: string, nesting: number) {
    this.#text = text;
    this.#nesting = nesting;
  }

  atEnd(): boolean {
    this.#skipSpace();
    return this.#offset >= this.#text.length;
  }

  read(): Expression | undefined {
    let expression = this.#primary();
    while (expression !== undefined && !this.atEnd()) {
      const next = this.#postfix(expression);
      if (next === undefined) return undefined;
      expression = next;
    }
    return expression;
  }

  #primary(): Expression | undefined {
    this.#skipSpace();
    while (this.#text[this.#offset] === '*' || this.#text[this.#offset] === '&') this.#offset++;
    const character = this.#text[this.#offset];
    if (character === undefined) return undefined;
    if (character === '(') return this.#parenthesized();
    if (character === '\\') return { kind: 'name', name: '' }; // PHP: `\App\run()` starts at the root of all names.
    if (/["'`\d[{/]/.test(character)) return this.#literal();
    const name = this.#identifier();
    if (name === undefined) return undefined;
    // Ruby: `new(size)` is a call as any other.
    if (name === 'new' && this.#text[this.#offset] !== '(') return this.#creation();
    if (name === 'await' || name === 'yield') return this.#primary();
    if (/["']/.test(this.#text[this.#offset] ?? '') && name.length <= 2) return this.#literal(); // Python prefixes: f"", rb''
    // Ruby: variables of an object and of its class.
    const field = /^@@?(\w+)$/.exec(name)?.[1];
    if (field !== undefined) return { kind: 'member', object: { kind: 'name', name: 'self' }, name: field };
    return { kind: 'name', name };
  }

  #postfix(object: Expression): Expression | undefined {
    const text = this.#text;
    if (text[this.#offset] === '!') this.#offset++;
    this.#skipSpace();
    if (text[this.#offset] === '?' && !/[.([-]/.test(text[this.#offset + 1] ?? '')) {
      this.#offset++;
      return { kind: 'unwrap', object };
    }
    for (const operator of MEMBER_OPERATORS) {
      if (!text.startsWith(operator, this.#offset)) continue;
      this.#offset += operator.length;
      this.#skipSpace();
      const character = text[this.#offset];
      if (character === undefined && operator === '\\') return object; // The prefix of a qualified name.
      if (operator === '::' && object.kind === 'name') {
        const path: Expression = { ...object, isPath: true };
        if (character === undefined) return path;
        const name = character === '<' ? undefined : this.#identifier();
        if (name !== undefined) return { kind: 'member', object: path, name };
      }
      const index = /^\d+/.exec(text.slice(this.#offset, this.#offset + 4))?.[0];
      if (index !== undefined) {
        this.#offset += index.length;
        return { kind: 'member', object, name: index };
      }
      if (character === '(' && operator === '.') return this.#assertion();
      if (character === '(' || character === '[') return this.#postfix(object);
      if (character === '<' && operator === '::') return this.#skipBalanced() === undefined ? undefined : object;
      const name = this.#identifier();
      if (name === undefined) return undefined;
      return { kind: 'member', object: OPENING_OPERATORS.has(operator) ? { kind: 'unwrap', object } : object, name };
    }
    const character = text[this.#offset];
    if (character === undefined) return object;
    if (character === '<') return this.#skipBalanced() === undefined ? undefined : object;
    if (character === '(' && this.#skipBalanced() !== undefined) return { kind: 'call', callee: object };
    if (character === '[' && this.#skipBalanced() !== undefined) return { kind: 'index', object };
    if (character === '{' && this.#skipBalanced() !== undefined) return compositeLiteral(object);
    if (character === '`' && this.#skipBalanced() !== undefined) return { kind: 'call', callee: object };
    return undefined;
  }

  /** `(expr)`, `(expr as T)`, `((T) expr)`. */
  #parenthesized(): Expression | undefined {
    const inner = this.#skipBalanced()?.slice(1, -1).trim();
    if (inner === undefined) return undefined;
    const cast =
      /^(?:[\s\S]*[\s)\]])(?:as|satisfies)\s+([\w.$<>[\], |]+)$/.exec(inner)?.[1] ??
      /^\(([\w.$<>[\], ?&]+)\)\s*[\w(]/.exec(inner)?.[1];
    return cast === undefined ? parseExpression(inner, this.#nesting + 1) : { kind: 'typed', typeName: cast };
  }

  /** Go: `x.(T)`. */
  #assertion(): Expression | undefined {
    const typeName = this.#skipBalanced()?.slice(1, -1).trim();
    return typeName === undefined || typeName === 'type' ? undefined : { kind: 'typed', typeName };
  }

  #creation(): Expression | undefined {
    this.#skipSpace();
    const start = this.#offset;
    while (this.#identifier() !== undefined && this.#text[this.#offset] === '.') this.#offset++;
    const typeName = this.#text.slice(start, this.#offset);
    if (typeName === '') return undefined;
    for (const opening of ['<', '(', '[', '{']) {
      this.#skipSpace();
      if (this.#text[this.#offset] === opening) this.#skipBalanced();
    }
    return { kind: 'typed', typeName };
  }

  #literal(): Expression | undefined {
    const character = this.#text[this.#offset] ?? '';
    if (/\d/.test(character)) {
      while (/[\w.]/.test(this.#text[this.#offset] ?? '')) this.#offset++;
      return { kind: 'literal' };
    }
    if (character === '/') {
      const pattern = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/\w*/y;
      pattern.lastIndex = this.#offset;
      if (!pattern.test(this.#text)) return undefined;
      this.#offset = pattern.lastIndex;
      return { kind: 'literal' };
    }
    return this.#skipBalanced() === undefined ? undefined : { kind: 'literal' };
  }

  #identifier(): string | undefined {
    IDENTIFIER.lastIndex = this.#offset;
    const name = IDENTIFIER.exec(this.#text)?.[0];
    if (name !== undefined) this.#offset += name.length;
    return name;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#offset] ?? '')) this.#offset++;
  }

  /** Moves past a bracket pair or a string and returns it; undefined where it does not end. */
  #skipBalanced(): string | undefined {
    const text = this.#text;
    const start = this.#offset;
    const stack: string[] = [];
    for (let at = start; at < text.length; at++) {
      const character = text[at] ?? '';
      if (character === '"' || character === "'" || character === '`') {
        at = endOfString(text, at);
      } else if (CLOSING[character] !== undefined && (character !== '<' || stack.length === 0 || stack[0] === '>')) {
        stack.push(CLOSING[character]);
      } else if (character === stack.at(-1)) {
        stack.pop();
      }
      if (stack.length === 0) {
        this.#offset = at + 1;
        return at < text.length ? text.slice(start, at + 1) : undefined;
      }
    }
    return undefined;
  }
}

/** Offset of the quote that ends the string which begins at `start`, or the length of the text. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '"';
  if (text.startsWith(quote.repeat(3), start)) {
    const end = text.indexOf(quote.repeat(3), start + 3);
    return end < 0 ? text.length : end + 2;
  }
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function compositeLiteral(object: Expression): Expression | undefined {
  const typeName = dottedName(object);
  return typeName === undefined ? undefined : { kind: 'typed', typeName };
}

/** `a.b.c` of an expression made of names and members alone. */
export function dottedName(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'unwrap') return dottedName(expression.object);
  if (expression.kind !== 'member') return undefined;
  const object = dottedName(expression.object);
  return object === undefined ? undefined : `${object}.${expression.name}`;
}
