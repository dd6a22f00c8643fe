import type { SqlDialect } from './sql-dialect.ts';
import type { TokenList } from './sql-tokens.ts';
import type { StatementState } from './statement-state.ts';
import { isOneOf, skipParentheses } from './token-reading.ts';

/** Reads the statements that change tables, from their verb to the table that is changed. */
export class ChangingStatements {
  readonly #tokens: TokenList;
  readonly #dialect: SqlDialect;
  readonly #state: StatementState;

  constructor(tokens: TokenList, dialect: SqlDialect, state: StatementState) {
    this.#tokens = tokens;
    this.#dialect = dialect;
    this.#state = state;
  }

  insert(at: number, before: string, after: string): number {
    // An event of a trigger, a right that is granted, a function, or a branch of MERGE.
    if (
      isOneOf(before, 'or', 'after', 'before', 'for', 'of', ',', 'on') ||
      isOneOf(after, '(', 'values', 'on', 'or', ',')
    )
      return at + 1;
    let next = at + 1;
    while (isOneOf(this.#tokens.word(next), 'ignore', 'low_priority', 'high_priority', 'delayed', 'overwrite')) next++;
    if (isOneOf(this.#tokens.word(next), 'all', 'first')) {
      this.#state.begin('insert all', before);
      return next + 1;
    }
    if (isOneOf(this.#tokens.word(next), 'into')) next++;
    if (isOneOf(this.#tokens.word(next), 'table')) next++;
    this.#state.begin('insert', before);
    return this.#insertTarget(next);
  }

  #insertTarget(at: number): number {
    const name = this.#state.tableName(at);
    if (name === undefined) return at;
    this.#state.record('writes', name, '');
    const columns = this.#tokens.word(name.next) === 'as' ? name.next + 2 : name.next;
    const inside = this.#tokens.word(columns + 1);
    if (this.#tokens.word(columns) !== '(' || isOneOf(inside, 'select', 'with', '(')) return name.next;
    return skipParentheses(this.#tokens, columns);
  }

  /** `REPLACE INTO t`, `REPLACE t (…)`; not the function, not `CREATE OR REPLACE`. */
  replace(at: number, before: string, after: string): number | undefined {
    if (after === '(') return undefined;
    if (before === 'or' || (after !== 'into' && this.#dialect !== 'mysql')) return at + 1;
    this.#state.begin('insert', before);
    return this.#insertTarget(after === 'into' ? at + 2 : at + 1);
  }

  /** Writes a table after `INSERT ALL`, in T-SQL after `SELECT` and `OUTPUT`; elsewhere variables follow. */
  into(at: number): number {
    const { verb, hasOutput } = this.#state.statement;
    this.#state.expectsTable = false;
    if (verb === 'insert all') return this.#insertTarget(at + 1);
    if (this.#dialect !== 'tsql' || (verb !== 'select' && !hasOutput)) return at + 1;
    this.#state.statement.hasOutput = false;
    return this.#insertTarget(at + 1);
  }

  update(at: number, before: string, after: string): number {
    const isPart =
      isOneOf(before, 'for', 'after', 'before', 'or', 'on', 'of', 'key', ',', 'no') ||
      isOneOf(after, '(', 'of', 'on', 'or', 'statistics', 'set');
    if (isPart) return after === 'set' ? at + 2 : at + 1;
    this.#state.begin('update', before);
    return this.#target(this.#skipWords(at + 1, ['only', 'ignore', 'low_priority']));
  }

  delete(at: number, before: string, after: string): number {
    if (isOneOf(before, 'on', 'or', 'after', 'before', ',', 'for', 'of') || isOneOf(after, '(', 'on', 'or'))
      return at + 1;
    if (this.#state.statement.verb === 'merge' && before === 'then') return at + 1;
    this.#state.begin('delete', before);
    const next = this.#skipWords(at + 1, ['low_priority', 'quick', 'ignore']);
    return this.#target(this.#tokens.word(next) === 'from' ? this.#skipWords(next + 1, ['only']) : next);
  }

  merge(at: number, after: string): number {
    if (isOneOf(after, 'join', '(', ')', 'union')) return at + 1;
    this.#state.begin('merge', this.#tokens.word(at - 1));
    const next = this.#skipWords(at + 1, []);
    return this.#target(this.#tokens.word(next) === 'into' ? next + 1 : next);
  }

  /** `TOP (10) PERCENT`, then any of some words. */
  #skipWords(at: number, skipped: readonly string[]): number {
    let next = at;
    if (this.#tokens.word(next) === 'top') {
      next = this.#tokens.word(next + 1) === '(' ? skipParentheses(this.#tokens, next + 1) : next + 2;
      if (this.#tokens.word(next) === 'percent') next++;
    }
    while (skipped.includes(this.#tokens.word(next))) next++;
    return next;
  }

  /** The table a statement changes. Its name may be an alias that a later `FROM` explains. */
  #target(at: number): number {
    const name = this.#state.tableName(at);
    if (name === undefined) return at;
    const hinted = this.#state.hints(name.next);
    const alias = this.#state.alias(hinted, name.parts, true);
    this.#state.record('writes', name, alias.name);
    return alias.next;
  }

  truncateOrDrop(at: number, word: string, after: string): number | undefined {
    if (after === '(') return undefined;
    if (word === 'drop' && after !== 'table') return at + 2;
    let next = after === 'table' ? at + 2 : at + 1;
    if (this.#tokens.word(next) === 'if') next += 2;
    this.#state.begin(word, '');
    const name = this.#state.tableName(next);
    if (name === undefined) return next;
    this.#state.record('writes', name, '');
    return name.next;
  }

  /** PostgreSQL: `COPY t (columns) FROM stdin`. */
  copy(at: number): number | undefined {
    const name = this.#dialect === 'plpgsql' && this.#state.isOuter ? this.#state.tableName(at + 1) : undefined;
    if (name === undefined) return undefined;
    const next = this.#tokens.word(name.next) === '(' ? skipParentheses(this.#tokens, name.next) : name.next;
    const direction = this.#tokens.word(next);
    if (!isOneOf(direction, 'from', 'to')) return undefined;
    this.#state.record(direction === 'from' ? 'writes' : 'reads', name, '');
    return next + 1;
  }
}
