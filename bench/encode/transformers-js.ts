/**
 * transformers.js with the int8 network that the ONNX backend of sentence-transformers exported; the protocol is in
 * peer.py. `--package` is a folder in which `npm install @huggingface/transformers` was run.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '' },
    model: { type: 'string', default: '' },
    threads: { type: 'string', default: '1' },
    scratch: { type: 'string', default: '' },
    package: { type: 'string', default: '' },
    batch: { type: 'string', default: '1' },
  },
});

/** The part of the package that is used. */
interface TransformersJs {
  readonly env: { localModelPath: string; allowRemoteModels: boolean; readonly version: string };
  readonly pipeline: (task: 'feature-extraction', model: string, options: unknown) => Promise<FeatureExtraction>;
}
type FeatureExtraction = (
  texts: readonly string[],
  options: { readonly pooling: 'mean'; readonly normalize: boolean },
) => Promise<{ tolist(): number[][] }>;

const entry = createRequire(join(values.package, 'package.json')).resolve('@huggingface/transformers');
// The boundary: a package of somebody else, not among our dependencies.
const { env, pipeline } = (await import(pathToFileURL(entry).href)) as TransformersJs;
env.localModelPath = join(values.scratch, 'onnx-int8');
env.allowRemoteModels = false;
const extract = await pipeline('feature-extraction', 'bench/model', {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: Number(values.threads), interOpNumThreads: 1 },
});
const parsed: unknown = JSON.parse(readFileSync(values.texts, 'utf8'));
if (!Array.isArray(parsed)) throw new TypeError(`${values.texts} holds no list`);
const texts = parsed.map((text) => `passage: ${String(text)}`);
// Longest first, so that a batch pads little.
const order = texts.map((_, index) => index).toSorted((a, b) => (texts[b] ?? '').length - (texts[a] ?? '').length);
const size = Number(values.batch);

async function encodeAll(): Promise<number[][]> {
  const rows: number[][] = [];
  for (let start = 0; start < order.length; start += size) {
    const batch = order.slice(start, start + size);
    const vectors = (
      await extract(
        batch.map((index) => texts[index] ?? ''),
        { pooling: 'mean', normalize: true },
      )
    ).tolist();
    for (const [place, index] of batch.entries()) rows[index] = vectors[place] ?? [];
  }
  return rows;
}

const say = (message: unknown): void => console.log(JSON.stringify(message));
say({ ready: { node: process.version, 'transformers.js': env.version }, vectors: (await encodeAll()).slice(0, 8) });
for await (const _line of createInterface({ input: process.stdin })) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await encodeAll();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  say({ seconds, cpuSeconds: (used.user + used.system) / 1e6 });
}
say({ peakBytes: process.resourceUsage().maxRSS * 1024 });
