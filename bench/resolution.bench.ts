/**
 * Compares resolved calls with the TypeScript compiler's own answer, call site by call site.
 *
 *     npm run bench:resolution -- typescript DIR [--samples N] [--out FILE]
 *
 * A call counts for recall where the compiler says that it means a definition of the files under DIR; an edge counts
 * for precision where the compiler knows what the call means. Edges found by nothing but a unique name are counted
 * apart, as searches hide them by default. Prints JSON.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Edge, UnresolvedReference } from '../src/graph/edge.ts';
import type { Definition, ParsedFile } from '../src/parsing/language.ts';
import { languageForFile, loadLanguage } from '../src/parsing/language-registry.ts';
import { buildSymbols } from '../src/resolution/build-symbols.ts';
import { resolveReferences } from '../src/resolution/resolve-references.ts';
import { describeMachine } from './machine.ts';
import { typescriptCalls, type OracleCall, type SourcePlace } from './resolution/typescript-oracle.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SCRIPT_LANGUAGES: ReadonlySet<string> = new Set(['typescript', 'tsx']);

interface Score {
  right: number;
  wrong: number;
  missed: number;
}

function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.d\.[cm]?ts$/u.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/') && SCRIPT_LANGUAGES.has(languageForFile(path)?.id ?? ''))
    .sort();
}

async function parseAll(root: string, paths: readonly string[]): Promise<ParsedFile[]> {
  const files: ParsedFile[] = [];
  for (const path of paths) {
    const language = await loadLanguage(languageForFile(path)?.id ?? '');
    files.push(language.parse(path, readFileSync(join(root, path), 'utf8')));
  }
  return files;
}

function contains({ range }: Definition, offset: number): boolean {
  return range.startOffset <= offset && offset < range.endOffset;
}

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
      const isIt = index === innermost && (definition.name === bare || definition.kind === 'constructor');
      const isOverload =
        definition.name === bare && definition.parent === (innermost ?? -1) && !contains(definition, offset);
      return isIt || isOverload ? [index] : [];
    });
    return found.flatMap((index) => this.#ids.get(own)?.[index] ?? []);
  }
}

const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

function summarize({ right, wrong, missed }: Score): object {
  return {
    right,
    wrong,
    missed,
    precision: ratio(right, right + wrong),
    recall: ratio(right, right + missed),
  };
}

async function compare(root: string, samples: number): Promise<object> {
  const paths = filesUnder(root);
  const started = performance.now();
  const files = await parseAll(root, paths);
  const parsedAt = performance.now();
  const manifests = new Set(paths);
  const { files: resolved } = resolveReferences(files, {
    paths: manifests,
    readManifest: () => undefined,
  });
  const resolvedAt = performance.now();
  const oracle = typescriptCalls(
    root,
    paths.map((path) => join(root, path)),
  );
  const definitions = new Definitions(root, files);
  const shown: Score = { right: 0, wrong: 0, missed: 0 };
  const all: Score = { right: 0, wrong: 0, missed: 0 };
  const missedFor: Record<string, number> = {};
  const examples: { readonly missed: string[]; readonly wrong: string[] } = { missed: [], wrong: [] };
  let calls = 0;
  for (const file of resolved) {
    const edges = new Map<string, Edge>();
    for (const edge of file.edges) {
      if (edge.kind === 'calls' || edge.kind === 'instantiates')
        edges.set(`${edge.site.line}:${edge.site.column}`, edge);
    }
    const reasons = new Map<string, UnresolvedReference>();
    for (const found of file.unresolved) reasons.set(`${found.site.line}:${found.site.column}`, found);
    for (const call of oracle.get(join(root, file.path)) ?? []) {
      calls++;
      const key = `${call.line + 1}:${call.column + 1}`;
      const edge = edges.get(key);
      const expected = new Set((call.declarations ?? []).flatMap((place) => definitions.at(place)));
      count(all, call, expected, edge);
      const visible = edge?.tier === 'unique-name' ? undefined : edge;
      const outcome = count(shown, call, expected, visible);
      const place = `${file.path}:${key} ${call.text.replace(/\s+/gu, ' ').slice(0, 80)}`;
      if (outcome.isWrong)
        examples.wrong.push(`${place} -> ${visible?.target} (${visible?.tier}), not ${[...expected].join(', ')}`);
      if (outcome.isMissed && visible === undefined) {
        const reason = edge?.tier ?? reasons.get(key)?.reason ?? 'no reference';
        missedFor[reason] = (missedFor[reason] ?? 0) + 1;
        examples.missed.push(`${place} (${reason}): ${[...expected].join(', ')}`);
      }
    }
  }
  const facts = files.reduce(
    (sum, file) => sum + file.definitions.length + file.references.length + file.typedNames.length,
    0,
  );
  return {
    files: files.length,
    calls,
    facts,
    typedNames: files.reduce((sum, file) => sum + file.typedNames.length, 0),
    tookMs: { parse: Math.round(parsedAt - started), resolve: Math.round(resolvedAt - parsedAt) },
    shown: summarize(shown),
    withUniqueNames: summarize(all),
    missedFor,
    ...(samples > 0 ? { missed: spread(examples.missed, samples), wrong: spread(examples.wrong, samples) } : {}),
  };
}

/** Adds one call to a score. */
function count(
  score: Score,
  { declarations }: OracleCall,
  expected: ReadonlySet<string>,
  edge: Edge | undefined,
): { readonly isWrong: boolean; readonly isMissed: boolean } {
  const isRight = edge !== undefined && expected.has(edge.target);
  const isWrong = edge !== undefined && declarations !== undefined && !isRight;
  const isMissed = expected.size > 0 && !isRight;
  if (isRight) score.right++;
  if (isWrong) score.wrong++;
  if (isMissed) score.missed++;
  return { isWrong, isMissed };
}

/** Some of the items, from all over the list. */
function spread(items: readonly string[], limit: number): string[] {
  const stride = Math.max(1, items.length / limit);
  return Array.from({ length: Math.min(limit, items.length) }, (_, at) => items[Math.floor(at * stride)] ?? '');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { samples: { type: 'string', default: '0' }, out: { type: 'string' } },
});
const [oracleName, folder] = positionals;
if (oracleName !== 'typescript' || folder === undefined) {
  process.stderr.write('usage: npm run bench:resolution -- typescript DIR [--samples N] [--out FILE]\n');
  process.exit(2);
}
const result = {
  bench: 'resolution',
  oracle: oracleName,
  machine: describeMachine(ROOT),
  ...(await compare(resolve(folder), Number(values.samples))),
};
const text = `${JSON.stringify(result, null, 2)}\n`;
process.stdout.write(text);
if (values.out !== undefined) writeFileSync(values.out, text);
