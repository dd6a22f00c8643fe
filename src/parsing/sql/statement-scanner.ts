import type { Level } from './open-statement.ts';
import { newLevel, newStatement, reportTables } from './open-statement.ts';
import { isProgramCall } from './program-call.ts';
import type { QualifiedName } from './qualified-name.ts';
import { readQualifiedName } from './qualified-name.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { SqlScope } from './sql-scope.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import {
  CLAUSE_WORDS,
  FUNCTIONS_WITH_FROM,
  PSEUDO_TABLES,
  SQL_KEYWORDS,
  TABLE_HINTS,
  TSQL_STATEMENT_WORDS,
} from './sql-words.ts';
import { isOneOf, skipParentheses } from './token-reading.ts';

/** What a statement does to a name. */
export type SqlUse = 'calls' | 'reads' | 'writes' | 'references';

/** Receives each use; `offset` is where the last part of the name stands. */
export type SqlUseSink = (use: SqlUse, parts: readonly string[], offset: number) => void;

/**
 * Finds what SQL statements use, one token after the other: no grammar, only the state of the clause it is in. It looks
 * ahead a few tokens and never back over the whole statement, so it is linear, and it gets over anything at the next `;`.
 */
export class StatementScanner {
  readonly #tokens: TokenList;
  readonly #dialect: SqlDialect;
  readonly #scope: SqlScope;
  readonly #sink: SqlUseSink;
  #statement = newStatement();
  #levels: Level[] = [newLevel()];
  readonly #queryNames = new Set<string>();
  #expectsTable = false;
  #expectsQueryName = false;
  #caseDepth = 0;
  /** Nothing was read since the last statement ended. */
  #isUntouched = true;

  constructor(tokens: TokenList, dialect: SqlDialect, scope: SqlScope, sink: SqlUseSink) {
    this.#tokens = tokens;
    this.#dialect = dialect;
    this.#scope = scope;
    this.#sink = sink;
  }

  /** Depth of parentheses. */
  get depth(): number {
    return this.#levels.length - 1;
  }

