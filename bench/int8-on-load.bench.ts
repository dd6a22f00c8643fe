/**
 * What int8 on load costs and gains: vectors against float32, tokens per second against our own float32 graph.
 *
 *   node bench/int8-on-load.bench.ts --model DIR [--float DIR] [--goldens FILE] [--rounds 5] [--texts 24]
 *
 * `--goldens` is a JSON file of `texts` and their `float32` vectors (base64, row-major); without it agreement is told with our
 * own float32 only. One thread, one text a run; both graphs take turns, round by round, on code chunks and on the mixed
 * texts. Tokens per second are medians, per CPU second, because other processes may take their share of a core.
 * JSON on standard output.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readManifest } from '../src/model/manifest.ts';
import { agreement } from '../src/model/onnx/calibration/agreement.ts';
import { CALIBRATION_TEXTS } from '../src/model/onnx/calibration/calibration-texts.ts';
import { compileModel } from '../src/model/onnx/compile-model.ts';
import type { CompiledModel } from '../src/model/onnx/compiled-model.ts';
import { loadRuntime, type EncodeSession } from '../src/model/onnx/runtime.ts';
import { openTokenizer } from '../src/model/tokenizer/open-tokenizer.ts';
import type { WeightPrecision } from '../src/model/weight-precision.ts';
import { codeTexts } from './encode/code-texts.ts';
import { describeMachine, median } from './machine.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    float: { type: 'string' },
    goldens: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    texts: { type: 'string', default: '24' },
  },
});
if (values.model === undefined) throw new TypeError('--model DIR is needed');
const model = resolve(values.model);
const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Goldens {
  readonly texts: readonly string[];
  readonly vectors: readonly Float32Array[];
}

async function readGoldens(path: string): Promise<Goldens> {
  // The boundary: a file this bench documents, read by nobody else.
  const { texts, float32 } = JSON.parse(await readFile(path, 'utf8')) as { texts: string[]; float32: string };
  const bytes = Buffer.from(float32, 'base64');
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const width = all.length / texts.length;
  return { texts, vectors: texts.map((_, row) => all.subarray(row * width, (row + 1) * width)) };
}

const report = (message: string): boolean => process.stderr.write(`${message}\n`);

async function compile(folder: string, weightPrecision: WeightPrecision, cacheFolder: string): Promise<CompiledModel> {
  const logger = { debug: report, info: report, warn: report, error: report };
  return compileModel(await readManifest(folder), { numerics: 'full', weightPrecision, cacheFolder, logger });
}

async function encodeAll(session: EncodeSession, texts: readonly Int32Array[]): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (const ids of texts) rows.push(new Float32Array(await session.run(ids)));
  return rows;
}

/** Tokens per CPU second of one pass. */
async function speed(session: EncodeSession, texts: readonly Int32Array[]): Promise<number> {
  const before = process.cpuUsage();
  await encodeAll(session, texts);
  const { user, system } = process.cpuUsage(before);
  return texts.reduce((sum, ids) => sum + ids.length, 0) / ((user + system) / 1e6);
}

async function compareSpeed(
  int8: EncodeSession,
  float32: EncodeSession,
  texts: readonly Int32Array[],
): Promise<Record<string, number>> {
  const rounds: Array<readonly [int8: number, float32: number]> = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.push([await speed(int8, texts), await speed(float32, texts)]);
  }
  const tokens = texts.reduce((sum, ids) => sum + ids.length, 0);
  return {
    texts: texts.length,
    tokensPerText: Math.round(tokens / texts.length),
    int8TokensPerSecond: Math.round(median(rounds.map(([first]) => first))),
    float32TokensPerSecond: Math.round(median(rounds.map(([, second]) => second))),
    ratio: Number(median(rounds.map(([first, second]) => first / second)).toFixed(3)),
  };
}

const cache = await mkdtemp(join(tmpdir(), 'int8-on-load-'));
try {
  const start = performance.now();
  const compiled = await compile(model, 'auto', cache);
  const compileMs = Math.round(performance.now() - start);
  const stored = await compile(values.float === undefined ? model : resolve(values.float), 'float32', cache);
  const tokenizer = openTokenizer(new Uint8Array(await readFile(compiled.tokenizerPath)));
  const { maxTokens } = await readManifest(model);
  const ids = (text: string): Int32Array => Int32Array.from(tokenizer.encode(text, { maxLength: maxTokens }).ids);
  const runtime = await loadRuntime();
  const int8 = await runtime.createSession(compiled.modelPath);
  const float32 = await runtime.createSession(stored.modelPath);

  const goldens = values.goldens === undefined ? null : await readGoldens(values.goldens);
  const mixed = (goldens?.texts ?? CALIBRATION_TEXTS).map(ids);
  const code = codeTexts(root, Number(values.texts), tokenizer).map(ids);
  const [int8Rows, float32Rows] = [await encodeAll(int8, mixed), await encodeAll(float32, mixed)];
  const result = {
    machine: describeMachine(),
    model,
    calibration: compiled.calibration,
    compileMs,
    agreement: {
      texts: mixed.length,
      int8ToOurFloat32: agreement(int8Rows, float32Rows),
      ...(goldens === null
        ? {}
        : {
            int8ToGoldens: agreement(int8Rows, goldens.vectors),
            ourFloat32ToGoldens: agreement(float32Rows, goldens.vectors),
          }),
    },
    speed: {
      code: await compareSpeed(int8, float32, code),
      mixed: await compareSpeed(int8, float32, mixed),
    },
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  await int8.release();
  await float32.release();
} finally {
  await rm(cache, { recursive: true, force: true });
}
