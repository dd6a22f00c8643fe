/**
 * Asks four packages of other people the questions of bench/search/questions.json, each in English and Portuguese and
 * some in Spanish, and scores the files found: NDCG@10, recall@10 and the share of first places, by mode, category and
 * language. The questions were written before any result was seen. Rules are tuned on the half `dev`; the half `test`
 * is for the last word only.
 *
 *     npm run bench:search -- [--split dev|test|all] [--reindex] [--answers] [--scratch DIR] [--out FILE]
 *
 * `--reindex` cuts chunks anew and encodes those that changed; without it the index of the last run is kept, so that a
 * change of ranking is measured in seconds. Needs npm, pip, mvn and go for fetching. Prints JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FastIndexer } from '../src/indexing/fast-indexer.ts';
import { CodeKnowledgeGraph } from '../src/search/code-knowledge-graph.ts';
import { SEARCH_MODES, VectorKnowledgeGraph, type SearchMode } from '../src/search/vector-knowledge-graph.ts';
import { describeMachine } from './machine.ts';
import { fetchPackage, type RegistryPackage } from './fetch-package.ts';
import { meanScore, rankFiles, scoreFiles, type Score } from './search/metrics.ts';

const LANGUAGES = ['en', 'pt', 'es'] as const;
const CATEGORIES = ['identifier', 'behaviour', 'architecture'] as const;
const SPLITS = ['dev', 'test', 'all'];
/** Hits asked for; enough of them for ten files. */
const LIMIT = 60;
const MODEL = 'codegraphai/multilingual-e5-small-int8';

/** A question in its languages. */
interface Question extends Readonly<Partial<Record<(typeof LANGUAGES)[number], string>>> {
  readonly package: string;
  readonly category: (typeof CATEGORIES)[number];
  readonly split: 'dev' | 'test';
  /** Paths, relative to the indexed folder, that answer it equally well. */
  readonly expected: readonly string[];
}

interface Answer {
  readonly question: Question;
  readonly language: (typeof LANGUAGES)[number];
  readonly mode: SearchMode;
  readonly files: readonly string[];
  readonly score: Score;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    split: { type: 'string', default: 'dev' },
    reindex: { type: 'boolean', default: false },
    answers: { type: 'boolean', default: false },
    scratch: { type: 'string', default: join(tmpdir(), 'codegraphai-bench-search') },
    out: { type: 'string' },
  },
});
if (!SPLITS.includes(values.split)) throw new RangeError(`--split is ${values.split}: it must be ${SPLITS.join(', ')}`);

/** The files are this repository's own, and small; their form is checked by using them. */
function readData(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'bench', 'search', name), 'utf8'));
}

async function askQuestion(search: VectorKnowledgeGraph, question: Question): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const language of LANGUAGES) {
    const text = question[language];
    if (text === undefined) continue;
    for (const mode of SEARCH_MODES) {
      const { hits } = await search.search(text, mode, { limit: LIMIT });
      const files = rankFiles(hits.map(({ path }) => path));
      answers.push({ question, language, mode, files, score: scoreFiles(files, question.expected) });
    }
  }
  return answers;
}

function summarize(answers: readonly Answer[]): object {
  const mean = (chosen: readonly Answer[]): object => meanScore(chosen.map(({ score }) => score));
  const byCategory = CATEGORIES.map((category) => [
    category,
    mean(answers.filter(({ question }) => question.category === category)),
  ]);
  const byLanguage = LANGUAGES.map((language) => [
    language,
    mean(answers.filter((answer) => answer.language === language)),
  ]);
  return { all: mean(answers), ...Object.fromEntries([...byCategory, ...byLanguage]) };
}

const questions = (readData('questions.json') as Question[]).filter(
  ({ split }) => values.split === 'all' || split === values.split,
);
const indexed: object[] = [];
const answers: Answer[] = [];
for (const wanted of readData('packages.json') as RegistryPackage[]) {
  const root = fetchPackage(wanted, resolve(values.scratch));
  await using graph = await CodeKnowledgeGraph.open({ root });
  const indexer = new FastIndexer({ knowledgeGraph: graph, embeddingModel: MODEL });
  const { chunks, embedded, tokens, tookMs } = await indexer.index({ full: values.reindex });
  indexed.push({ package: `${wanted.name} ${wanted.version}`, chunks, embedded, tokens, tookMs: tookMs.total });
  await using search = await VectorKnowledgeGraph.open({ knowledgeGraph: graph });
  for (const question of questions.filter((asked) => asked.package === wanted.id)) {
    answers.push(...(await askQuestion(search, question)));
  }
}

const result = {
  bench: 'search',
  machine: describeMachine(ROOT),
  split: values.split,
  indexed,
  modes: Object.fromEntries(
    SEARCH_MODES.map((mode) => [mode, summarize(answers.filter((answer) => answer.mode === mode))]),
  ),
  answers: values.answers
    ? answers.map(({ question, language, mode, files, score }) => ({
        package: question.package,
        question: question[language],
        mode,
        expected: question.expected,
        ndcg: score.ndcg,
        files: files.slice(0, 5),
      }))
    : [],
};
const text = `${JSON.stringify(result, null, 2)}\n`;
process.stdout.write(text);
if (values.out !== undefined) writeFileSync(values.out, text);
