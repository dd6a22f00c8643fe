/**
 * The full models from every place a user may have them: a folder, the project's `models/`, a Hugging Face cache laid out
 * by Python's library, and one that we filled ourselves from a hub. Each must give the same vectors, and those must agree
 * with golden ones.
 *
 *   CODEGRAPHAI_BENCH_PYTHON=python node bench/sources.bench.ts --optimized DIR --base DIR --goldens FILE
 *
 * The hub is a mirror on loopback. The goldens file holds `texts` and base64 matrices `float32` and `int8_full_range`.
 * JSON on standard output.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openEncoder, pullModel, type WeightPrecision } from '../src/models.ts';
import { HubMirror } from '../test/helpers/hub-mirror.ts';
import { agreement, rowsOfBase64 } from './agreement.ts';
import { describeMachine } from './machine.ts';

const { values } = parseArgs({
  options: { optimized: { type: 'string' }, base: { type: 'string' }, goldens: { type: 'string' } },
});
if (values.optimized === undefined || values.base === undefined || values.goldens === undefined)
  throw new TypeError('--optimized DIR, --base DIR and --goldens FILE are needed');
const python = process.env['CODEGRAPHAI_BENCH_PYTHON'] ?? 'python3';
const root = fileURLToPath(new URL('..', import.meta.url));
// The boundary: a file made by the generator of the goldens.
const goldens = JSON.parse(await readFile(values.goldens, 'utf8')) as Record<string, unknown> & { texts: string[] };
const rowsOf = (name: string): Float32Array[] => rowsOfBase64(String(goldens[name]), goldens.texts.length);

/** A model, and the precisions it is measured in with the golden vectors each is compared with. */
const MODELS: ReadonlyArray<{
  readonly id: string;
  readonly folder: string;
  readonly runs: ReadonlyArray<readonly [precision: WeightPrecision, golden: string]>;
}> = [
  {
    id: 'elastic/multilingual-e5-small-optimized',
    folder: resolve(values.optimized),
    runs: [
      ['auto', 'float32'],
      ['auto', 'int8_full_range'],
    ],
  },
  {
    id: 'intfloat/multilingual-e5-small',
    folder: resolve(values.base),
    runs: [
      ['auto', 'float32'],
      ['float32', 'float32'],
    ],
  },
];

async function filesOf(folder: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path)] as const)),
  );
}

const SNAPSHOT = 'import sys, huggingface_hub; huggingface_hub.snapshot_download(sys.argv[1])';

const scratch = await mkdtemp(join(tmpdir(), 'sources-bench-'));
const cacheDir = join(scratch, 'compiled');
try {
  const results = [];
  for (const { id, folder, runs } of MODELS) {
    await using mirror = await HubMirror.start(await filesOf(folder), { id });
    const hub = (name: string): Record<string, string> => ({
      HF_HOME: join(scratch, name),
      HF_ENDPOINT: mirror.url,
      HF_HUB_DISABLE_XET: '1',
    });
    const project = join(scratch, 'project');
    await mkdir(join(project, 'models', id, '..'), { recursive: true });
    await symlink(folder, join(project, 'models', id));
    await promisify(execFile)(python, ['-c', SNAPSHOT, id], { env: { ...process.env, ...hub('python') } });
    await pullModel(id, { environment: hub('own') });
    const elsewhere = join(scratch, 'empty');
    const places = [
      { place: 'folder', reference: folder, options: { root: elsewhere, environment: {} } },
      { place: 'models/ of the project', reference: id, options: { root: project, environment: hub('none') } },
      {
        place: "cache laid out by Python's library",
        reference: id,
        options: { root: elsewhere, environment: hub('python') },
      },
      { place: 'pulled from the mirror', reference: id, options: { root: elsewhere, environment: hub('own') } },
    ];
    for (const [weightPrecision, golden] of runs) {
      let first: Float32Array | undefined;
      for (const { place, reference, options } of places) {
        const opened = await openEncoder(reference, {
          ...options,
          weightPrecision,
          cacheDir,
          strict: true,
          offline: true,
        });
        const matrix = await opened.encoder.encode(goldens.texts, { longTexts: 'truncate' });
        await opened.encoder.close();
        first ??= matrix.data;
        results.push({
          model: id,
          place,
          source: opened.model.source,
          weightPrecision,
          golden,
          cosine: agreement(matrix, rowsOf(golden)),
          bitEqualToFolder: Buffer.from(first.buffer).equals(Buffer.from(matrix.data.buffer)),
        });
        process.stderr.write(`${id} from ${place}, ${weightPrecision}\n`);
      }
    }
  }
  console.log(JSON.stringify({ bench: 'sources', machine: describeMachine(root), results }, null, 2));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
