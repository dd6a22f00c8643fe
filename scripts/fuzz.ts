/**
 * Reads many damaged checkpoints, safetensors headers, tokenizers, vocabularies, shard indexes and ONNX graphs, and looks
 * how each ends.
 *
 *   node scripts/fuzz.ts [--count 1000000] [--seed 1] [--target all] [--workers N]
 *   node scripts/fuzz.ts --target checkpoint --seed 1 --case 4711 [--out FILE]
 *
 * `--target` is checkpoint, safetensors, tokenizer, vocabulary, shard-index, onnx, or all, which share the count. JSON on
 * standard output, progress and failures on standard error. Ends with 1 when a case crashed, hung, took more than a second twice, threw
 * what the readers do not document, or when memory grew by more than 256 MB for each worker.
 *
 * The second form runs one case and writes its file to `--out`.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { damagedFile, runCase } from '../test/fuzz/run-case.ts';
import { runFuzz, type FuzzSummary } from '../test/fuzz/run-fuzz.ts';
import { FUZZ_TARGETS, makeTarget, type FuzzTargetName } from '../test/fuzz/targets.ts';

/** Longest that one case may take. */
const SLOW_MS = 1000;
/** How long a case is waited for before its thread is stopped. */
const HANG_MS = 15_000;
const MAX_MEMORY_GROWTH_BYTES = 256e6;
/** Shares of `all`: checkpoints have most ways to be damaged. */
const SHARES: Readonly<Record<FuzzTargetName, number>> = {
  checkpoint: 0.35,
  safetensors: 0.2,
  tokenizer: 0.15,
  vocabulary: 0.1,
  'shard-index': 0.1,
  onnx: 0.1,
};

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string', default: 'all' },
    workers: { type: 'string', default: String(availableParallelism()) },
    case: { type: 'string' },
    out: { type: 'string' },
  },
});

function wholeNumber(name: 'count' | 'seed' | 'workers' | 'case', text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`--${name} ${text} is no whole number`);
  return number;
}

function targetNames(text: string): readonly FuzzTargetName[] {
  if (text === 'all') return FUZZ_TARGETS;
  const name = FUZZ_TARGETS.find((target) => target === text);
  if (name === undefined) throw new TypeError(`--target ${text} is none of ${FUZZ_TARGETS.join(', ')}, all`);
  return [name];
}

const seed = wholeNumber('seed', values.seed);
const targets = targetNames(values.target);

async function runOne(caseNumber: number): Promise<void> {
  const [name, ...others] = targets;
  if (name === undefined || others.length > 0) throw new TypeError('--case needs one --target');
  const target = makeTarget(name);
  const id = { target: name, seed, caseNumber };
  if (values.out !== undefined) writeFileSync(values.out, damagedFile(target, id));
  const result = await runCase(target, id);
  process.stdout.write(`${JSON.stringify({ ...id, ...result }, null, 2)}\n`);
  if (result.failure !== undefined) process.exitCode = 1;
}

function report({ target, failures, memoryGrowthBytes }: FuzzSummary, workers: number): void {
  for (const { caseNumber, problem } of failures) {
    process.stderr.write(
      `${problem}\n  again: node scripts/fuzz.ts --target ${target} --seed ${seed} --case ${caseNumber}\n`,
    );
  }
  const isGreedy = memoryGrowthBytes > MAX_MEMORY_GROWTH_BYTES * workers;
  if (isGreedy) process.stderr.write(`${target}: memory grew by ${memoryGrowthBytes} bytes\n`);
  if (failures.length > 0 || isGreedy) process.exitCode = 1;
}

async function runMany(): Promise<void> {
  const count = wholeNumber('count', values.count);
  const workers = Math.max(1, wholeNumber('workers', values.workers));
  const started = performance.now();
  const summaries: FuzzSummary[] = [];
  for (const target of targets) {
    const share = targets.length === 1 ? 1 : SHARES[target];
    const options = { target, seed, count: Math.round(count * share), workers, slowMs: SLOW_MS, hangMs: HANG_MS };
    process.stderr.write(`${target}: ${options.count} cases\n`);
    const summary = await runFuzz(options);
    report(summary, workers);
    summaries.push(summary);
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const cases = summaries.reduce((sum, { caseCount }) => sum + caseCount, 0);
  const failures = summaries.reduce((sum, summary) => sum + summary.failures.length, 0);
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(
    `${JSON.stringify({ seed, workers, cases, failures, seconds, peakMemoryBytes, summaries }, null, 2)}\n`,
  );
}

if (values.case === undefined) await runMany();
else await runOne(wholeNumber('case', values.case));
