import type { Frame } from './frame.ts';
import type { ProgramScanner } from './program-scanner.ts';
import { readQualifiedName } from './qualified-name.ts';
import { readDocumentation, readSignature } from './sql-comments.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { SqlFileBuilder } from './sql-file-builder.ts';
import type { SqlScope } from './sql-scope.ts';
import type { TokenList } from './sql-tokens.ts';
import { TokenKind } from './sql-tokens.ts';
import { isOneOf } from './token-reading.ts';

/** Words a MySQL routine's body may start with. */
const BODY_STARTS: ReadonlySet<string> = new Set(
  'begin select insert update delete return call set if case with while loop repeat replace declare truncate signal'.split(
    ' ',
  ),
);

/** What a header is read with. */
export interface HeaderReaderOptions {
  readonly tokens: TokenList;
  readonly dialect: SqlDialect;
  readonly scope: SqlScope;
  readonly program: ProgramScanner;
  readonly output: SqlFileBuilder;
}

/** Reads a definition from its name to where its body starts: parameters, return type, the table of a trigger. */
export class HeaderReader {
  readonly #tokens: TokenList;
  readonly #dialect: SqlDialect;
  readonly #scope: SqlScope;
  readonly #program: ProgramScanner;
  readonly #output: SqlFileBuilder;

  constructor({ tokens, dialect, scope, program, output }: HeaderReaderOptions) {
    this.#tokens = tokens;
    this.#dialect = dialect;
    this.#scope = scope;
    this.#program = program;
    this.#output = output;
  }

  /** Parameters are local names; defaults and types among them are passed over. */
  readParameters(at: number): number {
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
  step(frame: Frame, at: number, word: string): number {
    if (frame.object === 'trigger' && word === 'on' && frame.depth === 0) return this.readTable(frame, at);
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

  readTable(frame: Frame, at: number): number {
    const name = readQualifiedName(this.#tokens, at + 1);
    // Once only: `ON` comes again in the conditions of the statements.
    if (name === undefined || isOneOf(this.#tokens.word(at + 1), 'database', 'schema', 'all')) return at + 1;
    this.#output.addReference('references', name.parts, this.#tokens.start(name.last), frame.definition, false);
    return name.next;
  }

  #returnType(frame: Frame, at: number): void {
    const name = readQualifiedName(this.#tokens, this.#tokens.word(at + 1) === 'setof' ? at + 2 : at + 1);
    if (name !== undefined && name.kind !== TokenKind.variable)
      this.#output.definitions.setType(frame.definition, name.parts.join('.'));
  }

  #postgresHeader(frame: Frame, at: number, word: string): number {
    const kind = this.#tokens.kind(at);
    const isString = kind === TokenKind.string && this.#tokens.word(at - 1) === 'as';
    if ((kind === TokenKind.dollar || isString) && frame.bodyToken < 0) {
      frame.bodyToken = at;
      this.describe(frame, at, this.#tokens.start(at));
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
    this.describe(frame, at, this.#tokens.start(bodyToken));
    this.#program.endStatement();
    this.#program.isDeclaring = state === 'declarations';
  }

  /** Writes down the header that ends before the token at `end`. */
  describe(frame: Frame, end: number, bodyOffset: number | undefined): void {
    if (frame.definition < 0 || this.#output.definitions.hasSignature(frame.definition)) return;
    const start = this.#output.definitions.startOf(frame.definition);
    const headerEnd = this.#tokens.end(end - 1);
    const signature = readSignature(this.#tokens, start, headerEnd);
    const bodyStart: readonly [number, number] =
      bodyOffset === undefined ? [headerEnd, headerEnd] : [this.#tokens.end(end), this.#tokens.start(end + 1)];
    this.#output.definitions.describe(
      frame.definition,
      signature,
      readDocumentation(this.#tokens, start, bodyStart),
      bodyOffset,
    );
  }
}
