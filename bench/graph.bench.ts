/**
 * Time and memory of questions about a generated graph of 100,000 symbols and 500,000 uses.
 *
 *     npm run bench:graph -- [--symbols N] [--edges N] [--questions N] [--seed N] [--out FILE]
 *
 * Local questions are asked of random symbols and, for the worst case, of the most used ones, once the graph is loaded;
 * questions about the whole graph are computed once and then answered from memory. Everything goes through an index on
 * disk and the public API. Prints JSON.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CALL_KINDS } from '../src/graph/edge-groups.ts';
import { CompactGraphBuilder } from '../src/graph/compact-graph-builder.ts';
import type { CompactGraph } from '../src/graph/compact-graph.ts';
import { communities } from '../src/graph/algorithms/communities.ts';
import { pageRank } from '../src/graph/algorithms/page-rank.ts';
import { stronglyConnectedComponents } from '../src/graph/algorithms/strongly-connected-components.ts';
import { GraphAnalysis } from '../src/graph/graph-analysis.ts';
import { impactOf } from '../src/graph/impact.ts';
import { shortestPath } from '../src/graph/shortest-path.ts';
import { CodeKnowledgeGraph } from '../src/search/code-knowledge-graph.ts';
import { openIndexStore } from '../src/store/open-store.ts';
import { generateGraph, randomNumbers, type GeneratedFile } from './graph/generated-graph.ts';
import { describeMachine, median } from './machine.ts';

const { values } = parseArgs({
  options: {
    symbols: { type: 'string', default: '100000' },
    edges: { type: 'string', default: '500000' },
    questions: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const size = { symbols: Number(values.symbols), edges: Number(values.edges), seed: Number(values.seed) };
const questions = Number(values.questions);
/** Of the most used symbols, for the worst case. */
const HUBS = 20;
/** Files written in one transaction. */
const BATCH = 500;

interface Timing {
  /** Processor time of this thread, which some systems count in ticks: on a machine that does other things as well, the figure to trust. */
  readonly meanCpuMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

function summarize(times: readonly number[], cpuTimes: readonly number[]): Timing {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    meanCpuMs: round(cpuTimes.reduce((sum, cpu) => sum + cpu, 0) / cpuTimes.length),
    medianMs: round(median(sorted)),
    p95Ms: round(at(0.95)),
    maxMs: round(sorted.at(-1) ?? Number.NaN),
  };
}

async function time(ask: () => unknown): Promise<number> {
  const started = performance.now();
  await ask();
  return performance.now() - started;
}

/** Time of one question, rounded. */
async function once(ask: () => unknown): Promise<number> {
  return round(await time(ask));
}

/** Times of one question each of many subjects, in order, after one round that is not counted. */
async function timeEach<Subject>(subjects: readonly Subject[], ask: (subject: Subject) => unknown): Promise<Timing> {
  for (const subject of subjects.slice(0, 10)) await ask(subject);
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (const subject of subjects) {
    const before = process.threadCpuUsage();
    times.push(await time(() => ask(subject)));
    const { user, system } = process.threadCpuUsage(before);
    cpuTimes.push((user + system) / 1_000);
  }
  return summarize(times, cpuTimes);
}

async function writeIndex(root: string, files: readonly GeneratedFile[]): Promise<void> {
  await using store = await openIndexStore(root, { access: 'write' });
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    const upsert = batch.map(({ path, symbols }) => ({
      stamp: { path, language: 'typescript', contentHash: path, sizeBytes: 1, mtimeMs: 0 },
      symbols,
      chunks: [],
      facts: new Uint8Array(),
      diagnostics: [],
    }));
    await store.applyFiles({ upsert, remove: [] });
    await store.replaceEdges(batch.map(({ path, edges }) => ({ path, edges, unresolved: [], digest: path })));
  }
  await store.optimize();
}

