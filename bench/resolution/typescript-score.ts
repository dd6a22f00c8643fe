import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Edge, ResolutionTier, UnresolvedReference } from '../../src/graph/edge.ts';
import type { Definition, ParsedFile } from '../../src/parsing/language.ts';
import { languageForFile, loadLanguage } from '../../src/parsing/language-registry.ts';
import { buildSymbols } from '../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../src/resolution/resolve-references.ts';
import { typescriptCalls, type OracleCall, type SourcePlace } from './typescript-oracle.ts';

const SCRIPT_LANGUAGES: ReadonlySet<string> = new Set(['typescript', 'tsx']);

interface Score {
  right: number;
  wrong: number;
  missed: number;
}

/** Precision and recall of some edges; null where there are none. */
export interface Figures extends Readonly<Score> {
  readonly precision: number | null;
  readonly recall: number | null;
}

/** What the comparison of one folder found. */
export interface TypescriptScore {
  readonly files: number;
  readonly lines: number;
  /** Calls and `new` of all files, also those that lead outside. */
  readonly calls: number;
  /** Definitions, references and local names the parser reports. */
  readonly facts: number;
  readonly typedNames: number;
  readonly tookMs: { readonly parse: number; readonly resolve: number };
  /** Source read per second by resolution alone. */
  readonly resolveMBps: number;
  /** Of the edges that searches show: all but those found by nothing but a unique name. */
  readonly shown: Figures;
  readonly withUniqueNames: Figures;
  readonly byTier: Readonly<Record<string, Omit<Score, 'missed'>>>;
  /** Missed calls by the reason resolution gave. */
  readonly missedFor: Readonly<Record<string, number>>;
  readonly missed?: readonly string[];
  readonly wrong?: readonly string[];
}

function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.d\.[cm]?ts$/u.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/') && SCRIPT_LANGUAGES.has(languageForFile(path)?.id ?? ''))
    .sort();
}

function contains({ range }: Definition, offset: number): boolean {
  return range.startOffset <= offset && offset < range.endOffset;
}

/** How the oracle calls what has no name: constructors among others. */
const UNNAMED = 'default';

/** Ids of the definitions a declaration is in the graph as: the innermost around its name, if it bears that name. */
class Definitions {
  readonly #root: string;
  readonly #files: ReadonlyMap<string, ParsedFile>;
  readonly #ids: ReadonlyMap<string, readonly string[]>;

  constructor(root: string, files: readonly ParsedFile[]) {
    this.#root = root;
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#ids = new Map(files.map((file) => [file.path, buildSymbols(file).map(({ id }) => id)]));
  }

