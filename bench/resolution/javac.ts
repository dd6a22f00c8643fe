import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edge } from '../../src/graph/edge.ts';
import type { Definition, ParsedFile } from '../../src/parsing/language.ts';
import { loadLanguage } from '../../src/parsing/language-registry.ts';
import { definitionIds } from '../../src/resolution/build-symbols.ts';
import { resolveReferences } from '../../src/resolution/resolve-references.ts';
import { fetchPackage, type RegistryPackage } from '../fetch-package.ts';

interface Package extends RegistryPackage {
  /** Packages of `held-out` are not looked at while resolution is improved. */
  readonly set: 'main' | 'held-out';
}

/** What to compare, and how much to say of it. */
export interface JavacBenchOptions {
  /** A folder of one's own instead of the pinned packages. */
  readonly folder?: string | undefined;
  /** `main`, `held-out`, or the id of one package. @defaultValue both sets */
  readonly only?: string | undefined;
  readonly samples: number;
  readonly scratch: string | undefined;
}

const ORACLE = fileURLToPath(new URL('./java-oracle/CallOracle.java', import.meta.url));

interface OracleCall {
  readonly site: string;
  readonly name: string;
  readonly targetPath: string;
  /** From 1. */
  readonly targetLine: number;
}

/** Calls of a folder as javac sees them. */
function oracleCalls(root: string): OracleCall[] {
  const printed = execFileSync('java', [ORACLE, root], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [path = '', at = '', column = '', name = '', targetPath = '', targetLine = ''] = line.split('\t');
      return { site: `${path}:${at}:${column}`, name, targetPath, targetLine: Number(targetLine) };
    });
}

/** Definitions a place may mean: those around the line, and overloads of theirs. The name decides, but for constructors. */
function meantBy({ name, targetLine }: OracleCall, { definitions }: ParsedFile): ReadonlySet<string> {
  const isNamed = (definition: Definition): boolean =>
    definition.name === name || name === 'super' || name === 'this' || definition.kind === 'constructor';
  const around = definitions.filter(
    (definition) =>
      isNamed(definition) && definition.range.start.line < targetLine && targetLine <= definition.range.end.line + 1,
  );
  const lines = ({ range }: Definition): number => range.end.line - range.start.line;
  const [nearest] = around.toSorted((a, b) => lines(a) - lines(b));
  if (nearest === undefined) return new Set();
  // A constructor and its class are one target.
  const isConstructor = nearest.kind === 'constructor';
  const owner = isConstructor ? definitions[nearest.parent]?.qualifiedName : undefined;
  const names = [nearest.qualifiedName, owner, `${nearest.qualifiedName}.${nearest.name}`];
  return new Set(names.filter((qualified) => qualified !== undefined));
}

async function comparePackage(root: string, samples: number): Promise<object> {
  const parser = await loadLanguage('java');
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.java'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const files = paths.map((path) => parser.parse(path, readFileSync(join(root, path), 'utf8')));
  const byPath = new Map(files.map((file) => [file.path, file]));
  const names = new Map(
    files.flatMap((file) =>
      definitionIds(file).map((id, index) => [id, `${file.path}#${file.definitions[index]?.qualifiedName ?? ''}`]),
    ),
  );
  const edges = new Map<string, Edge>();
  const layout = { paths: new Set(paths), readManifest: () => undefined };
  for (const file of resolveReferences(files, layout).files) {
    for (const edge of file.edges) {
      const isCall = edge.kind === 'calls' || edge.kind === 'instantiates';
      if (isCall && edge.tier !== 'unique-name') edges.set(`${file.path}:${edge.site.line}:${edge.site.column}`, edge);
    }
  }
  const score = { calls: 0, right: 0, wrong: 0, missed: 0 };
  const examples: string[] = [];
  for (const call of oracleCalls(root)) {
    score.calls++;
    const edge = edges.get(call.site);
    const target = byPath.get(call.targetPath);
    const meant = target === undefined ? new Set<string>() : meantBy(call, target);
    const found = edge === undefined ? undefined : names.get(edge.target);
    const isRight = [...meant].some((name) => found === `${call.targetPath}#${name}`);
    if (isRight) score.right++;
    else if (edge !== undefined) score.wrong++;
    if (target !== undefined && !isRight) score.missed++;
    if (!isRight && (edge !== undefined || target !== undefined))
      examples.push(`${call.site} ${call.name} -> ${found ?? 'nothing'}, not ${call.targetPath}:${call.targetLine}`);
  }
  const ratio = (part: number, whole: number): number => Math.round((part / Math.max(1, whole)) * 1e4) / 1e4;
  return {
    files: files.length,
    lines: files.reduce((sum, { path }) => sum + readFileSync(join(root, path), 'utf8').split('\n').length, 0),
    ...score,
    precision: ratio(score.right, score.right + score.wrong),
    recall: ratio(score.right, score.right + score.missed),
    examples: examples.slice(0, samples),
  };
}

/** Compares Java calls with the compiler's own answer; overloads of one type count as one, as they do in the graph. */
export async function benchJavac({ folder, only, samples, scratch }: JavacBenchOptions): Promise<object> {
  if (folder !== undefined) return comparePackage(folder, samples);
  // The form of the file beside this one.
  const packages = JSON.parse(
    readFileSync(fileURLToPath(new URL('./java-packages.json', import.meta.url)), 'utf8'),
  ) as Package[];
  const results: Record<string, object> = {};
  for (const wanted of packages) {
    if (only !== undefined && only !== wanted.set && only !== wanted.id) continue;
    const root = fetchPackage(wanted, scratch ?? join(tmpdir(), 'codegraph-bench'));
    results[`${wanted.name}@${wanted.version}`] = { set: wanted.set, ...(await comparePackage(root, samples)) };
  }
  return { packages: results };
}
