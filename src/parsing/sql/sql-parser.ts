import type { ParsedFile } from '../language.ts';
import type { CreateHeader } from './create-header.ts';
import { readCreateHeader } from './create-header.ts';
import { newFrame, ROUTINES, type Frame } from './frame.ts';
import { HeaderReader } from './header-reader.ts';
import { ProgramScanner } from './program-scanner.ts';
import { readQualifiedName } from './qualified-name.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { guessSqlDialect } from './sql-dialect.ts';
import { SqlFileBuilder } from './sql-file-builder.ts';
import { SqlScope } from './sql-scope.ts';
import { tokenizeSql } from './sql-tokenizer.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import type { SqlUse } from './statement-state.ts';
import { isOneOf } from './token-reading.ts';

/** Words that end a T-SQL `CREATE TABLE` without a semicolon. */
const STATEMENT_STARTS: ReadonlySet<string> = new Set(
  'create alter insert exec execute if declare print use grant update delete drop truncate set begin select'.split(' '),
);
const SQL_LANGUAGES: ReadonlySet<string> = new Set(['', 'sql', 'plpgsql', 'edbspl', 'plpgsql_check']);

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
  readonly #dialect: SqlDialect;
  readonly #tokens: TokenList;
  readonly #output: SqlFileBuilder;
  readonly #scope = new SqlScope();
  readonly #program: ProgramScanner;
  readonly #headers: HeaderReader;
  readonly #frames: Frame[] = [];

  constructor(path: string, text: string, dialect: SqlDialect) {
    this.#dialect = dialect;
    this.#tokens = tokenizeSql(text, dialect);
    this.#output = new SqlFileBuilder(path, text);
    this.#program = new ProgramScanner(this.#tokens, {
      dialect,
      scope: this.#scope,
      nesting: 0,
      sink: (use, parts, offset, dynamic) => this.#refer(use, parts, offset, dynamic),
    });
    this.#headers = new HeaderReader({
      tokens: this.#tokens,
      dialect,
      scope: this.#scope,
      program: this.#program,
      output: this.#output,
    });
  }

  run(): ParsedFile {
    for (let at = 0; at < this.#tokens.length;) at = this.#step(at);
    this.#closeAll(this.#tokens.length, true);
    this.#program.endStatement();
    return this.#output.build(this.#tokens);
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
    if (frame.state === 'header') return this.#headers.step(frame, at, word);
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
    if (isAnnouncement || isBody) this.#output.definitions.removeLast();
  }

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
    const definition = this.#output.definitions.add(kind, name.parts, -1, this.#tokens.start(at), true);
    const isRoutine = ROUTINES.has(kind);
    let frameKind: Frame['kind'] = 'statement';
    if (isMembers) frameKind = 'members';
    else if (this.#dialect === 'tsql' && (isRoutine || kind === 'view')) frameKind = 'batch';
    else if (isRoutine && this.#dialect !== 'plpgsql') frameKind = 'block';
    const hasHeader = isMembers || isRoutine || kind === 'view';
    const frame = this.#push(frameKind, definition, kind, hasHeader ? 'header' : 'body');
    if (isBody) frame.language = 'body';
    return isRoutine ? this.#headers.readParameters(name.next) : name.next;
  }

  #statementFrame(frame: Frame, at: number, word: string): number | undefined {
    if (frame.object === 'index' && word === 'on' && frame.depth === 0) {
      frame.depth = 1;
      return this.#headers.readTable(frame, at);
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
    const definition = this.#output.definitions.add(
      word === 'procedure' ? 'procedure' : 'function',
      name.parts,
      frame.definition,
      this.#tokens.start(at),
      frame.kind === 'members',
    );
    this.#push('block', definition, word === 'procedure' ? 'procedure' : 'function', 'header');
    return this.#headers.readParameters(name.next);
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
    const frame = newFrame(kind, definition, object, state);
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
    this.#headers.describe(frame, this.#tokens.word(last) === ';' ? last : last + 1, undefined);
    this.#output.definitions.close(frame.definition, end);
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
          : this.#output.definitions.startOf(outermost.definition);
      this.#output.diagnose(
        'SQL_UNCLOSED_BLOCK',
        'A block is not closed before the next batch or the end of the file',
        start,
      );
    }
    while (this.#frames.length > 0) this.#pop(this.#tokens.end(at - 1), at - 1);
  }

  #refer(use: SqlUse, parts: readonly string[], offset: number, dynamic: boolean): void {
    const frame = this.#frames.at(-1);
    // `numeric (10)`, `index (column)`: what looks like a call in the definition of a table is none.
    const isCall =
      use === 'calls' && frame?.kind === 'statement' && !ROUTINES.has(frame.object) && frame.object !== 'view';
    if (!isCall) this.#output.addReference(use, parts, offset, frame?.definition ?? -1, dynamic);
  }
}
