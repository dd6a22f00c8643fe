import { describe, expect, it } from 'vitest';
import { resolveReferences } from '../../../src/resolution/resolve-references.ts';
import { describeResult, layoutOf, loadGoldenProjects, parseGoldenProject } from './golden-project.ts';

/** Edges every project has plenty of: checked where a line names one, not counted where none does. */
const OPTIONAL = / (?:contains|imports|references) /;

describe.each(['script', 'python', 'java', 'go', 'sql', 'php', 'ruby', 'swift', 'dart'])(
  'references of %s projects',
  (family) => {
    it.each(loadGoldenProjects(family))('$name', async (project) => {
      const result = describeResult(resolveReferences(await parseGoldenProject(project), layoutOf(project.files)));
      const expectedEdges = project.expected.filter((item) => !/ \?\w+ /.test(item));
      const named = new Set(expectedEdges);
      const edges = result.edges.filter((edge) => !OPTIONAL.test(edge) || named.has(edge));
      expect(sortedOnce(edges)).toEqual(sortedOnce(expectedEdges));
      expect(result.unresolved).toEqual(
        expect.arrayContaining(project.expected.filter((item) => / \?\w+ /.test(item))),
      );
      expect(project.expected.length).toBeGreaterThan(0);
    });
  },
);

/** References may stand twice on a line; calls count as often as they are. */
function sortedOnce(items: readonly string[]): string[] {
  return items.filter((item, index) => !OPTIONAL.test(item) || items.indexOf(item) === index).sort();
}
