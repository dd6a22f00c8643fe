import type { Level, Statement } from './open-statement.ts';
import { newLevel, newStatement, reportTables } from './open-statement.ts';
import { isProgramCall } from './program-call.ts';
import type { QualifiedName } from './qualified-name.ts';
import { readQualifiedName } from './qualified-name.ts';
import type { SqlScope } from './sql-scope.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import { PSEUDO_TABLES, SQL_KEYWORDS, TABLE_HINTS } from './sql-words.ts';
import { isOneOf, skipParentheses } from './token-reading.ts';

/** What a statement does to a name. */
export type SqlUse = 'calls' | 'reads' | 'writes' | 'references';

/** Receives each use; `offset` is where the last part of the name stands. */
export type SqlUseSink = (use: SqlUse, parts: readonly string[], offset: number) => void;

/** Where in a statement the scanner is, and the tables it has met: known by name and alias, reported at its end. */
export class StatementState {
  statement: Statement = newStatement();
  levels: Level[] = [newLevel()];
  /** Names of `WITH` queries, in lower case. */
  readonly queryNames: Set<string> = new Set();
  /** The next name is that of a table. */
  expectsTable = false;
  readonly #tokens: TokenList;
  readonly #scope: SqlScope;
  readonly #sink: SqlUseSink;

  constructor(tokens: TokenList, scope: SqlScope, sink: SqlUseSink) {
    this.#tokens = tokens;
    this.#scope = scope;
    this.#sink = sink;
  }

  get level(): Level {
    return this.levels.at(-1) ?? newLevel();
  }

  get isOuter(): boolean {
    return this.levels.length === 1;
  }

  openTables(next: number): number {
    this.level.clause = 'from';
    this.expectsTable = true;
    return next;
  }

  begin(verb: string, before: string): void {
    // `WITH x AS (…) UPDATE`, `WHEN … THEN INSERT INTO` of Oracle's INSERT ALL, a data-changing query in parentheses.
    if (this.isOuter && !isOneOf(this.statement.verb, 'with', 'insert all') && before !== 'as') this.flush(verb);
    else this.statement.verb = verb;
    this.expectsTable = false;
    this.level.clause = '';
  }

  /** The alias that may follow a table, and the index after it and its hints. */
  alias(
    at: number,
    parts: readonly string[] | null,
    isTarget = false,
  ): { readonly name: string; readonly next: number } {
    const start = this.#tokens.word(at) === 'as' ? at + 1 : at;
    const kind = this.#tokens.kind(start);
    const isAlias =
      (kind === TokenKind.quoted || (kind === TokenKind.word && !SQL_KEYWORDS.has(this.#tokens.word(start)))) &&
      this.#tokens.word(start + 1) !== '.';
    const bare = (parts?.at(-1) ?? '').toLowerCase();
    // A changed table's bare name stays free: a later `FROM` may explain it.
    if (parts !== null && !isTarget && !this.statement.aliases.has(bare)) this.statement.aliases.set(bare, parts);
    if (!isAlias) return { name: bare, next: at };
    const name = this.#tokens.name(start).toLowerCase();
    if (parts === null || this.statement.aliases.get(name) === undefined) this.statement.aliases.set(name, parts);
    return { name, next: this.hints(start + 1) };
  }

  /** `WITH (NOLOCK)` and `(NOLOCK)` after a table. */
  hints(at: number): number {
    const isWith = this.#tokens.word(at) === 'with' && this.#tokens.word(at + 1) === '(';
    if (isWith) return skipParentheses(this.#tokens, at + 1);
    return this.#tokens.word(at) === '(' && TABLE_HINTS.has(this.#tokens.word(at + 1))
      ? skipParentheses(this.#tokens, at)
      : at;
  }

  tableName(at: number): QualifiedName | undefined {
    const name = readQualifiedName(this.#tokens, at);
    const isKeyword = name?.parts.length === 1 && SQL_KEYWORDS.has(this.#tokens.word(at));
    return isKeyword ? undefined : name;
  }

  record(use: 'reads' | 'writes', name: QualifiedName, alias: string): void {
    const [first = ''] = name.parts;
    const bare = name.parts.join('.').toLowerCase();
    const isTemporary =
      name.kind === TokenKind.temporary ||
      name.kind === TokenKind.variable ||
      (name.parts.at(-1) ?? '').startsWith('#');
    if (isTemporary) {
      this.statement.aliases.set(alias === '' ? bare : alias, null);
      return;
    }
    if (name.parts.length === 1 && (this.queryNames.has(bare) || this.#scope.has(first))) return;
    if (PSEUDO_TABLES.has(bare)) return;
    this.statement[use].push({ parts: name.parts, offset: this.#tokens.start(name.last), alias });
  }

  /** Reports a name right after a keyword such as `CALL`. */
  use(use: SqlUse, at: number): number | undefined {
    const name = this.tableName(at);
    if (name === undefined || name.kind === TokenKind.variable) return undefined;
    if (use === 'calls') this.call(name);
    else this.#sink(use, name.parts, this.#tokens.start(name.last));
    return name.next;
  }

  /** Reports a call of something the program defines. */
  call(name: QualifiedName): void {
    if (isProgramCall(name, this.#scope, this.statement.aliases))
      this.#sink('calls', name.parts, this.#tokens.start(name.last));
  }

  /** Reports the tables of the statement, now that all its aliases are known, and starts another. */
  flush(verb: string): void {
    reportTables(this.statement, this.#sink);
    this.statement = newStatement(verb);
    if (this.isOuter) this.level.clause = '';
    this.expectsTable = false;
  }
}
