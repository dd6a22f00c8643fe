import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LanguageDescriptor, ParsedFile } from '../../../../src/parsing/language.ts';
import type { SqlDialect } from '../../../../src/parsing/sql/sql-dialect.ts';
import { guessSqlDialect, SQL_DIALECTS } from '../../../../src/parsing/sql/sql-dialect.ts';
import { sqlLanguage } from '../../../../src/parsing/sql/sql-language.ts';
import { parseSql } from '../../../../src/parsing/sql/sql-parser.ts';
import { summarizeParsed } from './summarize.ts';

describe('definitions', () => {
  it('have a signature on one line and the comments above as documentation', () => {
    const { definitions } = parseSql(
      'a.pkb',
      `CREATE PACKAGE BODY shop.pay AS
  g_x NUMBER; -- not about charge

  /*
   * Charges a card.
   * Never twice.
   */
  FUNCTION charge (
    p_card IN VARCHAR2, -- number
    p_sum  IN NUMBER
  ) RETURN shop.receipt_t IS
  BEGIN
    RETURN NULL;
  END;
END;
/`,
      'plsql',
    );
    expect(definitions[1]).toMatchObject({
      kind: 'function',
      name: 'charge',
      qualifiedName: 'shop.pay.charge',
      parent: 0,
      signature: 'FUNCTION charge ( p_card IN VARCHAR2, p_sum IN NUMBER ) RETURN shop.receipt_t',
      documentation: 'Charges a card.\nNever twice.',
      typeName: 'shop.receipt_t',
      exported: true,
      range: { start: { line: 7, column: 2 }, end: { line: 13, column: 6 } },
    });
  });

  it('take the comment inside a T-SQL procedure where none is above, and none that a tool wrote', () => {
    const { definitions } = parseSql(
      'a.sql',
      '/****** Object:  StoredProcedure [dbo].[p] ******/\nCREATE PROCEDURE dbo.p AS\n-- ====\n-- Closes the day.\n-- ====\nBEGIN RETURN 1 END\nGO',
      'tsql',
    );
    expect(definitions[0]?.documentation).toBe('Closes the day.');
  });

  it('keep names as written, without quotes', () => {
    const { definitions } = parseSql('a.sql', 'CREATE PROC [My Db].[dbo].[Do It] AS RETURN 0', 'tsql');
    expect(definitions[0]).toMatchObject({ name: 'Do It', qualifiedName: 'My Db.dbo.Do It' });
  });

  it('of a package interface have no body', () => {
    const { definitions } = parseSql('a.pks', 'CREATE PACKAGE p AS\n PROCEDURE q(a NUMBER);\nEND p;\n/', 'plsql');
    expect(definitions[1]).toMatchObject({ qualifiedName: 'p.q', signature: 'PROCEDURE q(a NUMBER)' });
    expect(definitions[1]?.bodyOffset).toBe(definitions[1]?.range.endOffset);
  });

  it('nested in a routine are not exported', () => {
    const { definitions } = parseSql(
      'a.prc',
      'CREATE PROCEDURE p IS PROCEDURE q IS BEGIN NULL; END; BEGIN q; END;',
      'plsql',
    );
    expect(definitions.map(({ qualifiedName, exported, parent }) => [qualifiedName, exported, parent])).toEqual([
      ['p', true, -1],
      ['p.q', false, 0],
    ]);
  });
});

const codesOf = ({ diagnostics }: ParsedFile): unknown[] => diagnostics.map(({ code, line }) => [code, line]);

describe('mistakes', () => {
  it('end with the batch: the next definition is found', () => {
    const parsed = parseSql(
      'a.sql',
      'CREATE PROC a AS\nBEGIN\n IF 1 = 1 BEGIN SELECT 1\nGO\nCREATE PROC b AS EXEC c\nGO',
      'tsql',
    );
    expect(Object.keys(summarizeParsed(parsed))).toEqual(['procedure a', 'procedure b']);
    expect(codesOf(parsed)).toEqual([['SQL_UNCLOSED_BLOCK', 1]]);
  });

  it('end at the next CREATE of a routine', () => {
    const parsed = parseSql(
      'a.prc',
      'CREATE PROCEDURE a IS\nBEGIN\n  x;\n\nCREATE PROCEDURE b IS BEGIN y; END;',
      'plsql',
    );
    expect(summarizeParsed(parsed)).toEqual({ 'procedure a': ['calls x'], 'procedure b': ['calls y'] });
    expect(codesOf(parsed)).toEqual([['SQL_UNCLOSED_BLOCK', 1]]);
  });

  it('in quotes end with their line', () => {
    const parsed = parseSql('a.sql', "CREATE PROC a AS\nSELECT 'oops FROM x\nGO\nCREATE PROC b AS EXEC c\nGO", 'tsql');
    expect(Object.keys(summarizeParsed(parsed))).toEqual(['procedure a', 'procedure b']);
    expect(codesOf(parsed)).toEqual([['SQL_UNCLOSED_STRING', 2]]);
  });

  it('in dollar quotes leave the statements readable', () => {
    const parsed = parseSql(
      'a.sql',
      'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n PERFORM g();',
      'plpgsql',
    );
    expect(codesOf(parsed)).toEqual([['SQL_UNCLOSED_STRING', 1]]);
    expect(parsed.definitions).toHaveLength(1);
  });

  it('in comments are told', () => {
    expect(codesOf(parseSql('a.sql', 'SELECT 1;\n/* no end', 'ansi'))).toEqual([['SQL_UNCLOSED_COMMENT', 2]]);
  });
});

