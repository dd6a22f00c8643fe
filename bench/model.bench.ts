/**
 * From a checkpoint folder to the first vectors: time and memory of the first load (read, compile, cache) and of later
 * ones, each in a process of its own, and agreement with golden vectors.
 *
 *   node bench/model.bench.ts DIR [--rounds 5] [--goldens FILE]
 *
 * JSON on standard output. The goldens file holds `texts` and base64 matrices `float32`, `torch_int8` and
 * `int8_full_range`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { agreement, rowsOfBase64, type Agreement } from './agreement.ts';
import { describeMachine, median } from './machine.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What one process measured. */
interface LoadMeasure {
  /** From before the import of our modules until the encoder is ready. */
  readonly loadMs: number;
  readonly firstTextMs: number;
  readonly peakBytes: number;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      goldens: { type: 'string' },
      'measure-load': { type: 'boolean', default: false },
      cache: { type: 'string' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new TypeError('usage: node bench/model.bench.ts DIR [--rounds N] [--goldens FILE]');
  if (values['measure-load']) {
    console.log(JSON.stringify(await measureLoad(resolve(folder), values.cache)));
    return;
  }
  const cache = await mkdtemp(join(tmpdir(), 'model-bench-'));
  try {
    const first: LoadMeasure[] = [];
    const later: LoadMeasure[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const own = join(cache, String(round));
      first.push(await measureInChild(folder, own));
      later.push(await measureInChild(folder, own));
    }
    const agreement =
      values.goldens === undefined ? null : await compareWithGoldens(folder, values.goldens, join(cache, '0'));
    const result = { first: summary(first), later: summary(later), agreement };
    console.log(JSON.stringify({ bench: 'model', model: folder, machine: describeMachine(root), ...result }, null, 2));
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function measureLoad(folder: string, cacheDir: string | undefined): Promise<LoadMeasure> {
  const start = performance.now();
  const { openEncoder } = await import('../src/model/open-encoder.ts');
  const { encoder } = await openEncoder(folder, { strict: true, cacheDir });
  const loadMs = performance.now() - start;
  await encoder.encodeQuery(['where is the connection opened?']);
  const firstTextMs = performance.now() - start - loadMs;
  await encoder.close();
  return { loadMs, firstTextMs, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

async function measureInChild(folder: string, cache: string): Promise<LoadMeasure> {
  const script = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder, '--measure-load', '--cache', cache]);
  // The boundary: printed by the function above.
  return JSON.parse(stdout) as LoadMeasure;
}

function summary(measures: readonly LoadMeasure[]): Record<string, number> {
  return {
    medianLoadMs: Math.round(median(measures.map(({ loadMs }) => loadMs))),
    medianFirstTextMs: Math.round(median(measures.map(({ firstTextMs }) => firstTextMs))),
    maxPeakMb: Math.round(Math.max(...measures.map(({ peakBytes }) => peakBytes)) / 1e6),
  };
}

async function compareWithGoldens(
  folder: string,
  path: string,
  cacheDir: string,
): Promise<Record<string, Record<string, Agreement>>> {
  const { openEncoder } = await import('../src/model/open-encoder.ts');
  // The boundary: a file made by the generator of the goldens.
  const goldens = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown> & { texts: string[] };
  const result: Record<string, Record<string, Agreement>> = {};
  for (const numerics of ['full', 'torch'] as const) {
    const { encoder } = await openEncoder(resolve(folder), { strict: true, cacheDir, numerics });
    const matrix = await encoder.encode(goldens.texts, { longTexts: 'truncate' });
    await encoder.close();
    result[numerics] = Object.fromEntries(
      ['float32', 'torch_int8', 'int8_full_range'].map((name) => [
        name,
        agreement(matrix, rowsOfBase64(String(goldens[name]), goldens.texts.length)),
      ]),
    );
  }
  return result;
}

await main();
