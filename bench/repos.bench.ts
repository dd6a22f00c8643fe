/**
 * Indexes three packages of other people, fetched from their registries, and asks them ten questions that were written
 * before any result was seen (bench/repos/questions.json).
 *
 *     npm run bench:repos -- [--scratch DIR] [--out FILE]
 *
 * Needs npm, pip and mvn for fetching. Prints JSON: what was indexed, every diagnostic, and the answers as they are.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CodeGraph, type IndexReport } from '../src/index.ts';
import { describeMachine } from './machine.ts';
import { fetchPackage, type RegistryPackage } from './fetch-package.ts';

interface Package extends RegistryPackage {
  readonly language: string;
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
  const root = fetchPackage(wanted, scratch);
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
