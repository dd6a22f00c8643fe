import { ChangingStatements } from './changing-statements.ts';
import { newLevel } from './open-statement.ts';
import type { QualifiedName } from './qualified-name.ts';
import { readQualifiedName } from './qualified-name.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { SqlScope } from './sql-scope.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import { CLAUSE_WORDS, FUNCTIONS_WITH_FROM, SQL_KEYWORDS, TABLE_HINTS, TSQL_STATEMENT_WORDS } from './sql-words.ts';
import { StatementState, type SqlUseSink } from './statement-state.ts';
import { isOneOf, skipParentheses } from './token-reading.ts';

/**
 * Finds what SQL statements use, one token after the other: no grammar, only the state of the clause it is in. It looks
 * ahead a few tokens and never back over the whole statement, so it is linear, and it gets over anything at the next `;`.
 */
export class StatementScanner {
  readonly #tokens: TokenList;
  readonly #dialect: SqlDialect;
  readonly #sink: SqlUseSink;
  readonly #state: StatementState;
  readonly #changes: ChangingStatements;
  #expectsQueryName = false;
  #caseDepth = 0;
  /** Nothing was read since the last statement ended. */
  #isUntouched = true;

  constructor(tokens: TokenList, dialect: SqlDialect, scope: SqlScope, sink: SqlUseSink) {
    this.#tokens = tokens;
    this.#dialect = dialect;
    this.#sink = sink;
    this.#state = new StatementState(tokens, scope, sink);
    this.#changes = new ChangingStatements(tokens, dialect, this.#state);
  }

  /** Depth of parentheses. */
  get depth(): number {
    return this.#state.levels.length - 1;
  }

