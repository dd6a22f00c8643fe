import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { annotate } from '../languages/fixture-annotations.ts';
import { loadFixtureProject } from '../languages/fixture-project.ts';

/** Run with UPDATE_FIXTURES=1 to write what is found now; read the diff before it is committed. */
const isUpdate = process.env['UPDATE_FIXTURES'] === '1';

/** One small application a framework, with what looks like routes and is none. */
const FIXTURES_URL = new URL('../../fixtures/frameworks/', import.meta.url);

for (const framework of readdirSync(FIXTURES_URL).toSorted()) {
  const folder = new URL(`${framework}/`, FIXTURES_URL);

  describe(`an application of ${framework}`, async () => {
    const files = await loadFixtureProject(folder);

    it.each(files.map((file) => [file.path, file] as const))('%s', (path, { annotated, source, parsed, resolved }) => {
      const actual = annotate(source, parsed, resolved);
      if (isUpdate) writeFileSync(new URL(path, folder), actual);
      else expect(actual).toBe(annotated);
    });

    it.skipIf(framework === 'tests' || framework === 'sinatra')(
      'calls from frameworks have the tier of frameworks',
      () => {
        const fromRoutes = files.flatMap(({ parsed, resolved }) => {
          const routes = new Set(
            parsed.definitions.filter(({ kind }) => kind === 'route').map(({ name }) => `${parsed.path}#${name}`),
          );
          return resolved.edges.filter(({ source, tier }) => routes.has(source) && tier === 'framework');
        });
        for (const { confidence } of fromRoutes) expect(confidence).toBeLessThanOrEqual(0.9);
        expect(fromRoutes.length).toBeGreaterThan(0);
      },
    );
  });
}
