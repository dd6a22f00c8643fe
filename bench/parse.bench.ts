/**
 * Measures how fast the files of a folder are parsed: in this thread, and by two workers.
 *
 *     npm run bench:parse -- DIR [--runs N] [--language ID]
 *
 * Files are read before the clock starts. `cold` is the first run of two workers in this process: threads, parsers and
 * queries are made in it. For the others everything is loaded. Prints JSON; `ofCore` and
 * `cpuMs` are by processor time.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ParsedFile } from '../src/parsing/language.ts';
import { languageForFile, loadLanguage } from '../src/parsing/language-registry.ts';
import { ParsePool } from '../src/parsing/parse-pool.ts';
import { describeMachine, median } from './machine.ts';

interface Source {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const WORKERS = 2;
/** Files a worker pool is given at once. */
const WINDOW = 128;

function readSources(root: string, only: string | undefined): Source[] {
  const sources: Source[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    const language = entry.isFile() && !path.includes('node_modules/') ? languageForFile(path)?.id : undefined;
    if (language === undefined || (only !== undefined && language !== only)) continue;
    sources.push({ path, language, text: readFileSync(join(root, path), 'utf8') });
  }
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function inProcess(sources: readonly Source[]): Promise<ParsedFile[]> {
  const files: ParsedFile[] = [];
  for (const { path, language, text } of sources) files.push((await loadLanguage(language)).parse(path, text));
  return files;
}

async function inWorkers(sources: readonly Source[], pool: ParsePool): Promise<void> {
  let next = 0;
  const parseNext = async (): Promise<void> => {
    for (let source = sources[next++]; source !== undefined; source = sources[next++]) {
      await pool.parse(source.path, source.language, source.text);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, parseNext));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' }, language: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write('usage: npm run bench:parse -- DIR [--runs N] [--language ID]\n');
  process.exit(2);
}
const sources = readSources(resolve(folder), values.language);
const megabytes = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;
await using pool = await ParsePool.open({ workers: WORKERS });
const cpuBefore = process.cpuUsage();
const coldMs = await timed(() => inWorkers(sources, pool));
const cpu = process.cpuUsage(cpuBefore);
const files = await inProcess(sources);
const runs: { readonly inProcessMs: number; readonly inProcessCpuMs: number; readonly inWorkersMs: number }[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  const before = process.threadCpuUsage();
  const inProcessMs = await timed(() => inProcess(sources));
  const used = process.threadCpuUsage(before);
  const inProcessCpuMs = (used.user + used.system) / 1_000;
  runs.push({ inProcessMs, inProcessCpuMs, inWorkersMs: await timed(() => inWorkers(sources, pool)) });
}
const speed = (times: readonly number[]): number => Math.round((megabytes / (median(times) / 1_000)) * 100) / 100;
const diagnostics = files.flatMap((file) => file.diagnostics.map(({ code }) => code));
const result = {
  bench: 'parse',
  machine: describeMachine(ROOT),
  files: files.length,
  megabytes: Math.round(megabytes * 100) / 100,
  facts: files.reduce(
    (sum, file) => sum + file.definitions.length + file.references.length + file.typedNames.length,
    0,
  ),
  diagnostics: Object.fromEntries(
    [...new Set(diagnostics)].map((code) => [code, diagnostics.filter((other) => other === code).length]),
  ),
  megabytesPerSecond: {
    cold: speed([coldMs]),
    /** Of one core's time, whoever else uses the machine. */
    ofCore: speed(runs.map(({ inProcessCpuMs }) => inProcessCpuMs)),
    inProcess: speed(runs.map(({ inProcessMs }) => inProcessMs)),
    inWorkers: speed(runs.map(({ inWorkersMs }) => inWorkersMs)),
  },
  cold: { inWorkersMs: coldMs, cpuMs: (cpu.user + cpu.system) / 1_000 },
  runs,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
