import type { QualifiedName } from './qualified-name.ts';
import type { SqlScope } from './sql-scope.ts';
import { TokenKind } from './sql-tokens.ts';
import { SQL_BUILTINS, SQL_KEYWORDS, SYSTEM_PREFIX, VALUE_METHODS } from './sql-words.ts';

/**
 * True where a called name is the program's: not the database's own, not a variable, not a collection or its method, not
 * a column of a table in the statement.
 *
 * @param aliases - Tables of the statement, by lower-case name.
 */
export function isProgramCall(
  { parts, kind }: QualifiedName,
  scope: SqlScope,
  aliases: ReadonlyMap<string, unknown>,
): boolean {
  const [first = ''] = parts;
  const last = (parts.at(-1) ?? '').toLowerCase();
  if (kind === TokenKind.variable || kind === TokenKind.temporary || scope.has(first)) return false;
  if (parts.length === 1) return kind === TokenKind.quoted || !(SQL_BUILTINS.has(last) || SQL_KEYWORDS.has(last));
  if (VALUE_METHODS.has(last) || SYSTEM_PREFIX.test(parts.join('.'))) return false;
  return !(parts.length === 2 && aliases.has(first.toLowerCase()));
}
