import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { LineIndex } from '../../kernel/text/line-index.ts';
import type { ParsedFile, Reference } from '../language.ts';
import type { CreateHeader } from './create-header.ts';
import { readCreateHeader } from './create-header.ts';
import { DefinitionBuilder } from './definition-builder.ts';
import { ProgramScanner } from './program-scanner.ts';
import { readQualifiedName, splitReceiver } from './qualified-name.ts';
import { readDocumentation, readSignature } from './sql-comments.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { guessSqlDialect } from './sql-dialect.ts';
import { SqlScope } from './sql-scope.ts';
import { tokenizeSql } from './sql-tokenizer.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import type { SqlUse } from './statement-scanner.ts';
import { isOneOf } from './token-reading.ts';

/**
 * What encloses the tokens being read.
 * - `members`: an Oracle package or type body; ends with its `END`.
 * - `block`: a routine that ends with the `END` of its first `BEGIN`.
 * - `batch`: a T-SQL routine or view; ends with the batch.
 * - `statement`: a table, a view, a routine whose body is a string; ends with `;`.
 */
interface Frame {
  readonly kind: 'members' | 'block' | 'batch' | 'statement';
  /** Index of the definition, -1 for an anonymous block. */
  readonly definition: number;
  readonly object: CreateHeader['kind'] | 'anonymous';
  state: 'header' | 'declarations' | 'body';
  /** Open `BEGIN` and `CASE`. */
  depth: number;
  /** The string or dollar quote that holds the body, and its language. */
  bodyToken: number;
  language: string;
}

const ROUTINES: ReadonlySet<string> = new Set(['procedure', 'function', 'trigger']);
/** Words a MySQL routine's body may start with. */
const BODY_STARTS: ReadonlySet<string> = new Set(
  'begin select insert update delete return call set if case with while loop repeat replace declare truncate signal'.split(
    ' ',
  ),
);
/** Words that end a T-SQL `CREATE TABLE` without a semicolon. */
const STATEMENT_STARTS: ReadonlySet<string> = new Set(
  'create alter insert exec execute if declare print use grant update delete drop truncate set begin select'.split(' '),
);
const SQL_LANGUAGES: ReadonlySet<string> = new Set(['', 'sql', 'plpgsql', 'edbspl', 'plpgsql_check']);
const FAULTS = {
  string: { code: 'SQL_UNCLOSED_STRING', what: 'A string' },
  comment: { code: 'SQL_UNCLOSED_COMMENT', what: 'A comment' },
  dollar: { code: 'SQL_UNCLOSED_STRING', what: 'A dollar-quoted body' },
} as const;

/**
 * Reads a SQL script: what it defines, and what that calls, reads and writes. Tolerant: what it does not understand it
 * passes over, to go on at the next statement or batch. Linear in the text, without recursion on its nesting.
 *
 * @param dialect - Guessed from path and text by default.
 */
export function parseSql(path: string, text: string, dialect: SqlDialect = guessSqlDialect(path, text)): ParsedFile {
  return new SqlParser(path, text, dialect).run();
}

