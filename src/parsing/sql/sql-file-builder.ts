import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { LineIndex } from '../../kernel/text/line-index.ts';
import type { ParsedFile, Reference } from '../language.ts';
import { DefinitionBuilder } from './definition-builder.ts';
import { splitReceiver } from './qualified-name.ts';
import type { TokenList } from './sql-tokens.ts';
import type { SqlUse } from './statement-state.ts';

const FAULTS = {
  string: { code: 'SQL_UNCLOSED_STRING', what: 'A string' },
  comment: { code: 'SQL_UNCLOSED_COMMENT', what: 'A comment' },
  dollar: { code: 'SQL_UNCLOSED_STRING', what: 'A dollar-quoted body' },
} as const;

/** Collects what is found in a script. */
export class SqlFileBuilder {
  readonly definitions: DefinitionBuilder;
  readonly #path: string;
  readonly #lines: LineIndex;
  readonly #references: { readonly offset: number; readonly reference: Reference }[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(path: string, text: string) {
    this.#path = path;
    this.#lines = new LineIndex(text);
    this.definitions = new DefinitionBuilder(this.#lines);
  }

  addReference(kind: SqlUse, parts: readonly string[], offset: number, enclosing: number, dynamic: boolean): void {
    const { name, receiver } = splitReceiver(parts);
    const reference: Reference = {
      kind,
      name,
      receiver,
      enclosing,
      position: this.definitions.position(offset),
      ...(dynamic ? { dynamic } : {}),
    };
    this.#references.push({ offset, reference });
  }

  diagnose(code: string, what: string, offset: number): void {
    this.#diagnostics.push({
      severity: 'warning',
      code,
      path: this.#path,
      line: this.#lines.lineOf(offset) + 1,
      message: `${what} in ${this.#path}, from line ${this.#lines.lineOf(offset) + 1}`,
      hint: 'Check the quotes, comments and END of that statement.',
    });
  }

  /** @param faults - What the tokenizer found open at the end of the text. */
  build({ faults }: Pick<TokenList, 'faults'>): ParsedFile {
    for (const { kind, offset } of faults)
      this.diagnose(FAULTS[kind].code, `${FAULTS[kind].what} is not closed`, offset);
    return {
      path: this.#path,
      language: 'sql',
      definitions: this.definitions.build(),
      references: this.#references.toSorted((a, b) => a.offset - b.offset).map(({ reference }) => reference),
      imports: [],
      exportAliases: [],
      typedNames: [],
      packageName: '',
      diagnostics: this.#diagnostics,
    };
  }
}