  /** Ends the statement, as `;` does. */
  endStatement(): void {
    if (this.#isUntouched) return;
    this.#state.flush('');
    this.#state.levels = [newLevel()];
    this.#state.queryNames.clear();
    this.#isUntouched = true;
    this.#state.expectsTable = false;
    this.#expectsQueryName = false;
    this.#caseDepth = 0;
  }

  /** Ends what stands before `THEN`, `LOOP` and the like; common table expressions stay known. */
  endClause(): void {
    if (!isOneOf(this.#state.statement.verb, 'merge', 'insert all')) this.#state.flush('');
  }

  /** Reads from the token at `at` on and returns the index of the next unread one, which is always greater. */
  step(at: number): number {
    this.#isUntouched = false;
    const kind = this.#tokens.kind(at);
    if (kind === TokenKind.operator) return this.#operator(at);
    if (kind > TokenKind.temporary) {
      this.#state.expectsTable = false;
      return at + 1;
    }
    if (this.#expectsQueryName) {
      const next = this.#queryName(at);
      if (next !== undefined) return next;
    }
    const word = this.#tokens.word(at);
    return (word === '' ? undefined : this.#keyword(word, at)) ?? this.#name(at, word);
  }

  #operator(at: number): number {
    const word = this.#tokens.word(at);
    const level = this.#state.level;
    if (word === '(') {
      const before = this.#tokens.word(at - 1);
      this.#state.levels.push(newLevel(this.#state.expectsTable, FUNCTIONS_WITH_FROM.has(before)));
      if (this.#state.expectsTable) this.#state.level.clause = 'from';
      return at + 1;
    }
    this.#state.expectsTable = word === ',' && level.clause === 'from';
    this.#expectsQueryName = word === ',' && level.clause === 'with';
    if (word !== ')' || this.#state.levels.length === 1) return at + 1;
    this.#state.levels.pop();
    return level.isTable ? this.#state.alias(at + 1, null).next : at + 1;
  }

  /** Acts on a keyword; undefined where the word is none here. */
  #keyword(word: string, at: number): number | undefined {
    const before = this.#tokens.word(at - 1);
    const after = this.#tokens.word(at + 1);
    if (before === '.' || after === '.') return undefined;
    switch (word) {
      case 'with':
        return this.#with(at, before);
      case 'select':
        return this.#select(at, before);
      case 'from':
        return this.#from(at, before);
      case 'join':
      case 'apply':
      case 'straight_join':
        return this.#state.openTables(at + 1);
      case 'using':
        return this.#using(at, after);
      case 'lateral':
      case 'only':
        return at + 1;
      case 'on':
        this.#state.expectsTable = false;
        return at + 1;
      case 'insert':
        return this.#changes.insert(at, before, after);
      case 'replace':
        return this.#changes.replace(at, before, after);
      case 'into':
        return this.#changes.into(at);
      case 'update':
        return this.#changes.update(at, before, after);
      case 'delete':
        return this.#changes.delete(at, before, after);
      case 'merge':
        return this.#changes.merge(at, after);
      case 'truncate':
      case 'drop':
        return this.#changes.truncateOrDrop(at, word, after);
      case 'exec':
      case 'execute':
        return this.#execute(at, after);
      case 'copy':
        return this.#changes.copy(at);
      case 'call':
        return this.#state.use('calls', at + 1) ?? at + 1;
      case 'references':
        return this.#state.use('references', at + 1) ?? at + 1;
      case 'grant':
      case 'revoke':
      case 'deny':
        return this.#skipGrant(at);
      default:
        return this.#otherKeyword(word, at, after);
    }
  }

  #otherKeyword(word: string, at: number, after: string): number | undefined {
    if (word === 'case') this.#caseDepth++;
    else if (word === 'end' && this.#caseDepth > 0) {
      this.#caseDepth--;
      return at + 1;
    } else if (word === 'fetch' || word === 'prepare') this.#state.statement.verb = word;
    else if (word === 'output') this.#state.statement.hasOutput = true;
    else if (this.#dialect === 'tsql' && this.#state.isOuter && this.#caseDepth === 0) this.#startTsql(word);
    if (CLAUSE_WORDS.has(word)) this.#state.level.clause = '';
    if (!SQL_KEYWORDS.has(word) || (word === 'table' && after !== '(' && this.#state.expectsTable)) return undefined;
    this.#state.expectsTable = false;
    return at + 1;
  }

  /** T-SQL needs no `;`: a word that can only start a statement ends the one before. */
  #startTsql(word: string): void {
    const { verb } = this.#state.statement;
    if (
      word === 'set'
        ? !isOneOf(verb, 'update', 'merge')
        : word !== 'end' && word !== 'begin' && TSQL_STATEMENT_WORDS.has(word)
    ) {
      this.#state.flush(word);
    } else if (isOneOf(word, 'begin', 'end', 'else')) this.#state.flush('');
  }

  #with(at: number, before: string): number {
    const first = this.#tokens.word(at + 1) === 'recursive' ? at + 2 : at + 1;
    const second = this.#tokens.word(first + 1);
    const word = this.#tokens.word(first);
    const isName = this.#tokens.isName(first) && !SQL_KEYWORDS.has(word);
    if (!isName || before === ')' || (second !== 'as' && second !== '(')) return at + 1;
    if (this.#state.isOuter && !isOneOf(this.#state.statement.verb, 'insert') && before !== 'as')
      this.#state.flush('with');
    this.#state.level.clause = 'with';
    this.#expectsQueryName = true;
    return first;
  }

  /** `name (columns) AS`, in a `WITH` list. */
  #queryName(at: number): number | undefined {
    this.#expectsQueryName = false;
    if (SQL_KEYWORDS.has(this.#tokens.word(at))) return undefined;
    this.#state.queryNames.add(this.#tokens.name(at).toLowerCase());
    return this.#tokens.word(at + 1) === '(' ? skipParentheses(this.#tokens, at + 1) : at + 1;
  }

  #select(at: number, before: string): number {
    const statement = this.#state.statement;
    const continues =
      !this.#state.isOuter ||
      isOneOf(before, 'all', 'union', 'except', 'intersect', 'as', 'for', 'distinct', 'minus') ||
      isOneOf(statement.verb, '', 'with') ||
      (statement.verb === 'insert' && !statement.hasSelect);
    if (this.#dialect === 'tsql' && !continues) this.#state.flush('select');
    else if (isOneOf(statement.verb, '', 'with', 'fetch', 'declare')) statement.verb = 'select';
    if (this.#state.isOuter) this.#state.statement.hasSelect = true;
    this.#state.level.clause = '';
    this.#state.expectsTable = false;
    return at + 1;
  }

  #from(at: number, before: string): number {
    if (
      this.#state.level.hasOwnFrom ||
      before === 'distinct' ||
      isOneOf(this.#state.statement.verb, 'fetch', 'prepare')
    )
      return at + 1;
    return this.#state.openTables(at + 1);
  }

  /** `MERGE … USING`, `DELETE … USING`; but a join's `USING (column)` names no table. */
  #using(at: number, after: string): number {
    const { verb, usingSeen } = this.#state.statement;
    const names = isOneOf(verb, 'merge', 'delete') && !(usingSeen && after === '(');
    this.#state.statement.usingSeen = true;
    if (names) return this.#state.openTables(at + 1);
    this.#state.expectsTable = false;
    return at + 1;
  }

  #execute(at: number, after: string): number {
    if (isOneOf(after, 'immediate', 'function', 'procedure')) return at + 2;
    if (isOneOf(after, 'as', '(')) return at + 1;
    if (this.#dialect === 'tsql') this.#state.flush('exec');
    else return at + 1;
    const hasResult = this.#tokens.kind(at + 1) === TokenKind.variable && this.#tokens.word(at + 2) === '=';
    return this.#state.use('calls', hasResult ? at + 3 : at + 1) ?? at + 1;
  }

  /** `GRANT SELECT, INSERT ON t TO u`: none of these is a statement. */
  #skipGrant(at: number): number {
    let next = at + 1;
    while (
      next < this.#tokens.length &&
      !isOneOf(this.#tokens.word(next), ';', 'to', 'from') &&
      this.#tokens.kind(next) !== TokenKind.batchEnd
    )
      next++;
    return isOneOf(this.#tokens.word(next), 'to', 'from') ? next + 1 : next;
  }

  #name(at: number, word: string): number {
    const name = readQualifiedName(this.#tokens, at);
    if (name === undefined) return at + 1;
    if (word !== '' && name.parts.length === 1 && SQL_KEYWORDS.has(word)) return at + 1;
    if (this.#state.expectsTable) return this.#table(name);
    if (name.parts.length > 1 && isOneOf((name.parts.at(-1) ?? '').toLowerCase(), 'nextval', 'currval')) {
      this.#sink('references', name.parts.slice(0, -1), this.#tokens.start(at));
    } else if (this.#tokens.word(name.next) === '(') this.#state.call(name);
    return name.next;
  }

  #table(name: QualifiedName): number {
    this.#state.expectsTable = false;
    if (this.#tokens.word(name.next) === '(' && !TABLE_HINTS.has(this.#tokens.word(name.next + 1))) {
      this.#state.call(name);
      return name.next;
    }
    const alias = this.#state.alias(this.#state.hints(name.next), name.parts);
    this.#state.record('reads', name, alias.name);
    return alias.next;
  }

  /** Reports a call of something the program defines. */
  call(name: QualifiedName): void {
    this.#state.call(name);
  }
}
