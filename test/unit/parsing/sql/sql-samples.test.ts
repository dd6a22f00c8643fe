import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guessSqlDialect } from '../../../../src/parsing/sql/sql-dialect.ts';
import { sqlLanguage } from '../../../../src/parsing/sql/sql-language.ts';

interface ExpectedUnit {
  readonly calls: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

const FIXTURES = new URL('../../../fixtures/sql/', import.meta.url);
// Labelled by hand, lower case.
const EXPECTED = JSON.parse(readFileSync(new URL('expected.json', FIXTURES), 'utf8')) as Record<
  string,
  { readonly dialect: string; readonly units: Record<string, ExpectedUnit> }
>;

describe.each(Object.entries(EXPECTED))('%s', (file, { dialect, units }) => {
  const text = readFileSync(new URL(file, FIXTURES), 'utf8');
  const { definitions, references, diagnostics } = sqlLanguage.parse(file, text);

  it('is told by its dialect', () => {
    expect(guessSqlDialect(file, text)).toBe(dialect);
  });

  it('has exactly the labelled routines and packages, whole', () => {
    const names = definitions.map(({ qualifiedName }) => qualifiedName.toLowerCase());
    expect(names.toSorted()).toEqual(Object.keys(units).toSorted());
    expect(diagnostics).toEqual([]);
  });

  it.each(Object.entries(units))('%s calls, reads and writes what is labelled', (name, expected) => {
    const at = definitions.findIndex(({ qualifiedName }) => qualifiedName.toLowerCase() === name);
    const uses = (kind: string): string[] => {
      const names = references
        .filter((reference) => reference.kind === kind && reference.enclosing === at)
        .map((reference) =>
          `${reference.receiver === null ? '' : `${reference.receiver}.`}${reference.name}`.toLowerCase(),
        );
      return [...new Set(names)].sort();
    };
    expect({ calls: uses('calls'), reads: uses('reads'), writes: uses('writes') }).toEqual({
      calls: expected.calls.toSorted(),
      reads: expected.reads.toSorted(),
      writes: expected.writes.toSorted(),
    });
  });

  it('places names and ranges where they stand', () => {
    const lines = text.split('\n');
    // A write may stand at an alias: `UPDATE a … FROM account a`.
    for (const { position, name } of references.filter(({ kind }) => kind !== 'writes')) {
      expect(lines[position.line]?.slice(position.column).replace(/^["`[]/u, '')).toMatch(
        new RegExp(`^${name.replaceAll('$', '\\$')}`, 'u'),
      );
    }
    for (const { range, bodyOffset } of definitions) {
      expect(text.slice(range.startOffset)).toMatch(/^(?:CREATE|FUNCTION|PROCEDURE)/u);
      expect(text.slice(0, range.endOffset)).toMatch(/(?:END \w*;?|END|\);|\$\$?;|;)\s*$/u);
      expect(bodyOffset).toBeGreaterThan(range.startOffset);
      expect(bodyOffset).toBeLessThanOrEqual(range.endOffset);
    }
  });
});

it('marks what stands in strings as dynamic', () => {
  const text = readFileSync(new URL('1_order_pkg.pkb', FIXTURES), 'utf8');
  const dynamic = sqlLanguage
    .parse('1_order_pkg.pkb', text)
    .references.filter((reference) => reference.dynamic === true);
  expect(dynamic.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['writes order_staging', 'writes tmp_orders']);
});
