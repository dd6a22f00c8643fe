import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edge } from '../../src/graph/edge.ts';
import type { ParsedFile } from '../../src/parsing/language.ts';
import { languageForFile, loadLanguage } from '../../src/parsing/language-registry.ts';
import { resolveReferences, type ResolvedFile } from '../../src/resolution/resolve-references.ts';
import { fetchPackage, type RegistryPackage } from '../fetch-package.ts';

/**
 * A call site with what a person who read the source says it means. Sites were drawn by a seeded hash of their place from
 * all calls of names the package defines, before any answer was looked at.
 */
interface CheckedSite {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly name: string;
  /**
   * `path#qualifiedName`, several where overloads or parts of a type lie in several files; `external` for a definition
   * outside of the package; `none` for the call of a local value.
   */
  readonly expected: string | readonly string[];
  /** Sites of `test` are not looked at while resolution is improved. */
  readonly set: 'main' | 'test';
}

interface CheckedPackage extends RegistryPackage {
  readonly sites: readonly CheckedSite[];
}

interface CheckedFile {
  /** Under which the sites were drawn. */
  readonly seed: string;
  readonly packages: readonly CheckedPackage[];
}

/** What to compare, and how much to say of it. */
export interface HandCheckedOptions {
  /** `main`, `test`, or the id of one package. @defaultValue everything */
  readonly only?: string | undefined;
  /** Sites to show that are wrong or missed. */
  readonly samples: number;
  readonly scratch: string | undefined;
}

interface Score {
  sites: number;
  right: number;
  wrong: number;
  missed: number;
}

async function parsePackage(root: string, paths: readonly string[], language: string): Promise<ParsedFile[]> {
  const parser = await loadLanguage(language);
  return paths
    .filter((path) => languageForFile(path)?.id === language)
    .map((path) => parser.parse(path, readFileSync(join(root, path), 'utf8')));
}

function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Calls by `path:line:column`; those found by nothing but a unique name are hidden, as searches hide them. */
function callsOf(files: readonly ResolvedFile[]): Map<string, Edge> {
  const calls = new Map<string, Edge>();
  for (const { path, edges } of files) {
    for (const edge of edges) {
      const isCall = edge.kind === 'calls' || edge.kind === 'instantiates';
      if (isCall && edge.tier !== 'unique-name') calls.set(`${path}:${edge.site.line}:${edge.site.column}`, edge);
    }
  }
  return calls;
}

/** A definition's id without the number that tells overloads apart. */
const withoutOrdinal = (id: string): string => id.replace(/~\d+$/u, '');

function judge(site: CheckedSite, edge: Edge | undefined, score: Score): string | undefined {
  const expected = typeof site.expected === 'string' ? [site.expected] : site.expected;
  const isInside = expected.some((target) => target.includes('#'));
  const found = edge === undefined ? undefined : withoutOrdinal(edge.target);
  const isRight = found !== undefined && expected.includes(found);
  score.sites++;
  if (isRight) score.right++;
  else if (found !== undefined) score.wrong++;
  if (isInside && !isRight) score.missed++;
  if (isRight || (!isInside && found === undefined)) return undefined;
  return `${site.path}:${site.line}:${site.column} ${site.name} -> ${found ?? 'nothing'}, not ${expected.join(' or ')}`;
}

const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

/**
 * Compares the resolved calls of a language with sites checked by hand.
 *
 * A site counts for precision where there is an edge, for recall where it means a definition of the package.
 */
export async function benchHandChecked(
  language: string,
  { only, samples, scratch = join(tmpdir(), 'codegraph-bench') }: HandCheckedOptions,
): Promise<object> {
  // The form of the files beside this one.
  const checked = JSON.parse(
    readFileSync(fileURLToPath(new URL(`./${language}.json`, import.meta.url)), 'utf8'),
  ) as CheckedFile;
  const total: Score = { sites: 0, right: 0, wrong: 0, missed: 0 };
  const packages: object[] = [];
  const mistakes: string[] = [];
  for (const wanted of checked.packages) {
    const sites = wanted.sites.filter(({ set }) => only === undefined || only === set || only === wanted.id);
    if (sites.length === 0) continue;
    const root = fetchPackage(wanted, scratch);
    const paths = filesUnder(root);
    const files = await parsePackage(root, paths, language);
    const layout = {
      paths: new Set(paths),
      readManifest: (path: string) => readFileSync(join(root, path), 'utf8'),
    };
    const calls = callsOf(resolveReferences(files, layout).files);
    const score: Score = { sites: 0, right: 0, wrong: 0, missed: 0 };
    for (const site of sites) {
      const mistake = judge(site, calls.get(`${site.path}:${site.line}:${site.column}`), score);
      if (mistake !== undefined) mistakes.push(mistake);
    }
    packages.push({ package: `${wanted.name}@${wanted.version}`, files: files.length, ...score });
    for (const key of ['sites', 'right', 'wrong', 'missed'] as const) total[key] += score[key];
  }
  return {
    seed: checked.seed,
    ...total,
    precision: ratio(total.right, total.right + total.wrong),
    recall: ratio(total.right, total.right + total.missed),
    packages,
    mistakes: mistakes.slice(0, samples),
  };
}
