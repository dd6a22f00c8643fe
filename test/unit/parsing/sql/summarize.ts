import type { ParsedFile } from '../../../../src/parsing/language.ts';
import type { SqlDialect } from '../../../../src/parsing/sql/sql-dialect.ts';
import { parseSql } from '../../../../src/parsing/sql/sql-parser.ts';

/** Definitions as `kind name`, each followed by its distinct uses, `*` marking dynamic ones; `file` for what is outside. */
export function summarize(text: string, dialect: SqlDialect): Record<string, string[]> {
  return summarizeParsed(parseSql('script.sql', text, dialect));
}

export function summarizeParsed(parsed: ParsedFile): Record<string, string[]> {
  const summary: Record<string, string[]> = {};
  for (const [at, { kind, qualifiedName }] of parsed.definitions.entries()) {
    summary[`${kind} ${qualifiedName}`] = usesOf(parsed, at);
  }
  const outside = usesOf(parsed, -1);
  if (outside.length > 0) summary['file'] = outside;
  return summary;
}

function usesOf({ references }: ParsedFile, definition: number): string[] {
  const uses = references
    .filter(({ enclosing }) => enclosing === definition)
    .map(
      ({ kind, receiver, name, dynamic }) =>
        `${kind}${dynamic === true ? '*' : ''} ${receiver === null ? '' : `${receiver}.`}${name}`,
    );
  return [...new Set(uses)].sort();
}
