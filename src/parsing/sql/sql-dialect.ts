/** The SQL languages told apart: Oracle PL/SQL, T-SQL, PL/pgSQL, MySQL and MariaDB, and plain SQL that could be any. */
export const SQL_DIALECTS = ['plsql', 'tsql', 'plpgsql', 'mysql', 'ansi'] as const;
export type SqlDialect = (typeof SQL_DIALECTS)[number];

/** Extensions only Oracle tools use. */
const ORACLE_EXTENSION = /\.(?:pk[sb]|pls|plsql|pck|prc|fnc|trg|vw|tp[sb]|plb)$/iu;
/** A dialect shows early; a dump of gigabytes shows it no better. */
const MAX_GUESSED_CHARACTERS = 200_000;

interface Sign {
  readonly dialect: SqlDialect;
  readonly pattern: RegExp;
  readonly weight: number;
}

/** Spellings of one dialect. Each counts once, however often it occurs. */
const SIGNS: readonly Sign[] = [
  { dialect: 'mysql', weight: 5, pattern: /^[ \t]*DELIMITER[ \t]+\S/imu },
  {
    dialect: 'mysql',
    weight: 4,
    pattern: /\bDEFINER\s*=|\bENGINE\s*=\s*\w|\bAUTO_INCREMENT\b|\bSQL SECURITY (?:INVOKER|DEFINER)\b/iu,
  },
  { dialect: 'mysql', weight: 3, pattern: /`\w+`/u },
  {
    dialect: 'mysql',
    weight: 2,
    pattern: /\bMODIFIES SQL DATA\b|\bREADS SQL DATA\b|\bDECLARE (?:CONTINUE|EXIT) HANDLER\b|\bREPLACE INTO\b/iu,
  },
  { dialect: 'plpgsql', weight: 6, pattern: /\bLANGUAGE\s+'?plpgsql\b/iu },
  { dialect: 'plpgsql', weight: 4, pattern: /\b(?:AS|DO)\s+\$\w*\$/iu },
  {
    dialect: 'plpgsql',
    weight: 2,
    pattern:
      /\bBEGIN ATOMIC\b|\bRETURNS (?:SETOF|TRIGGER)\b|\bON CONFLICT\b|::\w|\bBIGSERIAL\b|\bTIMESTAMPTZ\b|\bJSONB\b|\bILIKE\b|\bsearch_path\b|\bEXECUTE (?:FUNCTION|PROCEDURE) \w/iu,
  },
  { dialect: 'tsql', weight: 5, pattern: /^[ \t]*GO[ \t]*;?[ \t]*\r?$/imu },
  {
    dialect: 'tsql',
    weight: 4,
    pattern:
      /@\w+\s+(?:AS\s+)?(?:N?VARCHAR|INT|BIT|BIGINT|DATETIME2?|DATE|DECIMAL|SYSNAME|UNIQUEIDENTIFIER|TABLE|MONEY|FLOAT|XML)\b/iu,
  },
  {
    dialect: 'tsql',
    weight: 3,
    pattern:
      /\bSET (?:NOCOUNT|ANSI_NULLS|QUOTED_IDENTIFIER|XACT_ABORT) O|\[dbo\]|\bdbo\.\w|\(NOLOCK\)|\bIDENTITY\s*\(\s*1|\bNVARCHAR\s*\(|\bBEGIN TRY\b/iu,
  },
  {
    dialect: 'plsql',
    weight: 5,
    pattern:
      /\bCREATE\b[^;]{0,60}\bPACKAGE\b|\bEXECUTE IMMEDIATE\b|\bPRAGMA (?:AUTONOMOUS_TRANSACTION|EXCEPTION_INIT)\b/iu,
  },
  {
    dialect: 'plsql',
    weight: 4,
    pattern: /\bVARCHAR2\b|\bPLS_INTEGER\b|\bDBMS_\w+\.|\bRAISE_APPLICATION_ERROR\b|\bEND\s+\w+\s*;\s*\/\s*$/imu,
  },
  { dialect: 'plsql', weight: 3, pattern: /^\/[ \t]*\r?$/mu },
  {
    dialect: 'plsql',
    weight: 2,
    pattern: /%(?:ROW)?TYPE\b|\bNUMBER\s*\(|\bSYSDATE\b|\bFROM DUAL\b|\bSYS_REFCURSOR\b/iu,
  },
];

/**
 * Guesses the dialect of a file from its name and its spellings.
 *
 * @param path - Path of the file; its extension decides where only one product uses it.
 */
export function guessSqlDialect(path: string, text: string): SqlDialect {
  if (ORACLE_EXTENSION.test(path)) return 'plsql';
  if (/\.tsql$/iu.test(path)) return 'tsql';
  if (/\.p(?:g|ostgre)?sql$/iu.test(path)) return 'plpgsql';
  const sample = text.slice(0, MAX_GUESSED_CHARACTERS);
  let best: SqlDialect = 'ansi';
  let bestScore = 1;
  for (const dialect of SQL_DIALECTS) {
    let score = 0;
    for (const sign of SIGNS) if (sign.dialect === dialect && sign.pattern.test(sample)) score += sign.weight;
    if (score > bestScore) {
      best = dialect;
      bestScore = score;
    }
  }
  return best;
}
