import { readQualifiedName } from './qualified-name.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { SqlScope } from './sql-scope.ts';
import { tokenizeSql } from './sql-tokenizer.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import { SQL_IN_STRING, SQL_KEYWORDS } from './sql-words.ts';
import type { SqlUse } from './statement-state.ts';
import { StatementScanner } from './statement-scanner.ts';
import { isOneOf, skipParentheses, skipStatement } from './token-reading.ts';

/** Receives each use; `dynamic` says that it stands in a string. */
export type ProgramUseSink = (use: SqlUse, parts: readonly string[], offset: number, dynamic: boolean) => void;

export interface ProgramOptions {
  readonly dialect: SqlDialect;
  readonly scope: SqlScope;
  readonly sink: ProgramUseSink;
  /** How many strings this program stands in. */
  readonly nesting: number;
}

/** SQL in a string in a string is read; deeper it is text. Also bounds recursion. */
const MAX_NESTING = 2;

/** Words after which a PL/SQL statement starts, so that `name;` is a call. */
const STATEMENT_STARTS: ReadonlySet<string> = new Set([';', 'begin', 'then', 'else', 'loop', '>>']);
/** A string after one of these is for people: `COMMENT ON TABLE t IS '…'`. */
const BEFORE_PROSE: ReadonlySet<string> = new Set(['is', 'comment', 'print', 'notice', 'exception', 'like']);
const CLAUSE_ENDS: ReadonlySet<string> = new Set(['begin', 'then', 'else', 'loop', 'do']);

/** Reads a procedural program: statements, declarations of local names, and SQL in strings. */
export class ProgramScanner {
  /** True between `DECLARE`, or `IS`, and `BEGIN`: statements start with the names they declare. */
  isDeclaring = false;
  readonly #tokens: TokenList;
  readonly #options: ProgramOptions;
  readonly #statements: StatementScanner;

