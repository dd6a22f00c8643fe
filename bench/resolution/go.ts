import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edge, UnresolvedReference } from '../../src/graph/edge.ts';
import type { ParsedFile } from '../../src/parsing/language.ts';
import { loadLanguage } from '../../src/parsing/language-registry.ts';
import { buildSymbols } from '../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../src/resolution/resolve-references.ts';
import { fetchPackage, type RegistryPackage } from '../fetch-package.ts';

interface Package extends RegistryPackage {
  /** Packages of `held-out` were chosen with the others, and are not looked at while resolution is improved. */
  readonly set: 'main' | 'held-out';
}

/** Where a name stands: from 1, columns in bytes. */
interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

/** What go-oracle/main.go prints of a call. */
interface OracleCall extends Place {
  readonly kind: 'static' | 'interface' | 'value';
  readonly targets: readonly Place[];
  readonly method?: Place;
}

/** What to compare, and how much to say of it. */
export interface GoBenchOptions {
  /** A module of one's own instead of the pinned ones. */
  readonly folder?: string | undefined;
  /** `main`, `held-out`, or the id of one module. @defaultValue both sets */
  readonly only?: string | undefined;
  readonly samples: number;
  readonly scratch: string | undefined;
}

const ORACLE = fileURLToPath(new URL('./go-oracle/', import.meta.url));

