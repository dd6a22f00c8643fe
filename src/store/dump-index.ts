import { compareText } from '../kernel/text/compare-text.ts';
import { createHash } from 'node:crypto';
import type { FileEdges, IndexStore } from './index-store.ts';

/** A chunk with what is behind it. */
export interface ChunkRecord {
  readonly id: number;
  readonly path: string;
  /** Place among its file's chunks. */
  readonly ordinal: number;
  readonly symbolId: string | null;
  readonly kind: string | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly contentHash: string;
  readonly text: string;
}

/** A vector as it is stored: `values[i] * scale` is about the component it was made from. */
export interface QuantizedVector {
  readonly values: Int8Array;
  readonly scale: number;
}

/** A store whose whole content can be listed, to compare two indexes. */
export interface DumpableStore extends IndexStore {
  /** Every fact about the index. */
  allMeta(): Promise<ReadonlyMap<string, string>>;
  /** What goes out of each file, in path order. */
  allEdges(): AsyncIterable<FileEdges>;
  /** Chunks of every file, in order of path and place. */
  allChunks(): AsyncIterable<ChunkRecord>;
  /** A hash of the words of each chunk, by chunk id, as the text index holds them. */
  chunkWords(): Promise<ReadonlyMap<number, string>>;
  /** The vector of a chunk; undefined where it has none yet. */
  getVector(chunkId: number): Promise<QuantizedVector | undefined>;
}

/** What {@link dumpIndex} leaves out. */
export interface DumpOptions {
  /**
   * Keys of facts that differ between two runs over the same files, such as times.
   * @defaultValue none
   */
  readonly volatileMeta?: readonly string[] | undefined;
  /**
   * Leaves out vectors and facts about the index.
   * @defaultValue false
   */
  readonly graphOnly?: boolean | undefined;
}

/**
 * Lists everything an index says, one line a thing, sorted, without what depends on its history: internal ids, times of
 * files, order of writing. Two indexes of the same files made in different ways have equal dumps. Each line is a JSON
 * array that begins with the kind of thing: `meta`, `file`, `symbol`, `edge`, `unresolved`, `chunk`.
 */
export async function* dumpIndex(store: DumpableStore, options: DumpOptions = {}): AsyncGenerator<string> {
  const { graphOnly = false } = options;
  const volatileMeta = new Set(options.volatileMeta);
  for (const [key, value] of [...(await store.allMeta())].sort(byFirst)) {
    if (!graphOnly && !volatileMeta.has(key)) yield line('meta', key, value);
  }
  yield* dumpFiles(store);
  for (const symbol of await store.findSymbols({})) yield line('symbol', symbol);
  for await (const { path, edges, unresolved, digest } of store.allEdges()) {
    yield line('edges', path, digest);
    yield* edges.map((edge) => line('edge', path, edge)).sort(compareText);
    yield* unresolved.map((reference) => line('unresolved', path, reference)).sort(compareText);
  }
  yield* dumpChunks(store, graphOnly);
}

/** The digest of a {@link dumpIndex}: equal for equal indexes. */
export async function hashIndex(store: DumpableStore, options?: DumpOptions): Promise<string> {
  const hash = createHash('sha256');
  for await (const dumped of dumpIndex(store, options)) hash.update(`${dumped}\n`);
  return hash.digest('hex');
}

async function* dumpFiles(store: DumpableStore): AsyncGenerator<string> {
  const facts = new Map<string, string>();
  for await (const file of store.allFacts()) facts.set(file.path, sha256(file.facts));
  for (const { path, language, contentHash, sizeBytes } of await store.fileStamps()) {
    yield line('file', path, language, contentHash, sizeBytes, facts.get(path));
  }
  for (const diagnostic of await store.diagnostics()) yield line('diagnostic', diagnostic);
}

async function* dumpChunks(store: DumpableStore, graphOnly: boolean): AsyncGenerator<string> {
  const words = await store.chunkWords();
  for await (const { id, text, ...chunk } of store.allChunks()) {
    const vector = graphOnly ? undefined : await store.getVector(id);
    yield line('chunk', chunk, sha256(text), words.get(id) ?? null, vector === undefined ? null : hashVector(vector));
  }
}

function hashVector({ values, scale }: QuantizedVector): string {
  return createHash('sha256').update(values).update(String(scale)).digest('hex');
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Keys in one order, whoever made the objects. */
function line(...parts: readonly unknown[]): string {
  return JSON.stringify(parts, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(byFirst))
      : value,
  );
}

function byFirst(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return compareText(left[0], right[0]);
}
