import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES_URL, languageDescriptors } from '../../../src/parsing/language-descriptors.ts';
import { annotate } from './fixture-annotations.ts';
import { fixturePaths, loadFixtureProject } from './fixture-project.ts';

/** Run with UPDATE_FIXTURES=1 to write what is found now; read the diff before it is committed. */
const isUpdate = process.env['UPDATE_FIXTURES'] === '1';

it('exist for every language', () => {
  const without = languageDescriptors().filter(
    ({ id, engine }) => engine === 'tree-sitter' && !existsSync(new URL(`${id}/fixtures/`, LANGUAGES_URL)),
  );
  expect(without).toEqual([]);
});

for (const { id } of languageDescriptors()) {
  const folder = new URL(`${id}/fixtures/`, LANGUAGES_URL);
  if (!existsSync(folder) || fixturePaths(folder).length === 0) continue;

  describe(`fixtures of ${id}`, async () => {
    const files = await loadFixtureProject(folder);

    it('hold files of the language', () => {
      expect(files.map(({ parsed }) => parsed.language)).toContain(id);
    });

    it.each(files.map((file) => [file.path, file] as const))('%s', (path, { annotated, source, parsed, resolved }) => {
      const actual = annotate(source, parsed, resolved);
      if (isUpdate) writeFileSync(new URL(path, folder), actual);
      else expect(actual).toBe(annotated);
      const lines = source.split('\n');
      for (const { name, position, enclosing } of parsed.references) {
        // A selector of Objective-C is written in parts, with the arguments between them.
        const written = /^\w+:(?=\w)/u.exec(name)?.[0] ?? name;
        expect(lines[position.line]?.slice(position.column, position.column + written.length)).toBe(written);
        const around = parsed.definitions[enclosing];
        // A prototype in the same file is one with its definition, wherever it stands.
        if (around === undefined || lines[position.line]?.includes(`${around.name}(`) === true) continue;
        expect(around.range.start.line).toBeLessThanOrEqual(position.line);
        expect(around.range.end.line).toBeGreaterThanOrEqual(position.line);
      }
      for (const { range, bodyOffset, parent } of parsed.definitions) {
        expect(bodyOffset).toBeGreaterThanOrEqual(range.startOffset);
        expect(bodyOffset).toBeLessThanOrEqual(range.endOffset);
        expect(parent).toBeLessThan(parsed.definitions.length);
      }
    });
  });
}
