import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES_URL, languageDescriptors } from '../../../src/parsing/language-descriptors.ts';
import { loadLanguage } from '../../../src/parsing/language-registry.ts';
import { annotate, sourceOf } from './annotated-source.ts';

/** Run with UPDATE_GOLDEN=1 to write what the parsers say now; read the diff before it is committed. */
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const SUFFIX = '.annotated';

for (const { id, engine } of languageDescriptors()) {
  if (engine !== 'tree-sitter') continue;
  const folder = new URL(`${id}/fixtures/`, LANGUAGES_URL);
  const cases = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));

  // Later languages show edges as well: test/conformance/languages.
  if (cases.length === 0) continue;

  describe(`fixtures of ${id}`, () => {
    it.each(cases)('%s', async (name) => {
      const url = new URL(name, folder);
      const source = sourceOf(readFileSync(url, 'utf8'));
      const file = (await loadLanguage(id)).parse(name.slice(0, -SUFFIX.length), source);
      const actual = annotate(source, file);
      if (isUpdate) writeFileSync(url, actual);
      expect(actual).toBe(readFileSync(url, 'utf8'));
      const lines = source.split('\n');
      for (const { name: used, position } of file.references) {
        expect(lines[position.line]?.slice(position.column, position.column + used.length)).toBe(used);
      }
      for (const { range, bodyOffset } of file.definitions) {
        expect(bodyOffset).toBeGreaterThanOrEqual(range.startOffset);
        expect(bodyOffset).toBeLessThanOrEqual(range.endOffset);
      }
    });
  });
}
