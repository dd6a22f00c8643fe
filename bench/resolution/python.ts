/**
 * Python's part of `npm run bench:resolution -- python [--only main|held-out|features|ID] [--samples N] [--out FILE]`.
 *
 * 1. Packages from PyPI against Jedi, call by call. Recall is over the calls of which Jedi says that they mean functions
 *    or classes of the package and nothing else; precision is over our edges at calls of which Jedi knows anything.
 * 2. The cases of test/conformance/python-features, edge by edge.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type { Edge } from '../../src/graph/edge.ts';
import type { Definition, ParsedFile } from '../../src/parsing/language.ts';
import { loadLanguage } from '../../src/parsing/language-registry.ts';
import { buildSymbols } from '../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../src/resolution/resolve-references.ts';
import { PYTHON_PROTOCOLS } from '../../src/resolution/tiers/points-to/python-protocols.ts';
import { runFeatureCases, scoreOf } from '../../test/conformance/python-features/feature-cases.ts';
import { fetchPackage } from '../fetch-package.ts';
import { jediCalls, oraclePython, type OracleCall, type OraclePlace } from './python-oracle.ts';

interface Wanted {
  readonly id: string;
  readonly version: string;
}
interface Packages {
  readonly oracle: { readonly package: string; readonly version: string };
  readonly packages: readonly Wanted[];
  readonly heldOut: readonly Wanted[];
}

export interface PythonBenchOptions {
  readonly samples: number;
  /** `main`, `held-out` (packages nothing was ever tuned on), `features`, or the id of a package. @defaultValue all */
  readonly only?: string | undefined;
  /** Folder of packages, of the oracle and of its answers. @defaultValue one below the user's cache */
  readonly scratch?: string | undefined;
}

/** Edges of which Jedi knows something, by their tier. */
type TierScore = Record<string, { right: number; wrong: number }>;

const SCRATCH = process.env['CODEGRAPHAI_BENCH_CACHE'] ?? join(homedir(), '.cache', 'codegraphai-bench');

const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

/** Runs everything and returns what is printed. */
export async function benchPython({ samples, only, scratch = SCRATCH }: PythonBenchOptions): Promise<object> {
  // A file of our own.
  const wanted = JSON.parse(readFileSync(new URL('./python-packages.json', import.meta.url), 'utf8')) as Packages;
  const { oracle } = wanted;
  const measure = async (set: string, list: readonly Wanted[]): Promise<Record<string, object>> => {
    const results: Record<string, object> = {};
    for (const each of list) {
      if (only === undefined || only === set || only === each.id)
        results[`${each.id} ${each.version}`] = await comparePackage(each, oracle, samples, scratch);
    }
    return results;
  };
  return {
    oracleVersion: `${oracle.package} ${oracle.version}`,
    packages: await measure('main', wanted.packages),
    heldOut: await measure('held-out', wanted.heldOut),
    ...(only === undefined || only === 'features' ? { features: scoreOf(await runFeatureCases()) } : {}),
  };
}

async function comparePackage(
  { id, version }: Wanted,
  { package: name, version: oracleVersion }: Packages['oracle'],
  samples: number,
  scratch: string,
): Promise<object> {
  mkdirSync(scratch, { recursive: true });
  const folder = fetchPackage({ id, registry: 'pypi', name: id, version, folder: '' }, scratch);
  // The wheel itself is no source.
  for (const file of readdirSync(folder)) if (file.endsWith('.whl')) rmSync(join(folder, file));
  const python = oraclePython(scratch, { name, version: oracleVersion });
  const oracle = jediCalls(python, folder, scratch, `${name}-${oracleVersion}-${id}-${version}`);
  const language = await loadLanguage('python');
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.py'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const texts = new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const started = performance.now();
  const files = [...texts].map(([path, text]) => language.parse(path, text));
  const parsedAt = performance.now();
  const { files: resolved } = resolveReferences(files, { paths: new Set(paths), readManifest: () => undefined });
  const resolvedAt = performance.now();
  const definitions = new DefinitionPlaces(files, texts);
  const score = new Score(samples);
  for (const file of resolved) {
    const edges = new Map<string, Edge[]>();
    for (const edge of file.edges) {
      if (edge.kind !== 'calls' && edge.kind !== 'instantiates' && edge.kind !== 'references') continue;
      if (edge.tier === 'unique-name') continue;
      const key = `${edge.site.line}:${edge.site.column}`;
      edges.set(key, [...(edges.get(key) ?? []), edge]);
    }
    const implied = new Set(
      (files.find(({ path }) => path === file.path)?.flows ?? []).flatMap(({ position }) =>
        position === undefined ? [] : [`${position.line + 1}:${position.column + 1}`],
      ),
    );
    const reasons = new Map(file.unresolved.map((each) => [`${each.site.line}:${each.site.column}`, each.reason]));
    for (const call of oracle.get(file.path) ?? []) {
      const key = `${call.line}:${call.column}`;
      const line = texts.get(file.path)?.split('\n')[call.line - 1]?.trim().slice(0, 90) ?? '';
      const named = (edges.get(key) ?? []).filter((edge) => !isImplied(edge, call, implied.has(key)));
      score.add(call, named, definitions, `${file.path}:${key} ${line}`, reasons.get(key));
    }
  }
  return {
    files: files.length,
    lines: [...texts.values()].reduce((sum, text) => sum + text.split('\n').length, 0),
    factBytes: Buffer.byteLength(JSON.stringify(files)),
    tookMs: { parse: Math.round(parsedAt - started), resolve: Math.round(resolvedAt - parsedAt) },
    ...score.summary(),
  };
}