class SqlParser {
  readonly #path: string;
  readonly #dialect: SqlDialect;
  readonly #tokens: TokenList;
  readonly #lines: LineIndex;
  readonly #definitions: DefinitionBuilder;
  readonly #scope = new SqlScope();
  readonly #program: ProgramScanner;
  readonly #frames: Frame[] = [];
  readonly #references: { readonly offset: number; readonly reference: Reference }[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(path: string, text: string, dialect: SqlDialect) {
    this.#path = path;
    this.#dialect = dialect;
    this.#tokens = tokenizeSql(text, dialect);
    this.#lines = new LineIndex(text);
    this.#definitions = new DefinitionBuilder(this.#lines);
    this.#program = new ProgramScanner(this.#tokens, {
      dialect,
      scope: this.#scope,
      nesting: 0,
      sink: (use, parts, offset, dynamic) => this.#refer(use, parts, offset, dynamic),
    });
  }

  run(): ParsedFile {
    for (let at = 0; at < this.#tokens.length;) at = this.#step(at);
    this.#closeAll(this.#tokens.length, true);
    this.#program.endStatement();
    for (const { kind, offset } of this.#tokens.faults)
      this.#diagnose(FAULTS[kind].code, `${FAULTS[kind].what} is not closed`, offset);
    return {
      path: this.#path,
      language: 'sql',
      definitions: this.#definitions.build(),
      references: this.#references.toSorted((a, b) => a.offset - b.offset).map(({ reference }) => reference),
      imports: [],
      exportAliases: [],
      typedNames: [],
      packageName: '',
      diagnostics: this.#diagnostics,
    };
  }

  #step(at: number): number {
    if (this.#tokens.kind(at) === TokenKind.batchEnd) {
      this.#closeAll(at, true);
      return this.#program.step(at);
    }
    const word = this.#tokens.word(at);
    if (word === 'create' || word === 'alter') {
      const next = this.#create(at, word);
      if (next !== undefined) return next;
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#outside(at, word);
    return this.#structure(frame, at, word) ?? this.#program.step(at);
  }

  /** Statements of a script. In Oracle's, `BEGIN` and `DECLARE` open an anonymous block. */
  #outside(at: number, word: string): number {
    if (this.#dialect === 'plsql' && isOneOf(word, 'begin', 'declare')) {
      this.#program.endStatement();
      this.#push('block', -1, 'anonymous', word === 'begin' ? 'body' : 'declarations');
      if (word === 'begin') this.#deepen(1);
      this.#program.isDeclaring = word === 'declare';
      return at + 1;
    }
    return this.#program.step(at);
  }

  #structure(frame: Frame, at: number, word: string): number | undefined {
    if (word === ';') return this.#semicolon(frame, at);
    if (frame.state === 'header') return this.#header(frame, at, word);
    if (frame.kind === 'statement') return this.#statementFrame(frame, at, word);
    if (frame.kind === 'members' || this.#dialect === 'plsql') {
      const member = this.#member(frame, at, word);
      if (member !== undefined) return member;
    }
    return this.#blockWord(frame, at, word);
  }

  #semicolon(frame: Frame, at: number): number | undefined {
    const isOver =
      frame.kind === 'statement' ||
      (frame.kind === 'block' && frame.state === 'header') ||
      (frame.kind === 'block' && this.#dialect !== 'plsql' && frame.depth === 0);
    if (!isOver) return undefined;
    this.#program.endStatement();
    if (frame.kind === 'block' && frame.state === 'header' && this.#dialect === 'plsql')
      this.#closeDeclaration(frame, at);
    else this.#pop(this.#tokens.end(at), at);
    return at + 1;
  }

  /** `PROCEDURE p (…);` belongs to a package's interface; in a body it only announces what follows. */
  #closeDeclaration(frame: Frame, at: number): void {
    const outer = this.#frames.at(-2);
    const isAnnouncement = outer !== undefined && outer.object !== 'package' && frame.definition >= 0;
    this.#pop(this.#tokens.end(at), at);
    const isBody = outer?.kind === 'members' && outer.language === 'body';
    if (isAnnouncement || isBody) this.#definitions.removeLast();
  }

  // ------------------------------------------------------------------ headers

  #create(at: number, word: string): number | undefined {
    const header = readCreateHeader(this.#tokens, at);
    if (header === undefined) return undefined;
    const isRoutine = ROUTINES.has(header.kind) || header.kind === 'package';
    if (word === 'alter' && !(isRoutine || (header.kind === 'view' && this.#dialect === 'tsql'))) return undefined;
    // `ALTER PACKAGE p COMPILE` changes nothing; only T-SQL repeats the whole text.
    if (word === 'alter' && this.#dialect !== 'tsql') return undefined;
    const frame = this.#frames.at(-1);
    const isInside = frame !== undefined && frame.kind !== 'statement' && frame.state !== 'header';
    if (isInside && !isRoutine && header.kind !== 'view' && !(header.kind === 'type' && this.#dialect === 'plsql'))
      return undefined;
    this.#closeAll(at, true);
    this.#program.endStatement();
    if (header.isTemporary && this.#dialect !== 'plsql') {
      this.#scope.add(header.name.parts.at(-1) ?? '');
      return header.name.next;
    }
    return this.#open(header, at);
  }

  #open(header: CreateHeader, at: number): number {
    const { kind, name, isBody } = header;
    const isMembers = this.#dialect === 'plsql' && (kind === 'package' || (kind === 'type' && isBody));
    const definition = this.#definitions.add(kind, name.parts, -1, this.#tokens.start(at), true);
    const isRoutine = ROUTINES.has(kind);
    let frameKind: Frame['kind'] = 'statement';
    if (isMembers) frameKind = 'members';
    else if (this.#dialect === 'tsql' && (isRoutine || kind === 'view')) frameKind = 'batch';
    else if (isRoutine && this.#dialect !== 'plpgsql') frameKind = 'block';
    const hasHeader = isMembers || isRoutine || kind === 'view';
    const frame = this.#push(frameKind, definition, kind, hasHeader ? 'header' : 'body');
    if (isBody) frame.language = 'body';
    return isRoutine ? this.#parameters(name.next) : name.next;
  }

  /** Parameters are local names; defaults and types among them are passed over. */
  #parameters(at: number): number {
    if (this.#tokens.word(at) !== '(') return at;
    let depth = 0;
    let expectsName = true;
    let next = at;
    for (; next < this.#tokens.length && this.#tokens.kind(next) !== TokenKind.batchEnd; next++) {
      const word = this.#tokens.word(next);
      if (word === ';') return next;
      if (word === '(') depth++;
      else if (word === ')' && --depth === 0) return next + 1;
      else if (word === ',' && depth === 1) expectsName = true;
      else if (expectsName && this.#tokens.isName(next) && !isOneOf(word, 'in', 'out', 'inout', 'variadic')) {
        this.#scope.add(this.#tokens.name(next));
        expectsName = false;
      }
    }
    return next;
  }

  /** Passes over a header up to what starts the body. */
  #header(frame: Frame, at: number, word: string): number {
    if (frame.object === 'trigger' && word === 'on' && frame.depth === 0) return this.#triggerTable(frame, at);
    if (isOneOf(word, 'return', 'returns') && frame.object === 'function') this.#returnType(frame, at);
    if (frame.kind === 'members') {
      if (isOneOf(word, 'is', 'as')) this.#startBody(frame, at, 'declarations', at + 1);
    } else if (frame.object === 'view') {
      if (word === 'as') this.#startBody(frame, at, 'body', at + 1);
    } else if (frame.kind === 'statement') return this.#postgresHeader(frame, at, word);
    else if (frame.kind === 'batch') this.#batchHeader(frame, at, word);
    else if (this.#dialect === 'plsql') return this.#oracleHeader(frame, at, word);
    else if (this.#startsPlainBody(frame, at, word)) {
      this.#startBody(frame, at, 'body', at);
      return at;
    }
    return at + 1;
  }

  #triggerTable(frame: Frame, at: number): number {
    const name = readQualifiedName(this.#tokens, at + 1);
    // Once only: `ON` comes again in the conditions of the statements.
    if (name === undefined || isOneOf(this.#tokens.word(at + 1), 'database', 'schema', 'all')) return at + 1;
    this.#addReference('references', name.parts, this.#tokens.start(name.last), frame.definition, false);
    return name.next;
  }

  #returnType(frame: Frame, at: number): void {
    const name = readQualifiedName(this.#tokens, this.#tokens.word(at + 1) === 'setof' ? at + 2 : at + 1);
    if (name !== undefined && name.kind !== TokenKind.variable)
      this.#definitions.setType(frame.definition, name.parts.join('.'));
  }

  #postgresHeader(frame: Frame, at: number, word: string): number {
    const kind = this.#tokens.kind(at);
    const isString = kind === TokenKind.string && this.#tokens.word(at - 1) === 'as';
    if ((kind === TokenKind.dollar || isString) && frame.bodyToken < 0) {
      frame.bodyToken = at;
      this.#describe(frame, at, this.#tokens.start(at));
    } else if (word === 'language') {
      const next = at + 1;
      frame.language = this.#tokens.text.slice(this.#tokens.start(next), this.#tokens.end(next)).toLowerCase();
    } else if (word === 'begin' && this.#tokens.word(at + 1) === 'atomic') {
      this.#startBody(frame, at, 'body', at);
      frame.depth = 1;
      return at + 2;
    } else if (frame.object === 'trigger' && isOneOf(word, 'execute')) {
      this.#startBody(frame, at, 'body', at);
      return at;
    }
    return at + 1;
  }

  /** T-SQL: the first `AS` that gives no parameter its type and nobody's rights. */
  #batchHeader(frame: Frame, at: number, word: string): void {
    if (
      word === 'as' &&
      this.#tokens.kind(at - 1) !== TokenKind.variable &&
      !isOneOf(this.#tokens.word(at - 1), 'execute', 'exec')
    ) {
      this.#startBody(frame, at, 'body', at + 1);
    }
  }

  #oracleHeader(frame: Frame, at: number, word: string): number {
    if (frame.object === 'trigger') {
      if (word === 'compound') {
        // Its sections are blocks inside the one that `COMPOUND TRIGGER` opens.
        this.#startBody(frame, at, 'declarations', at + 1);
        frame.depth = 1;
      } else if (isOneOf(word, 'declare', 'begin', 'call')) {
        this.#startBody(frame, at, word === 'declare' ? 'declarations' : 'body', at);
        return word === 'declare' ? at + 1 : at;
      }
    } else if (isOneOf(word, 'is', 'as')) {
      if (isOneOf(this.#tokens.word(at + 1), 'language', 'external', 'mle')) return at + 1;
      this.#startBody(frame, at, 'declarations', at + 1);
    }
    return at + 1;
  }

  #startsPlainBody(frame: Frame, at: number, word: string): boolean {
    if (frame.object === 'trigger')
      return isOneOf(this.#tokens.word(at - 1), 'row', 'statement') && !isOneOf(word, 'follows', 'precedes')
        ? true
        : word === 'begin';
    return (
      BODY_STARTS.has(word) &&
      !isOneOf(this.#tokens.word(at - 1), 'character', 'charset', 'modifies', 'reads', 'contains')
    );
  }

  #startBody(frame: Frame, at: number, state: Frame['state'], bodyToken: number): void {
    frame.state = state;
    this.#describe(frame, at, this.#tokens.start(bodyToken));
    this.#program.endStatement();
    this.#program.isDeclaring = state === 'declarations';
  }

  /** Writes down the header that ends before the token at `end`. */
  #describe(frame: Frame, end: number, bodyOffset: number | undefined): void {
    if (frame.definition < 0 || this.#definitions.hasSignature(frame.definition)) return;
    const start = this.#definitions.startOf(frame.definition);
    const headerEnd = this.#tokens.end(end - 1);
    const signature = readSignature(this.#tokens, start, headerEnd);
    const bodyStart: readonly [number, number] =
      bodyOffset === undefined ? [headerEnd, headerEnd] : [this.#tokens.end(end), this.#tokens.start(end + 1)];
    this.#definitions.describe(
      frame.definition,
      signature,
      readDocumentation(this.#tokens, start, bodyStart),
      bodyOffset,
    );
  }

  // ------------------------------------------------------------------- bodies

  #statementFrame(frame: Frame, at: number, word: string): number | undefined {
    if (frame.object === 'index' && word === 'on' && frame.depth === 0) {
      frame.depth = 1;
      return this.#triggerTable(frame, at);
    }
    const isBlock = ROUTINES.has(frame.object) && frame.bodyToken < 0 && frame.depth > 0;
    if (isBlock) return this.#blockWord(frame, at, word);
    const ends =
      this.#dialect === 'tsql' &&
      this.#program.depth === 0 &&
      STATEMENT_STARTS.has(word) &&
      !isOneOf(this.#tokens.word(at - 1), 'on', 'as');
    if (!ends) return undefined;
    this.#pop(this.#tokens.end(at - 1), at - 1);
    return at;
  }

  /** A routine inside a package, a type body or the declarations of another routine. */
  #member(frame: Frame, at: number, word: string): number | undefined {
    if (!isOneOf(word, 'procedure', 'function') || frame.state !== 'declarations') return undefined;
    if (isOneOf(this.#tokens.word(at - 1), 'drop', 'end', 'map_order')) return undefined;
    const name = readQualifiedName(this.#tokens, at + 1);
    if (name === undefined) return undefined;
    this.#program.endStatement();
    const definition = this.#definitions.add(
      word === 'procedure' ? 'procedure' : 'function',
      name.parts,
      frame.definition,
      this.#tokens.start(at),
      frame.kind === 'members',
    );
    this.#push('block', definition, word === 'procedure' ? 'procedure' : 'function', 'header');
    return this.#parameters(name.next);
  }

  /** Counts `BEGIN` and `CASE` against `END`; `END IF` and `END LOOP` close what is not counted. */
  #blockWord(frame: Frame, at: number, word: string): number | undefined {
    const before = this.#tokens.word(at - 1);
    const after = this.#tokens.word(at + 1);
    if (word === 'begin' && !isOneOf(after, 'tran', 'transaction', 'distributed', 'dialog', 'conversation')) {
      if (frame.state === 'declarations') frame.state = 'body';
      frame.depth++;
    } else if (word === 'case' && before !== 'end') frame.depth++;
    else if (word === 'end' && before !== '.') return this.#end(frame, at, after);
    return undefined;
  }

  #end(frame: Frame, at: number, after: string): number | undefined {
    if (isOneOf(after, 'if', 'loop', 'while', 'repeat', 'for', 'conversation')) {
      this.#program.endStatement();
      return at + 2;
    }
    frame.depth--;
    if (frame.kind === 'batch') return undefined;
    if (frame.depth > 0) return after === 'case' ? at + 2 : undefined;
    // The end of a `CASE` in a declaration, or of a body that its `;` closes.
    if (frame.kind === 'statement' || (frame.depth === 0 && frame.state === 'declarations')) return undefined;
    this.#program.endStatement();
    const label = this.#dialect === 'plsql' ? readQualifiedName(this.#tokens, at + 1) : undefined;
    const next = label?.next ?? at + 1;
    const last = this.#tokens.word(next) === ';' ? next : next - 1;
    this.#pop(this.#tokens.end(last), last);
    return last + 1;
  }

  #deepen(by: number): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.depth += by;
  }

  #push(kind: Frame['kind'], definition: number, object: Frame['object'], state: Frame['state']): Frame {
    const frame: Frame = { kind, definition, object, state, depth: 0, bodyToken: -1, language: '' };
    this.#frames.push(frame);
    this.#scope.open();
    return frame;
  }

  /** @param last - The last token of the definition. */
  #pop(end: number, last: number): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    this.#program.endStatement();
    if (frame.bodyToken >= 0 && SQL_LANGUAGES.has(frame.language)) {
      this.#program.isDeclaring = false;
      this.#program.readInside(frame.bodyToken, false);
    }
    this.#describe(frame, this.#tokens.word(last) === ';' ? last : last + 1, undefined);
    this.#definitions.close(frame.definition, end);
    this.#frames.pop();
    this.#scope.close();
    this.#program.isDeclaring = this.#frames.at(-1)?.state === 'declarations';
  }

  /** Ends everything before the token at `at`. */
  #closeAll(at: number, reports: boolean): void {
    const outermost = this.#frames.find(
      (frame) => frame.depth > 0 || (frame.kind === 'members' && frame.state !== 'header'),
    );
    const isOpen = outermost !== undefined && (outermost.kind !== 'statement' || outermost.object === 'function');
    if (reports && isOpen) {
      const start =
        outermost.definition < 0
          ? this.#tokens.start(Math.max(0, at - 1))
          : this.#definitions.startOf(outermost.definition);
      this.#diagnose('SQL_UNCLOSED_BLOCK', 'A block is not closed before the next batch or the end of the file', start);
    }
    while (this.#frames.length > 0) this.#pop(this.#tokens.end(at - 1), at - 1);
  }

  // --------------------------------------------------------------- references

  #refer(use: SqlUse, parts: readonly string[], offset: number, dynamic: boolean): void {
    const frame = this.#frames.at(-1);
    // `numeric (10)`, `index (column)`: what looks like a call in the definition of a table is none.
    const isCall =
      use === 'calls' && frame?.kind === 'statement' && !ROUTINES.has(frame.object) && frame.object !== 'view';
    if (!isCall) this.#addReference(use, parts, offset, frame?.definition ?? -1, dynamic);
  }

  #addReference(kind: SqlUse, parts: readonly string[], offset: number, enclosing: number, dynamic: boolean): void {
    const { name, receiver } = splitReceiver(parts);
    const reference: Reference = {
      kind,
      name,
      receiver,
      enclosing,
      position: this.#definitions.position(offset),
      ...(dynamic ? { dynamic } : {}),
    };
    this.#references.push({ offset, reference });
  }

  #diagnose(code: string, what: string, offset: number): void {
    this.#diagnostics.push({
      severity: 'warning',
      code,
      path: this.#path,
      line: this.#lines.lineOf(offset) + 1,
      message: `${what} in ${this.#path}, from line ${this.#lines.lineOf(offset) + 1}`,
      hint: 'Check the quotes, comments and END of that statement.',
    });
  }
}