  at({ path, offset, name }: SourcePlace): string[] {
    const own = relative(this.#root, path).split(sep).join('/');
    const definitions = this.#files.get(own)?.definitions ?? [];
    const bare = name.replace(/^['"`]|['"`]$/gu, '');
    // Overload signatures are merged into the implementation, so that the name may stand before its range.
    const around = definitions.flatMap((definition, index) => (contains(definition, offset) ? [index] : []));
    const innermost = around.at(-1);
    const found = definitions.flatMap((definition, index) => {
      const isIt =
        index === innermost && (definition.name === bare || (definition.kind === 'constructor' && bare === UNNAMED));
      const isOverload =
        definition.name === bare && definition.parent === (innermost ?? -1) && !contains(definition, offset);
      return isIt || isOverload ? [index] : [];
    });
    return found.flatMap((index) => this.#ids.get(own)?.[index] ?? []);
  }
}

const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

function figures({ right, wrong, missed }: Score): Figures {
  return { right, wrong, missed, precision: ratio(right, right + wrong), recall: ratio(right, right + missed) };
}

/** Adds one call to a score. */
function count(
  score: Score,
  { declarations }: OracleCall,
  expected: ReadonlySet<string>,
  targets: readonly string[],
): { readonly isRight: boolean; readonly isWrong: boolean; readonly isMissed: boolean } {
  const isRight = targets.length > 0 && targets.every((target) => expected.has(target));
  const isWrong = targets.length > 0 && declarations !== undefined && !isRight;
  const isMissed = expected.size > 0 && !isRight;
  if (isRight) score.right++;
  if (isWrong) score.wrong++;
  if (isMissed) score.missed++;
  return { isRight, isWrong, isMissed };
}

/** Some of the items, from all over the list. */
function spread(items: readonly string[], limit: number): string[] {
  const stride = Math.max(1, items.length / limit);
  return Array.from({ length: Math.min(limit, items.length) }, (_, at) => items[Math.floor(at * stride)] ?? '');
}

function edgesBySite(edges: readonly Edge[]): Map<string, Edge[]> {
  const bySite = new Map<string, Edge[]>();
  for (const edge of edges) {
    if (edge.kind !== 'calls' && edge.kind !== 'instantiates') continue;
    const key = `${edge.site.line}:${edge.site.column}`;
    const known = bySite.get(key);
    if (known === undefined) bySite.set(key, [edge]);
    else known.push(edge);
  }
  return bySite;
}

/** Collects what becomes of every call of a package. */
class Tally {
  readonly shown: Score = { right: 0, wrong: 0, missed: 0 };
  readonly all: Score = { right: 0, wrong: 0, missed: 0 };
  readonly byTier: Record<string, { right: number; wrong: number }> = {};
  readonly missedFor: Record<string, number> = {};
  readonly missed: string[] = [];
  readonly wrong: string[] = [];
  calls = 0;

  add(path: string, call: OracleCall, expected: ReadonlySet<string>, edges: readonly Edge[], reason: string): void {
    this.calls++;
    const visible = edges.filter(({ tier }) => tier !== 'unique-name');
    const targetsOf = (some: readonly Edge[]): string[] => some.map(({ target }) => target);
    const outcome = count(this.shown, call, expected, targetsOf(visible));
    const [edge] = edges;
    if (edge !== undefined) this.#addTier(edge.tier, count(this.all, call, expected, targetsOf(edges)));
    else count(this.all, call, expected, []);
    const place = `${path}:${call.line + 1}:${call.column + 1} ${call.text.replace(/\s+/gu, ' ').slice(0, 80)}`;
    const wanted = [...expected].join(', ');
    if (outcome.isWrong)
      this.wrong.push(`${place} -> ${targetsOf(visible).join(' + ')} (${edge?.tier}), not ${wanted}`);
    if (!outcome.isMissed || visible.length > 0) return;
    const why = edge?.tier ?? reason;
    this.missedFor[why] = (this.missedFor[why] ?? 0) + 1;
    this.missed.push(`${place} (${why}): ${wanted}`);
  }

  #addTier(tier: ResolutionTier, { isRight, isWrong }: { readonly isRight: boolean; readonly isWrong: boolean }): void {
    const known = (this.byTier[tier] ??= { right: 0, wrong: 0 });
    if (isRight) known.right++;
    if (isWrong) known.wrong++;
  }
}

/**
 * Resolves the TypeScript sources of a folder and compares every call with the compiler's answer.
 *
 * A call counts for recall where the compiler says that it means a definition of these files; an edge counts for
 * precision where the compiler knows what the call means.
 *
 * @param root - Absolute.
 * @param samples - How many missed and wrong calls to list.
 * @param cacheFile - Where the compiler's answer is kept between runs.
 */
export async function scoreTypescript(root: string, samples: number, cacheFile?: string): Promise<TypescriptScore> {
  const paths = filesUnder(root);
  const texts = paths.map((path) => readFileSync(join(root, path), 'utf8'));
  const started = performance.now();
  const files: ParsedFile[] = [];
  for (const [at, path] of paths.entries()) {
    const language = await loadLanguage(languageForFile(path)?.id ?? '');
    files.push(language.parse(path, texts[at] ?? ''));
  }
  const parsedAt = performance.now();
  const { files: resolved } = resolveReferences(files, { paths: new Set(paths), readManifest: () => undefined });
  const resolveMs = performance.now() - parsedAt;
  const oracle = typescriptCalls(root, paths, cacheFile);
  const inGraph = new Definitions(root, files);
  const tally = new Tally();
  for (const file of resolved) {
    const edges = edgesBySite(file.edges);
    const reasons = new Map<string, UnresolvedReference>();
    for (const found of file.unresolved) reasons.set(`${found.site.line}:${found.site.column}`, found);
    for (const call of oracle[file.path] ?? []) {
      const key = `${call.line + 1}:${call.column + 1}`;
      const expected = new Set((call.declarations ?? []).flatMap((place) => inGraph.at(place)));
      tally.add(file.path, call, expected, edges.get(key) ?? [], reasons.get(key)?.reason ?? 'no reference');
    }
  }
  const sum = (of: (file: ParsedFile) => number): number => files.reduce((total, file) => total + of(file), 0);
  const bytes = texts.reduce((total, text) => total + text.length, 0);
  return {
    files: files.length,
    lines: texts.reduce((total, text) => total + text.split('\n').length - 1, 0),
    calls: tally.calls,
    facts: sum(({ definitions, references, typedNames }) => definitions.length + references.length + typedNames.length),
    typedNames: sum(({ typedNames }) => typedNames.length),
    tookMs: { parse: Math.round(parsedAt - started), resolve: Math.round(resolveMs) },
    resolveMBps: Math.round(bytes / resolveMs / 100) / 10,
    shown: figures(tally.shown),
    withUniqueNames: figures(tally.all),
    byTier: tally.byTier,
    missedFor: tally.missedFor,
    ...(samples > 0 ? { missed: spread(tally.missed, samples), wrong: spread(tally.wrong, samples) } : {}),
  };
}