  /** Ends the statement, as `;` does. */
  endStatement(): void {
    if (this.#isUntouched) return;
    this.#flush('');
    this.#levels = [newLevel()];
    this.#queryNames.clear();
    this.#isUntouched = true;
    this.#expectsTable = false;
    this.#expectsQueryName = false;
    this.#caseDepth = 0;
  }

  /** Ends what stands before `THEN`, `LOOP` and the like; common table expressions stay known. */
  endClause(): void {
    if (!isOneOf(this.#statement.verb, 'merge', 'insert all')) this.#flush('');
  }

  /** Reads from the token at `at` on and returns the index of the next unread one, which is always greater. */
  step(at: number): number {
    this.#isUntouched = false;
    const kind = this.#tokens.kind(at);
    if (kind === TokenKind.operator) return this.#operator(at);
    if (kind > TokenKind.temporary) {
      this.#expectsTable = false;
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
    const level = this.#level;
    if (word === '(') {
      const before = this.#tokens.word(at - 1);
      this.#levels.push(newLevel(this.#expectsTable, FUNCTIONS_WITH_FROM.has(before)));
      if (this.#expectsTable) this.#level.clause = 'from';
      return at + 1;
    }
    this.#expectsTable = word === ',' && level.clause === 'from';
    this.#expectsQueryName = word === ',' && level.clause === 'with';
    if (word !== ')' || this.#levels.length === 1) return at + 1;
    this.#levels.pop();
    return level.isTable ? this.#alias(at + 1, null).next : at + 1;
  }

  get #level(): Level {
    return this.#levels.at(-1) ?? newLevel();
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
        return this.#openTables(at + 1);
      case 'using':
        return this.#using(at, after);
      case 'lateral':
      case 'only':
        return at + 1;
      case 'on':
        this.#expectsTable = false;
        return at + 1;
      case 'insert':
        return this.#insert(at, before, after);
      case 'replace':
        return this.#replace(at, before, after);
      case 'into':
        return this.#into(at);
      case 'update':
        return this.#update(at, before, after);
      case 'delete':
        return this.#delete(at, before, after);
      case 'merge':
        return this.#merge(at, after);
      case 'truncate':
      case 'drop':
        return this.#truncateOrDrop(at, word, after);
      case 'exec':
      case 'execute':
        return this.#execute(at, after);
      case 'copy':
        return this.#copy(at);
      case 'call':
        return this.#use('calls', at + 1) ?? at + 1;
      case 'references':
        return this.#use('references', at + 1) ?? at + 1;
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
    } else if (word === 'fetch' || word === 'prepare') this.#statement.verb = word;
    else if (word === 'output') this.#statement.hasOutput = true;
    else if (this.#dialect === 'tsql' && this.#isOuter && this.#caseDepth === 0) this.#startTsql(word);
    if (CLAUSE_WORDS.has(word)) this.#level.clause = '';
    if (!SQL_KEYWORDS.has(word) || (word === 'table' && after !== '(' && this.#expectsTable)) return undefined;
    this.#expectsTable = false;
    return at + 1;
  }

  get #isOuter(): boolean {
    return this.#levels.length === 1;
  }

  /** T-SQL needs no `;`: a word that can only start a statement ends the one before. */
  #startTsql(word: string): void {
    const { verb } = this.#statement;
    if (
      word === 'set'
        ? !isOneOf(verb, 'update', 'merge')
        : word !== 'end' && word !== 'begin' && TSQL_STATEMENT_WORDS.has(word)
    ) {
      this.#flush(word);
    } else if (isOneOf(word, 'begin', 'end', 'else')) this.#flush('');
  }

  #with(at: number, before: string): number {
    const first = this.#tokens.word(at + 1) === 'recursive' ? at + 2 : at + 1;
    const second = this.#tokens.word(first + 1);
    const word = this.#tokens.word(first);
    const isName = this.#tokens.isName(first) && !SQL_KEYWORDS.has(word);
    if (!isName || before === ')' || (second !== 'as' && second !== '(')) return at + 1;
    if (this.#isOuter && !isOneOf(this.#statement.verb, 'insert') && before !== 'as') this.#flush('with');
    this.#level.clause = 'with';
    this.#expectsQueryName = true;
    return first;
  }

  /** `name (columns) AS`, in a `WITH` list. */
  #queryName(at: number): number | undefined {
    this.#expectsQueryName = false;
    if (SQL_KEYWORDS.has(this.#tokens.word(at))) return undefined;
    this.#queryNames.add(this.#tokens.name(at).toLowerCase());
    return this.#tokens.word(at + 1) === '(' ? skipParentheses(this.#tokens, at + 1) : at + 1;
  }

  #select(at: number, before: string): number {
    const statement = this.#statement;
    const continues =
      !this.#isOuter ||
      isOneOf(before, 'all', 'union', 'except', 'intersect', 'as', 'for', 'distinct', 'minus') ||
      isOneOf(statement.verb, '', 'with') ||
      (statement.verb === 'insert' && !statement.hasSelect);
    if (this.#dialect === 'tsql' && !continues) this.#flush('select');
    else if (isOneOf(statement.verb, '', 'with', 'fetch', 'declare')) statement.verb = 'select';
    if (this.#isOuter) this.#statement.hasSelect = true;
    this.#level.clause = '';
    this.#expectsTable = false;
    return at + 1;
  }

  #from(at: number, before: string): number {
    if (this.#level.hasOwnFrom || before === 'distinct' || isOneOf(this.#statement.verb, 'fetch', 'prepare'))
      return at + 1;
    return this.#openTables(at + 1);
  }

  #openTables(next: number): number {
    this.#level.clause = 'from';
    this.#expectsTable = true;
    return next;
  }

  /** `MERGE … USING`, `DELETE … USING`; but a join's `USING (column)` names no table. */
  #using(at: number, after: string): number {
    const { verb, usingSeen } = this.#statement;
    const names = isOneOf(verb, 'merge', 'delete') && !(usingSeen && after === '(');
    this.#statement.usingSeen = true;
    if (names) return this.#openTables(at + 1);
    this.#expectsTable = false;
    return at + 1;
  }

  #insert(at: number, before: string, after: string): number {
    // An event of a trigger, a right that is granted, a function, or a branch of MERGE.
    if (
      isOneOf(before, 'or', 'after', 'before', 'for', 'of', ',', 'on') ||
      isOneOf(after, '(', 'values', 'on', 'or', ',')
    )
      return at + 1;
    let next = at + 1;
    while (isOneOf(this.#tokens.word(next), 'ignore', 'low_priority', 'high_priority', 'delayed', 'overwrite')) next++;
    if (isOneOf(this.#tokens.word(next), 'all', 'first')) {
      this.#begin('insert all', before);
      return next + 1;
    }
    if (isOneOf(this.#tokens.word(next), 'into')) next++;
    if (isOneOf(this.#tokens.word(next), 'table')) next++;
    this.#begin('insert', before);
    return this.#insertTarget(next);
  }

  #insertTarget(at: number): number {
    const name = this.#tableName(at);
    if (name === undefined) return at;
    this.#record('writes', name, '');
    const columns = this.#tokens.word(name.next) === 'as' ? name.next + 2 : name.next;
    const inside = this.#tokens.word(columns + 1);
    if (this.#tokens.word(columns) !== '(' || isOneOf(inside, 'select', 'with', '(')) return name.next;
    return skipParentheses(this.#tokens, columns);
  }

  /** `REPLACE INTO t`, `REPLACE t (…)`; not the function, not `CREATE OR REPLACE`. */
  #replace(at: number, before: string, after: string): number | undefined {
    if (after === '(') return undefined;
    if (before === 'or' || (after !== 'into' && this.#dialect !== 'mysql')) return at + 1;
    this.#begin('insert', before);
    return this.#insertTarget(after === 'into' ? at + 2 : at + 1);
  }

  /** Writes a table after `INSERT ALL`, in T-SQL after `SELECT` and `OUTPUT`; elsewhere variables follow. */
  #into(at: number): number {
    const { verb, hasOutput } = this.#statement;
    this.#expectsTable = false;
    if (verb === 'insert all') return this.#insertTarget(at + 1);
    if (this.#dialect !== 'tsql' || (verb !== 'select' && !hasOutput)) return at + 1;
    this.#statement.hasOutput = false;
    return this.#insertTarget(at + 1);
  }

  #update(at: number, before: string, after: string): number {
    const isPart =
      isOneOf(before, 'for', 'after', 'before', 'or', 'on', 'of', 'key', ',', 'no') ||
      isOneOf(after, '(', 'of', 'on', 'or', 'statistics', 'set');
    if (isPart) return after === 'set' ? at + 2 : at + 1;
    this.#begin('update', before);
    return this.#target(this.#skipWords(at + 1, ['only', 'ignore', 'low_priority']));
  }

  #delete(at: number, before: string, after: string): number {
    if (isOneOf(before, 'on', 'or', 'after', 'before', ',', 'for', 'of') || isOneOf(after, '(', 'on', 'or'))
      return at + 1;
    if (this.#statement.verb === 'merge' && before === 'then') return at + 1;
    this.#begin('delete', before);
    const next = this.#skipWords(at + 1, ['low_priority', 'quick', 'ignore']);
    return this.#target(this.#tokens.word(next) === 'from' ? this.#skipWords(next + 1, ['only']) : next);
  }

  #merge(at: number, after: string): number {
    if (isOneOf(after, 'join', '(', ')', 'union')) return at + 1;
    this.#begin('merge', this.#tokens.word(at - 1));
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
    const name = this.#tableName(at);
    if (name === undefined) return at;
    const hinted = this.#hints(name.next);
    const alias = this.#alias(hinted, name.parts, true);
    this.#record('writes', name, alias.name);
    return alias.next;
  }

  #truncateOrDrop(at: number, word: string, after: string): number | undefined {
    if (after === '(') return undefined;
    if (word === 'drop' && after !== 'table') return at + 2;
    let next = after === 'table' ? at + 2 : at + 1;
    if (this.#tokens.word(next) === 'if') next += 2;
    this.#begin(word, '');
    const name = this.#tableName(next);
    if (name === undefined) return next;
    this.#record('writes', name, '');
    return name.next;
  }

  #execute(at: number, after: string): number {
    if (isOneOf(after, 'immediate', 'function', 'procedure')) return at + 2;
    if (isOneOf(after, 'as', '(')) return at + 1;
    if (this.#dialect === 'tsql') this.#flush('exec');
    else return at + 1;
    const hasResult = this.#tokens.kind(at + 1) === TokenKind.variable && this.#tokens.word(at + 2) === '=';
    return this.#use('calls', hasResult ? at + 3 : at + 1) ?? at + 1;
  }

  /** PostgreSQL: `COPY t (columns) FROM stdin`. */
  #copy(at: number): number | undefined {
    const name = this.#dialect === 'plpgsql' && this.#isOuter ? this.#tableName(at + 1) : undefined;
    if (name === undefined) return undefined;
    const next = this.#tokens.word(name.next) === '(' ? skipParentheses(this.#tokens, name.next) : name.next;
    const direction = this.#tokens.word(next);
    if (!isOneOf(direction, 'from', 'to')) return undefined;
    this.#record(direction === 'from' ? 'writes' : 'reads', name, '');
    return next + 1;
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

  #begin(verb: string, before: string): void {
    // `WITH x AS (…) UPDATE`, `WHEN … THEN INSERT INTO` of Oracle's INSERT ALL, a data-changing query in parentheses.
    if (this.#isOuter && !isOneOf(this.#statement.verb, 'with', 'insert all') && before !== 'as') this.#flush(verb);
    else this.#statement.verb = verb;
    this.#expectsTable = false;
    this.#level.clause = '';
  }

  #name(at: number, word: string): number {
    const name = readQualifiedName(this.#tokens, at);
    if (name === undefined) return at + 1;
    if (word !== '' && name.parts.length === 1 && SQL_KEYWORDS.has(word)) return at + 1;
    if (this.#expectsTable) return this.#table(name);
    if (name.parts.length > 1 && isOneOf((name.parts.at(-1) ?? '').toLowerCase(), 'nextval', 'currval')) {
      this.#sink('references', name.parts.slice(0, -1), this.#tokens.start(at));
    } else if (this.#tokens.word(name.next) === '(') this.call(name);
    return name.next;
  }

  #table(name: QualifiedName): number {
    this.#expectsTable = false;
    if (this.#tokens.word(name.next) === '(' && !TABLE_HINTS.has(this.#tokens.word(name.next + 1))) {
      this.call(name);
      return name.next;
    }
    const alias = this.#alias(this.#hints(name.next), name.parts);
    this.#record('reads', name, alias.name);
    return alias.next;
  }

  /** `WITH (NOLOCK)` and `(NOLOCK)` after a table. */
  #hints(at: number): number {
    const isWith = this.#tokens.word(at) === 'with' && this.#tokens.word(at + 1) === '(';
    if (isWith) return skipParentheses(this.#tokens, at + 1);
    return this.#tokens.word(at) === '(' && TABLE_HINTS.has(this.#tokens.word(at + 1))
      ? skipParentheses(this.#tokens, at)
      : at;
  }

  /** The alias that may follow a table, and the index after it and its hints. */
  #alias(
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
    if (parts !== null && !isTarget && !this.#statement.aliases.has(bare)) this.#statement.aliases.set(bare, parts);
    if (!isAlias) return { name: bare, next: at };
    const name = this.#tokens.name(start).toLowerCase();
    if (parts === null || this.#statement.aliases.get(name) === undefined) this.#statement.aliases.set(name, parts);
    return { name, next: this.#hints(start + 1) };
  }

  #tableName(at: number): QualifiedName | undefined {
    const name = readQualifiedName(this.#tokens, at);
    const isKeyword = name?.parts.length === 1 && SQL_KEYWORDS.has(this.#tokens.word(at));
    return isKeyword ? undefined : name;
  }

  #record(use: 'reads' | 'writes', name: QualifiedName, alias: string): void {
    const [first = ''] = name.parts;
    const bare = name.parts.join('.').toLowerCase();
    const isTemporary =
      name.kind === TokenKind.temporary ||
      name.kind === TokenKind.variable ||
      (name.parts.at(-1) ?? '').startsWith('#');
    if (isTemporary) {
      this.#statement.aliases.set(alias === '' ? bare : alias, null);
      return;
    }
    if (name.parts.length === 1 && (this.#queryNames.has(bare) || this.#scope.has(first))) return;
    if (PSEUDO_TABLES.has(bare)) return;
    this.#statement[use].push({ parts: name.parts, offset: this.#tokens.start(name.last), alias });
  }

  /** Reports a name right after a keyword such as `CALL`. */
  #use(use: SqlUse, at: number): number | undefined {
    const name = this.#tableName(at);
    if (name === undefined || name.kind === TokenKind.variable) return undefined;
    if (use === 'calls') this.call(name);
    else this.#sink(use, name.parts, this.#tokens.start(name.last));
    return name.next;
  }

  /** Reports a call of something the program defines. */
  call(name: QualifiedName): void {
    if (isProgramCall(name, this.#scope, this.#statement.aliases))
      this.#sink('calls', name.parts, this.#tokens.start(name.last));
  }

  /** Reports the tables of the statement, now that all its aliases are known, and starts another. */
  #flush(verb: string): void {
    reportTables(this.#statement, this.#sink);
    this.#statement = newStatement(verb);
    if (this.#isOuter) this.#level.clause = '';
    this.#expectsTable = false;
  }
}