/** Questions of the graph itself, without the symbols that an answer shows. */
async function timeGraph(graph: CompactGraph, picked: readonly number[], hubs: readonly number[]): Promise<unknown> {
  const pairs = picked.map((node, at) => [node, picked[(at + 1) % picked.length] ?? 0] as const);
  const adjacency = graph.adjacency({ kinds: CALL_KINDS });
  const analysis = new GraphAnalysis(graph, () => true);
  const whole = ['fileCycles', 'callCycles', 'hotSpots', 'communities', 'entryPoints', 'deadCode'] as const;
  const firstMs: Record<string, number> = {};
  for (const name of whole) firstMs[name] = await once(() => analysis[name]());
  const warmMs: Record<string, number> = {};
  for (const name of whole) warmMs[name] = await once(() => analysis[name]());
  return {
    impact: await timeEach(picked, (node) => impactOf(graph, [node])),
    impactOfHubs: await timeEach(hubs, (node) => impactOf(graph, [node])),
    path: await timeEach(pairs, ([from, to]) => shortestPath(graph, [from], [to], { kinds: CALL_KINDS })),
    wholeFirstMs: firstMs,
    wholeWarmMs: warmMs,
    algorithmsOnSymbolsMs: {
      stronglyConnectedComponents: await once(() => stronglyConnectedComponents(adjacency)),
      pageRank: await once(() => pageRank(adjacency)),
      communities: await once(() => communities(adjacency)),
    },
  };
}

/** Questions as a program asks them: names in, symbols and sites out. */
async function timeApi(root: string, picked: readonly string[], hubs: readonly string[]): Promise<unknown> {
  await using graph = await CodeKnowledgeGraph.open({ root, readOnly: true });
  const pairs = picked.map((name, at) => [name, picked[(at + 1) % picked.length] ?? ''] as const);
  const loadMs = round(await time(() => graph.load()));
  const overviewFirstMs = round(await time(() => graph.overview()));
  const overview = await timeEach(Array.from({ length: 5 }), () => graph.overview());
  return {
    loadMs,
    callers: await timeEach(picked, (name) => graph.callers(name)),
    calleesToDepth2: await timeEach(picked, (name) => graph.callees(name, { depth: 2 })),
    impactToDepth2: await timeEach(picked, (name) => graph.impact(name, { depth: 2 })),
    impact100Edges: await timeEach(picked, (name) => graph.impact(name, { maxEdges: 100 })),
    impactOfHubs100Edges: await timeEach(hubs, (name) => graph.impact(name, { maxEdges: 100 })),
    path: await timeEach(pairs, ([from, to]) => graph.path(from, to)),
    overviewFirstMs,
    overviewWarm: overview,
  };
}

const root = mkdtempSync(join(tmpdir(), 'codegraphai-bench-graph-'));
try {
  const files = generateGraph(size);
  const writeMs = round(await time(() => writeIndex(root, files)));
  const random = randomNumbers(size.seed + 1);
  const symbols = files.flatMap((file) => file.symbols);
  const pickedIds = Array.from(
    { length: questions },
    () => symbols[Math.floor(random() * symbols.length)]?.id ?? symbols[0]?.id,
  );
  const before = process.memoryUsage();
  await using store = await openIndexStore(root, { access: 'read' });
  const builder = new CompactGraphBuilder();
  const readMs = round(await time(() => store.readGraph(builder)));
  const started = performance.now();
  const graph = builder.build();
  const buildMs = round(performance.now() - started);
  const after = process.memoryUsage();
  const byUse = [...graph.nodes.ids.keys()].sort(
    (left, right) => degree(graph, right) - degree(graph, left) || left - right,
  );
  const hubs = byUse.slice(0, HUBS);
  const picked = pickedIds.map((id) => (id === undefined ? 0 : (graph.numberOf(id) ?? 0)));
  const report = {
    bench: 'graph',
    machine: describeMachine(),
    size: { ...size, nodes: graph.nodeCount, edgesInGraph: graph.edgeCount, mostUsed: degree(graph, hubs[0] ?? 0) },
    questions,
    writeIndexMs: writeMs,
    load: { readMs, buildMs, megabytesOfArrays: round((after.arrayBuffers - before.arrayBuffers) / 1e6) },
    graph: await timeGraph(graph, picked, hubs),
    api: await timeApi(
      root,
      picked.map((node) => graph.idOf(node)),
      hubs.map((node) => graph.idOf(node)),
    ),
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  process.stdout.write(text);
  if (values.out !== undefined) writeFileSync(values.out, text);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** How many edges lead to a node. */
function degree(of: CompactGraph, node: number): number {
  return (of.incoming[node + 1] ?? 0) - (of.incoming[node] ?? 0);
}