describe('guessSqlDialect', () => {
  it.each<[string, string, SqlDialect]>([
    ['a.pkb', '', 'plsql'],
    ['a.sql', 'CREATE TABLE t (id NUMBER(10), n VARCHAR2(10));', 'plsql'],
    ['a.sql', 'SELECT 1\nGO\n', 'tsql'],
    ['a.sql', 'DELIMITER $$\nSELECT 1$$', 'mysql'],
    ['a.sql', 'CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;', 'plpgsql'],
    ['a.sql', 'SELECT a FROM b;', 'ansi'],
  ])('%s: %s', (path, text, dialect) => {
    expect(guessSqlDialect(path, text)).toBe(dialect);
  });
});

it('is described by its language file', () => {
  const url = new URL('../../../../src/parsing/languages/sql/language.json', import.meta.url);
  const descriptor = JSON.parse(readFileSync(url, 'utf8')) as LanguageDescriptor;
  expect(descriptor).toMatchObject({ id: sqlLanguage.id, engine: 'sql' });
  for (const extension of descriptor.extensions) expect(extension).toMatch(/^\.[a-z]+$/u);
});

describe.each(SQL_DIALECTS)('monsters (%s)', (dialect) => {
  const HEAD = 'CREATE PROCEDURE p AS BEGIN ';
  it.each([
    ['nested parentheses', `${HEAD}SELECT ${'('.repeat(5000)}`],
    ['closing parentheses', `${HEAD}${')'.repeat(5000)}`],
    ['nested blocks', HEAD + 'BEGIN '.repeat(5000)],
    ['many ends', HEAD + 'END; '.repeat(5000)],
    ['nested cases', `${HEAD}SELECT ${'CASE WHEN '.repeat(5000)}`],
    ['nested procedures', `CREATE PACKAGE BODY p AS ${'PROCEDURE q IS '.repeat(5000)}`],
    ['nested queries', `${HEAD}SELECT * FROM ${'(SELECT * FROM '.repeat(5000)}`],
    ['NUL', `${HEAD}\0 SELECT \0 FROM a\0b; END;`],
    ['an unclosed string after much', `${HEAD}${"x := 'a''b'; ".repeat(20_000)}'`],
    ['quotes with backslashes', "\\'\n".repeat(60_000)],
    ['many dollar tags', Array.from({ length: 50_000 }, (_, at) => `$t${at}$`).join(' ')],
    ['many unclosed names', '[a "b `c\n'.repeat(20_000)],
    ['creates without end', 'CREATE '.repeat(40_000)],
    ['functions without end', 'CREATE FUNCTION f '.repeat(20_000)],
    ['dots', `${HEAD}${'a.'.repeat(60_000)}`],
    ['strings in strings', `${HEAD}${"'SELECT * FROM ''SELECT * FROM ''''SELECT * FROM x'''''' '".repeat(5000)}`],
    ['with lists', `${HEAD}${'WITH a (b) AS ('.repeat(20_000)}`],
    ['long comments', `${HEAD}${'/* a */'.repeat(40_000)}${'--\n'.repeat(40_000)}`],
    ['lines of /', '/\n'.repeat(80_000)],
  ])('%s', (_, text) => {
    expect(parseSql('a.sql', text, dialect).definitions.length).toBeLessThanOrEqual(60_000);
  });
});

it('takes five megabytes of semicolons', () => {
  expect(sqlLanguage.parse('a.sql', ';'.repeat(5_000_000)).definitions).toEqual([]);
});

const WORDS = fc.constantFrom(
  'create',
  'or',
  'replace',
  'procedure',
  'function',
  'package',
  'body',
  'trigger',
  'table',
  'view',
  'begin',
  'end',
  'if',
  'then',
  'case',
  'loop',
  'is',
  'as',
  'select',
  'from',
  'insert',
  'into',
  'update',
  'delete',
  'merge',
  'using',
  'with',
  'declare',
  'exec',
  'call',
  'return',
  'language',
  'on',
  'row',
  ';',
  '(',
  ')',
  ',',
  '.',
  "'",
  '"',
  '`',
  '[',
  ']',
  '$$',
  '$a$',
  '/',
  '\n',
  '\nGO\n',
  '\n/\n',
  '--',
  '/*',
  '*/',
  '#t',
  '@v',
  ':b',
  'name',
  'other',
  '1',
  '\\',
  '\0',
  'é',
  '\ud800',
  'delimiter //\n',
);

const expectWellFormed = (text: string, dialect: SqlDialect): void => {
  const { definitions, references } = parseSql('a.sql', text, dialect);
  for (const [at, { parent, range, bodyOffset, name }] of definitions.entries()) {
    expect(name).not.toBe('');
    expect(parent).toBeLessThan(at);
    expect(range.startOffset).toBeLessThanOrEqual(bodyOffset);
    expect(bodyOffset).toBeLessThanOrEqual(range.endOffset);
    expect(range.endOffset).toBeLessThanOrEqual(text.length);
  }
  for (const { enclosing, name, position } of references) {
    expect(enclosing).toBeLessThan(definitions.length);
    expect(name).not.toBe('');
    expect(position.line).toBeLessThan(text.split('\n').length);
  }
};

describe('any text', () => {
  it('made of SQL words gives a well-formed result', () => {
    fc.assert(
      fc.property(fc.array(WORDS, { maxLength: 80 }), fc.constantFrom(...SQL_DIALECTS), (parts, dialect) => {
        expect(() => expectWellFormed(parts.join(' '), dialect)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('of any characters gives a well-formed result', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...SQL_DIALECTS), (text, dialect) => {
        expect(() => expectWellFormed(text, dialect)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
