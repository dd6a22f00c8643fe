/**
 * Measures an index without vectors: cold, after one change, and the peers on npm on the same files.
 *
 *     npm run bench:index -- [--scratch DIR] [--runs N] [--corpus DIR] [--no-peers] [--out FILE]
 *
 * The corpus is the TypeScript of several packages that ship their sources (bench/resolution/typescript-packages.json),
 * or any folder. Every cold run is a process of its own; peers are installed into the scratch folder, pinned. Edges are
 * compared with the TypeScript compiler on one package. Needs npm. Prints JSON.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CodeGraph } from '../src/index.ts';
import { errorMessage } from '../src/kernel/errors.ts';
import { indexPath } from '../src/store/open-store.ts';
import { fetchPackage, type RegistryPackage } from './fetch-package.ts';
import { ourCalls, peerCalls, scoreEdges, type CallEdge, type EdgeScore } from './index/call-edges.ts';
import { watchProcess, type ProcessRun } from './index/watch-process.ts';
import { describeMachine, median } from './machine.ts';
import { typescriptCalls } from './resolution/typescript-oracle.ts';

interface Peer {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly module: string;
  readonly arguments: readonly string[];
  readonly database: string;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CLI = join(ROOT, 'src', 'cli', 'bin.ts');
/** The package whose edges are compared with the compiler's answers. */
const SCORED_PACKAGE = 'mongodb';
/** Files that are changed one after the other, in one process. */
const CHANGES = 15;

