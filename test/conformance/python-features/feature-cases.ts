import { readFileSync, readdirSync } from 'node:fs';
import type { ParsedFile } from '../../../src/parsing/language.ts';
import { loadLanguage } from '../../../src/parsing/language-registry.ts';
import { buildSymbols } from '../../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../../src/resolution/resolve-references.ts';

const VALUE_KINDS: ReadonlySet<string> = new Set(['variable', 'constant', 'field']);
const CASES = new URL('./cases/', import.meta.url);

/** A small program and every call in it, as `caller -> callee`; modules and names joined by dots. */
export interface FeatureCase {
  /** `decorators: with arguments`. */
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly expected: readonly string[];
}

/** What was found in one case. */
export interface FeatureResult {
  readonly name: string;
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
}

/** Sums over all cases. */
export interface FeatureScore {
  readonly cases: number;
  /** Cases without a wrong or missed call. */
  readonly exact: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Names of the cases that are not exact. */
  readonly inexact: readonly string[];
}

/** Reads the cases: files by feature, in them `##### name`, `=== path` with source, and `=== calls` with the truth. */
export function loadFeatureCases(): FeatureCase[] {
  return readdirSync(CASES)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => parseCases(name.replace('.txt', ''), readFileSync(new URL(name, CASES), 'utf8')));
}

function parseCases(feature: string, text: string): FeatureCase[] {
  return text
    .split(/^##### /mu)
    .slice(1)
    .map((part) => {
      const [title = '', ...sections] = part.split(/^=== /mu);
      const files = new Map<string, string>();
      let expected: string[] = [];
      for (const section of sections) {
        const end = section.indexOf('\n');
        const path = section.slice(0, end).trim();
        const body = section.slice(end + 1);
        if (path !== 'calls') files.set(path, body);
        else expected = body.split('\n').flatMap((line) => (line.includes('->') ? [line.trim()] : []));
      }
      return { name: `${feature}: ${title.split('\n')[0] ?? ''}`, files, expected: [...new Set(expected)].sort() };
    });
}

/** `pkg/app.py#App.run` is `pkg.app.App.run`; a file is its module. */
function dottedName(id: string): string {
  const [path = '', name] = id.split('#');
  const module = path
    .replace(/\.py$/u, '')
    .replace(/\/?__init__$/u, '')
    .replaceAll('/', '.');
  // Definitions of one name in one scope are numbered from the second.
  return name === undefined ? module : `${module}.${name}`;
}

/** The function, class or file around each variable: what a variable's value calls, they call. */
function callersIn(file: ParsedFile): [string, string][] {
  const ids = buildSymbols(file).map(({ id }) => id);
  return file.definitions.map((_, index) => {
    let at = index;
    while (VALUE_KINDS.has(file.definitions[at]?.kind ?? 'file')) at = file.definitions[at]?.parent ?? -1;
    return [ids[index] ?? '', ids[at] ?? file.path];
  });
}

/** Parses and resolves a case. Edges of nothing but a unique name are left out, as they are from answers. */
export async function runFeatureCase({ name, files, expected }: FeatureCase): Promise<FeatureResult> {
  const language = await loadLanguage('python');
  const parsed = [...files].map(([path, text]) => language.parse(path, text));
  const resolved = resolveReferences(parsed, { paths: new Set(files.keys()), readManifest: () => undefined });
  const callers = new Map(parsed.flatMap((file) => callersIn(file)));
  const found = new Set<string>();
  for (const file of resolved.files) {
    for (const { kind, tier, source, target } of file.edges) {
      if ((kind !== 'calls' && kind !== 'instantiates') || tier === 'unique-name') continue;
      const caller = callers.get(source) ?? source.replace(/^file:/u, '');
      found.add(`${dottedName(caller)} -> ${dottedName(target)}`);
    }
  }
  return {
    name,
    right: expected.filter((call) => found.has(call)),
    wrong: [...found].filter((call) => !expected.includes(call)).sort(),
    missed: expected.filter((call) => !found.has(call)),
  };
}

/** Runs every case. */
export async function runFeatureCases(): Promise<FeatureResult[]> {
  const results: FeatureResult[] = [];
  for (const each of loadFeatureCases()) results.push(await runFeatureCase(each));
  return results;
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Precision, recall and F1 over the calls of all cases. */
export function scoreOf(results: readonly FeatureResult[]): FeatureScore {
  const sum = (count: (result: FeatureResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const right = sum((result) => result.right.length);
  const wrong = sum((result) => result.wrong.length);
  const missed = sum((result) => result.missed.length);
  const precision = right / Math.max(1, right + wrong);
  const recall = right / Math.max(1, right + missed);
  const inexact = results.filter((result) => result.wrong.length + result.missed.length > 0).map(({ name }) => name);
  return {
    cases: results.length,
    exact: results.length - inexact.length,
    right,
    wrong,
    missed,
    precision: round(precision),
    recall: round(recall),
    f1: round((2 * precision * recall) / Math.max(Number.EPSILON, precision + recall)),
    inexact,
  };
}
