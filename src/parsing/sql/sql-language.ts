import type { Language, ParsedFile } from '../language.ts';
import { parseSql } from './sql-parser.ts';

/**
 * SQL with its procedural dialects: Oracle PL/SQL, T-SQL, PL/pgSQL, MySQL and MariaDB. The dialect is guessed per file.
 */
export const sqlLanguage: Language = Object.freeze({
  id: 'sql',
  parse: (path: string, text: string): ParsedFile => parseSql(path, text),
});