/** Calls of a module as golang.org/x/tools sees them; kept in a file beside the module's folder. */
function oracleCalls(folder: string): OracleCall[] {
  const cache = `${folder}.calls.jsonl`;
  if (!existsSync(cache)) {
    const program = join(dirname(folder), 'go-oracle');
    execFileSync('go', ['build', '-o', program, '.'], { cwd: ORACLE, stdio: ['ignore', 'inherit', 'inherit'] });
    const printed = execFileSync(program, [folder], {
      cwd: folder,
      env: { ...process.env, GOFLAGS: '-mod=mod' },
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writeFileSync(cache, printed);
  }
  const lines = readFileSync(cache, 'utf8').split('\n');
  // The form of the program above.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as OracleCall);
}

interface Module {
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly manifests: ReadonlyMap<string, string>;
}

async function parseModule(root: string): Promise<Module> {
  const language = await loadLanguage('go');
  const files = new Map<string, ParsedFile>();
  const texts = new Map<string, readonly string[]>();
  const manifests = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = relative(root, full).split(sep).join('/');
    if (!entry.isFile() || path.includes('testdata/')) continue;
    if (entry.name === 'go.mod') manifests.set(path, readFileSync(full, 'utf8'));
    if (!path.endsWith('.go')) continue;
    const text = readFileSync(full, 'utf8');
    files.set(path, language.parse(path, text));
    texts.set(path, text.split('\n'));
  }
  return { files, texts, manifests };
}

/** Id of the function a place names: the one of its name around it. */
function definitionAt(module: Module, ids: ReadonlyMap<string, readonly string[]>, place: Place): string | undefined {
  const definitions = module.files.get(place.path)?.definitions ?? [];
  const index = definitions.findLastIndex(
    ({ name, range }) => name === place.name && range.start.line <= place.line - 1 && place.line - 1 <= range.end.line,
  );
  return ids.get(place.path)?.[index];
}

/** Columns in UTF-16 units, as ours are. */
function columnOf(module: Module, { path, line, column }: Place): number {
  const text = module.texts.get(path)?.[line - 1] ?? '';
  return (
    Buffer.from(text, 'utf8')
      .subarray(0, column - 1)
      .toString('utf8').length + 1
  );
}

const ratio = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

interface Count {
  right: number;
  wrong: number;
  missed: number;
}

const figures = ({ right, wrong, missed }: Count): object => ({
  right,
  wrong,
  missed,
  precision: ratio(right, right + wrong),
  recall: ratio(right, right + wrong + missed),
});

/**
 * Compares the module's calls with the oracle's. An edge is right where it leads to one of the functions the call may
 * run, or to the interface's method where the oracle says that it is called through it.
 */
async function scoreModule(root: string, samples: number): Promise<object> {
  const module = await parseModule(root);
  const files = [...module.files.values()];
  const ids = new Map(files.map((file) => [file.path, buildSymbols(file).map(({ id }): string => id)]));
  const started = performance.now();
  const resolved = resolveReferences(files, {
    paths: new Set([...module.files.keys(), ...module.manifests.keys()]),
    readManifest: (path) => module.manifests.get(path),
  });
  const resolveMs = Math.round(performance.now() - started);
  const edges = new Map<string, Edge[]>();
  const reasons = new Map<string, UnresolvedReference>();
  for (const file of resolved.files) {
    for (const edge of file.edges) {
      if ((edge.kind !== 'calls' && edge.kind !== 'instantiates') || edge.tier === 'unique-name') continue;
      const key = `${file.path}:${edge.site.line}:${edge.site.column}`;
      edges.set(key, [...(edges.get(key) ?? []), edge]);
    }
    for (const found of file.unresolved) reasons.set(`${file.path}:${found.site.line}:${found.site.column}`, found);
  }
  const counts: Record<string, Count> = {};
  const all: Count = { right: 0, wrong: 0, missed: 0 };
  const missedFor: Record<string, number> = {};
  const examples: { readonly missed: string[]; readonly wrong: string[] } = { missed: [], wrong: [] };
  for (const call of oracleCalls(root)) {
    if (!module.files.has(call.path)) continue;
    const key = `${call.path}:${call.line}:${columnOf(module, call)}`;
    const expected = new Set(
      [...call.targets, ...(call.method === undefined ? [] : [call.method])].flatMap(
        (place) => definitionAt(module, ids, place) ?? [],
      ),
    );
    if (expected.size === 0) continue;
    const found = edges.get(key) ?? [];
    const isRight = found.length > 0 && found.every(({ target }) => expected.has(target));
    const outcome = found.length === 0 ? 'missed' : isRight ? 'right' : 'wrong';
    const count = (counts[call.kind] ??= { right: 0, wrong: 0, missed: 0 });
    count[outcome]++;
    all[outcome]++;
    if (outcome === 'right') continue;
    const reason = reasons.get(key)?.reason ?? 'no reference';
    if (outcome === 'missed') missedFor[reason] = (missedFor[reason] ?? 0) + 1;
    examples[outcome].push(
      `${key} ${call.kind} ${call.name} ${outcome === 'missed' ? `(${reason})` : `-> ${found.map(({ target }) => target).join(' ')}`}: ${[...expected].join(', ')}`,
    );
  }
  const byKind = Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, figures(count)]));
  return {
    files: files.length,
    lines: [...module.texts.values()].reduce((sum, lines) => sum + lines.length, 0),
    resolveMs,
    ...figures(all),
    byKind,
    missedFor,
    ...(samples > 0 ? { wrong: examples.wrong.slice(0, samples), missed: examples.missed.slice(0, samples) } : {}),
  };
}

/** Compares a folder, or the pinned modules one by one. */
export async function benchGo({ folder, only, samples, scratch }: GoBenchOptions): Promise<object> {
  if (folder !== undefined) return { result: await scoreModule(resolve(folder), samples) };
  const root = resolve(scratch ?? join(tmpdir(), 'codegraphai-bench-resolution'));
  mkdirSync(root, { recursive: true });
  // This repository's own file; its form is checked by using it.
  const packages = JSON.parse(readFileSync(new URL('./go-packages.json', import.meta.url), 'utf8')) as Package[];
  const scores: object[] = [];
  for (const wanted of packages.filter(({ id, set }) => only === undefined || only === id || only === set)) {
    const score = await scoreModule(fetchPackage(wanted, root), samples);
    scores.push({ package: `${wanted.name} ${wanted.version}`, set: wanted.set, ...score });
  }
  return { packages: scores };
}