  constructor(tokens: TokenList, options: ProgramOptions) {
    this.#tokens = tokens;
    this.#options = options;
    const isDynamic = options.nesting > 0;
    this.#statements = new StatementScanner(tokens, options.dialect, options.scope, (use, parts, offset) => {
      // `'DELETE FROM tmp_' || suffix`: half a name.
      if (!isDynamic || !/[_.]$/u.test(parts.at(-1) ?? '')) options.sink(use, parts, offset, isDynamic);
    });
  }

  /** Depth of parentheses in the statement. */
  get depth(): number {
    return this.#statements.depth;
  }

  endStatement(): void {
    this.#statements.endStatement();
  }

  /** Reads all tokens. */
  run(): void {
    for (let at = 0; at < this.#tokens.length;) at = this.step(at);
    this.endStatement();
  }

  /** Reads from the token at `at` on and returns the index of the next unread one, which is always greater. */
  step(at: number): number {
    const kind = this.#tokens.kind(at);
    const word = this.#tokens.word(at);
    if (kind === TokenKind.string) this.#readString(at);
    else if (kind === TokenKind.dollar) this.readInside(at, this.#tokens.word(at - 1) === 'execute');
    else if (word === ';' || kind === TokenKind.batchEnd) {
      this.endStatement();
      return at + 1;
    } else if (kind === TokenKind.word || kind === TokenKind.quoted) {
      const next = this.#declaration(at, word) ?? this.#block(at, word);
      if (next !== undefined) return next;
    }
    return this.#statements.step(at);
  }

  /** Reads the inside of a string or of a dollar quote as a program. */
  readInside(at: number, isDynamic: boolean): void {
    const { dialect, nesting } = this.#options;
    if (nesting >= MAX_NESTING) return;
    const inside = tokenizeSql(this.#tokens.text, dialect, this.#tokens.start(at), this.#tokens.end(at));
    new ProgramScanner(inside, { ...this.#options, nesting: isDynamic ? nesting + 1 : nesting }).run();
  }

  #readString(at: number): void {
    if (BEFORE_PROSE.has(this.#tokens.word(at - 1))) return;
    if (SQL_IN_STRING.test(this.#tokens.text.slice(this.#tokens.start(at), this.#tokens.end(at))))
      this.readInside(at, true);
  }

  #declaration(at: number, word: string): number | undefined {
    const { scope, dialect } = this.#options;
    const before = this.#tokens.word(at - 1);
    if (word === 'declare') return this.#declare(at);
    if (word === 'pragma' && dialect === 'plsql') return skipStatement(this.#tokens, at);
    if ((word === 'for' || word === 'foreach') && isOneOf(this.#tokens.word(at + 2), 'in', 'slice')) {
      scope.add(this.#tokens.name(at + 1));
      return at + 2;
    }
    if (word === 'cursor' && dialect === 'plsql' && this.#tokens.kind(at + 1) === TokenKind.word) {
      scope.add(this.#tokens.name(at + 1));
      return at + 2;
    }
    if (!this.isDeclaring) return undefined;
    // Not in `orders.id%TYPE`.
    const startsHere = isOneOf(before, ';', 'declare', 'is', 'as') || at === 0;
    if (!startsHere) return undefined;
    if (word === 'type' || word === 'subtype') {
      scope.add(this.#tokens.name(at + 1));
      return skipStatement(this.#tokens, at + 1);
    }
    if (SQL_KEYWORDS.has(word)) return undefined;
    scope.add(this.#tokens.name(at));
    return at + 1;
  }

  #declare(at: number): number {
    const { scope, dialect } = this.#options;
    this.endStatement();
    if (dialect === 'plpgsql' || dialect === 'plsql') this.isDeclaring = true;
    else {
      // `DECLARE a, b INT`, `DECLARE rows CURSOR`: T-SQL variables have their own kind of token.
      let next = at + 1;
      while (
        this.#tokens.kind(next) <= TokenKind.quoted &&
        !isOneOf(this.#tokens.word(next), 'continue', 'exit', 'undo')
      ) {
        scope.add(this.#tokens.name(next));
        if (this.#tokens.word(next + 1) !== ',') return next + 1;
        next += 2;
      }
    }
    return at + 1;
  }

  #block(at: number, word: string): number | undefined {
    if (word === 'begin') this.isDeclaring = false;
    if (CLAUSE_ENDS.has(word) && this.#options.dialect !== 'tsql' && this.depth === 0) this.#statements.endClause();
    if (word === 'create' && this.#tokens.word(at - 1) !== 'grant') return this.#create(at);
    if (this.#options.dialect !== 'plsql' || this.isDeclaring || SQL_KEYWORDS.has(word)) return undefined;
    if (!STATEMENT_STARTS.has(this.#tokens.word(at - 1))) return undefined;
    const name = readQualifiedName(this.#tokens, at);
    if (name === undefined || this.#tokens.word(name.next) !== ';') return undefined;
    this.#statements.call(name);
    return name.next;
  }

  /** A table made by a routine: local if it is temporary, else one it writes. */
  #create(at: number): number {
    const { scope, sink, nesting, dialect } = this.#options;
    this.#statements.endClause();
    let next = at + 1;
    let isTemporary = false;
    for (; next < at + 6 && this.#tokens.kind(next) === TokenKind.word && this.#tokens.word(next) !== 'table'; next++) {
      isTemporary ||= isOneOf(this.#tokens.word(next), 'temp', 'temporary');
    }
    if (this.#tokens.word(next) !== 'table') return at + 1;
    next++;
    if (this.#tokens.word(next) === 'if') next += 3;
    const name = readQualifiedName(this.#tokens, next);
    if (name === undefined) return next;
    if (isTemporary && dialect !== 'plsql') scope.add(name.parts.at(-1) ?? '');
    else if (name.kind !== TokenKind.temporary && name.kind !== TokenKind.variable) {
      sink('writes', name.parts, this.#tokens.start(name.last), nesting > 0);
    }
    return this.#tokens.word(name.next) === '(' ? skipParentheses(this.#tokens, name.next) : name.next;
  }
}