const { values } = parseArgs({
  options: {
    scratch: { type: 'string' },
    runs: { type: 'string', default: '3' },
    corpus: { type: 'string' },
    'no-peers': { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const scratch = resolve(values.scratch ?? join(tmpdir(), 'codegraphai-bench-index'));
mkdirSync(scratch, { recursive: true });

function readData<Data>(...path: readonly string[]): Data {
  return JSON.parse(readFileSync(join(ROOT, 'bench', ...path), 'utf8')) as Data;
}

const packages = readData<RegistryPackage[]>('resolution', 'typescript-packages.json');

/** TypeScript sources under a folder, relative, with `/`. */
function sourcesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/u.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(?:^|\/)node_modules\//u.test(path))
    .sort();
}

/** Puts the sources of all packages into one folder, each in one of its own. */
function makeCorpus(): string {
  const corpus = join(scratch, 'corpus');
  if (existsSync(corpus)) return corpus;
  for (const wanted of packages) {
    const from = fetchPackage(wanted, scratch);
    for (const path of sourcesUnder(from)) cpSync(join(from, path), join(corpus, wanted.id, path));
  }
  return corpus;
}

/** A fresh copy: what a tool leaves behind is not read by the next. */
function copyOf(folder: string, name: string): string {
  const copy = join(scratch, name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true, filter: (path) => !/\.codegraph(?:ai)?$/u.test(path) });
  return copy;
}

/** Each into a folder of its own: one that cannot be installed takes no other with it. */
function installPeer({ id, name, version }: Peer): string {
  const folder = join(scratch, `peer-${id}-${version}`);
  if (existsSync(join(folder, 'node_modules'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  try {
    execFileSync('npm', ['install', '--silent', `${name}@${version}`], {
      cwd: folder,
      env: compileEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 120_000,
    });
  } catch (error) {
    // What is half installed would be taken for whole in the next run.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/**
 * One of the peers compiles a module: against the headers of the Node that runs it, where its package has them; a
 * machine's own configuration may name those of another.
 */
function compileEnvironment(): NodeJS.ProcessEnv {
  const home = dirname(dirname(realpathSync(process.execPath)));
  const packaged = join(home, 'node_modules', `node-${process.platform}-${process.arch}`);
  const headers = [home, packaged].find((folder) => existsSync(join(folder, 'include', 'node', 'node_version.h')));
  return headers === undefined ? process.env : { ...process.env, npm_config_nodedir: headers };
}

interface ColdResult extends Omit<ProcessRun, 'output' | 'status'> {
  readonly MBps: number;
}

async function coldRuns(command: readonly string[], folder: string, bytes: number, clean: string): Promise<ColdResult> {
  const runs: ProcessRun[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    rmSync(join(folder, clean), { recursive: true, force: true });
    const done = await watchProcess(process.execPath, command, {
      cwd: folder,
      env: { ...process.env, DO_NOT_TRACK: '1', CODEGRAPH_NO_DOWNLOAD: '1' },
    });
    if (done.status !== 0) throw new Error(`${command.join(' ')} ended with ${done.status}: ${done.output}`);
    runs.push(done);
  }
  const wallMs = median(runs.map((run) => run.wallMs));
  return {
    wallMs,
    cpuMs: runs[0]?.cpuMs == null ? null : median(runs.map((run) => run.cpuMs ?? 0)),
    peakMB: runs[0]?.peakMB == null ? null : Math.max(...runs.map((run) => run.peakMB ?? 0)),
    MBps: Math.round(bytes / wallMs / 10) / 100,
  };
}

/** One file after the other gets a function more: in a process that stays, then in one of its own. */
async function oneChange(folder: string): Promise<object> {
  const sources = sourcesUnder(folder);
  const chosen = Array.from({ length: CHANGES }, (_, at) => sources[Math.floor((at * sources.length) / CHANGES)] ?? '');
  const change = (path: string, name: string): void => {
    const text = readFileSync(join(folder, path), 'utf8');
    writeFileSync(join(folder, path), `${text}\nexport function ${name}(): string {\n  return String(${name});\n}\n`);
  };
  await using graph = await CodeGraph.open({ root: folder });
  await graph.index({ embed: false });
  const warm: number[] = [];
  const stages: object[] = [];
  for (const [at, path] of chosen.entries()) {
    change(path, `added${at}`);
    const started = performance.now();
    const report = await graph.index({ embed: false });
    warm.push(performance.now() - started);
    stages.push(report.tookMs);
    if (report.files.parsed !== 1) throw new Error(`${report.files.parsed} files were parsed, not one`);
  }
  change(chosen[0] ?? '', 'addedLast');
  const cold = await watchProcess(process.execPath, [CLI, 'index', '--no-embed', '--quiet', folder], { cwd: folder });
  return {
    files: sources.length,
    warmMs: {
      median: Math.round(median(warm.slice(1))),
      max: Math.round(Math.max(...warm.slice(1))),
      first: Math.round(warm[0] ?? 0),
    },
    stages: stages.at(-1),
    processMs: cold.wallMs,
  };
}

/** Compares the edges of one package with the compiler's answers. */
function score(folder: string, edges: readonly CallEdge[]): EdgeScore {
  const calls = typescriptCalls(folder, sourcesUnder(folder), join(scratch, 'oracle.json'));
  const lineStarts = new Map<string, number[]>();
  const lineOf = (path: string, offset: number): number => {
    let starts = lineStarts.get(path);
    if (starts === undefined) {
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      starts = [0, ...[...text.matchAll(/\n/gu)].map((match) => match.index + 1)];
      lineStarts.set(path, starts);
    }
    return starts.findLastIndex((start) => start <= offset) + 1;
  };
  const relativePath = (path: string): string => relative(folder, path).split(sep).join('/');
  return scoreEdges(edges, new Map(Object.entries(calls)), relativePath, lineOf);
}

const corpus = values.corpus === undefined ? makeCorpus() : resolve(values.corpus);
const sources = sourcesUnder(corpus);
const bytes = sources.reduce((sum, path) => sum + readFileSync(join(corpus, path)).byteLength, 0);
const scoredPackage = packages.find(({ id }) => id === SCORED_PACKAGE);
const scored = scoredPackage === undefined ? corpus : fetchPackage(scoredPackage, scratch);

const ours = copyOf(corpus, 'ours');
const results: Record<string, object> = {};
const scoredOurs = copyOf(scored, 'scored');
await coldRuns([CLI, 'index', '--no-embed', '--quiet', '.'], scoredOurs, 1, '.codegraphai');
results['codegraphai'] = {
  cold: await coldRuns([CLI, 'index', '--no-embed', '--quiet', '.'], ours, bytes, '.codegraphai'),
  edges: score(scored, ourCalls(indexPath(scoredOurs))),
};
if (!values['no-peers']) {
  const peers = readData<Peer[]>('index', 'peer-packages.json');
  for (const peer of peers) {
    try {
      const command = [join(installPeer(peer), 'node_modules', peer.name, peer.module), ...peer.arguments];
      const clean = dirname(peer.database);
      const folder = copyOf(corpus, peer.id);
      const cold = await coldRuns(command, folder, bytes, clean);
      const own = copyOf(scored, `scored-${peer.id}`);
      await coldRuns(command, own, 1, clean);
      results[peer.name] = { version: peer.version, cold, edges: score(scored, peerCalls(join(own, peer.database))) };
    } catch (error) {
      // A peer that does not run here is part of the answer.
      results[peer.name] = { version: peer.version, failed: errorMessage(error) };
    }
  }
}
const result = {
  bench: 'index',
  machine: describeMachine(ROOT),
  corpus: { files: sources.length, MB: Math.round(bytes / 1e4) / 100 },
  results,
  oneChange: await oneChange(ours),
};
const text = `${JSON.stringify(result, null, 2)}\n`;
process.stdout.write(text);
if (values.out !== undefined) writeFileSync(values.out, text);