/**
 * Whether an edge stands for a call that the oracle was not asked about: it says what the written name means, not that
 * `len(x)` calls `x.__len__`, that `max(items, key=f)` calls f, or that a decorator, a loop or `with` calls anything.
 */
function isImplied({ tier, target }: Edge, { name }: OracleCall, isFlow: boolean): boolean {
  if (tier !== 'points-to') return false;
  const { callers, methodCallers } = PYTHON_PROTOCOLS;
  return (
    callers.has(name) ||
    methodCallers.has(name) ||
    (isFlow && !target.endsWith(`.${name}`) && !target.endsWith(`#${name}`))
  );
}

class Score {
  readonly #samples: number;
  readonly #byTier: TierScore = {};
  readonly #missedFor: Record<string, number> = {};
  readonly #wrongExamples: string[] = [];
  readonly #missedExamples: string[] = [];
  #calls = 0;
  #known = 0;
  #inside = 0;
  #found = 0;
  #right = 0;
  #wrong = 0;

  constructor(samples: number) {
    this.#samples = samples;
  }

  add(
    call: OracleCall,
    edges: readonly Edge[],
    definitions: DefinitionPlaces,
    place: string,
    reason: string | undefined,
  ): void {
    this.#calls++;
    if (call.definitions === undefined && call.outside === undefined) return;
    this.#known++;
    const expected = new Set((call.definitions ?? []).flatMap((each) => definitions.at(each)));
    // What Jedi means may be no symbol of the graph: then neither side is judged.
    if (call.definitions !== undefined && expected.size === 0) return;
    for (const { target, tier } of edges) {
      const isRight = expected.has(target);
      const counts = (this.#byTier[tier] ??= { right: 0, wrong: 0 });
      counts[isRight ? 'right' : 'wrong']++;
      if (isRight) this.#right++;
      else {
        this.#wrong++;
        const said = [...expected, ...(call.outside ?? [])].join(', ');
        this.#wrongExamples.push(`${place} -> ${target} (${tier}), not ${said}`);
      }
    }
    if (expected.size === 0) return;
    this.#inside++;
    if (edges.some(({ target }) => expected.has(target))) this.#found++;
    else {
      const why = edges.length > 0 ? 'wrong edge' : (reason ?? 'no reference');
      this.#missedFor[why] = (this.#missedFor[why] ?? 0) + 1;
      this.#missedExamples.push(`${place} (${why}): ${[...expected].join(', ')}`);
    }
  }

  summary(): object {
    return {
      calls: this.#calls,
      known: this.#known,
      inside: this.#inside,
      right: this.#right,
      wrong: this.#wrong,
      found: this.#found,
      missed: this.#inside - this.#found,
      precision: ratio(this.#right, this.#right + this.#wrong),
      recall: ratio(this.#found, this.#inside),
      byTier: this.#byTier,
      missedFor: this.#missedFor,
      ...(this.#samples > 0
        ? {
            examples: {
              wrong: spread(this.#wrongExamples, this.#samples),
              missed: spread(this.#missedExamples, this.#samples),
            },
          }
        : {}),
    };
  }
}

/** Symbols by the place of their name. */
class DefinitionPlaces {
  readonly #files: ReadonlyMap<string, ParsedFile>;
  readonly #ids: ReadonlyMap<string, readonly string[]>;
  readonly #lineStarts = new Map<string, readonly number[]>();
  readonly #texts: ReadonlyMap<string, string>;

  constructor(files: readonly ParsedFile[], texts: ReadonlyMap<string, string>) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#ids = new Map(files.map((file) => [file.path, buildSymbols(file).map(({ id }) => id)]));
    this.#texts = texts;
  }

  at({ path, line, column, name }: OraclePlace): string[] {
    const offset = this.#offset(path, line, column);
    const definitions = this.#files.get(path)?.definitions ?? [];
    const contains = ({ range }: Definition): boolean => range.startOffset <= offset && offset < range.endOffset;
    const innermost = definitions.findLastIndex(contains);
    const own = definitions[innermost];
    const isIt = own?.name === name;
    // Overload signatures and setters are merged into one definition: the name then stands outside of its range.
    const merged = definitions.findIndex((each) => each.name === name && each.parent === innermost);
    const index = isIt ? innermost : merged;
    return this.#ids.get(path)?.[index] === undefined ? [] : [this.#ids.get(path)?.[index] ?? ''];
  }

  #offset(path: string, line: number, column: number): number {
    let starts = this.#lineStarts.get(path);
    if (starts === undefined) {
      const text = this.#texts.get(path) ?? '';
      const found = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) found.push(at + 1);
      this.#lineStarts.set(path, (starts = found));
    }
    return (starts[line - 1] ?? 0) + column - 1;
  }
}

/** Some of the items, from all over the list. */
function spread(items: readonly string[], limit: number): string[] {
  const stride = Math.max(1, items.length / limit);
  return Array.from({ length: Math.min(limit, items.length) }, (_, at) => items[Math.floor(at * stride)] ?? '');
}
