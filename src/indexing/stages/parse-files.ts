import { randomUUID } from 'node:crypto';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import type { ParsePool } from '../../parsing/parse-pool.ts';
import type { FileStamp, IndexedFile, IndexStore } from '../../store/index-store.ts';
import type { DiscoveredFile, SkippedFile } from '../discovery/discover.ts';
import { INDEX_META } from '../index-meta.ts';
import { indexedFileOf } from '../indexed-file.ts';
import type { IndexProgressListener } from '../progress.ts';
import { readSource } from './read-source.ts';

/** One transaction takes this many files or bytes of source, whichever comes first: what a killed run loses at most. */
const BATCH_FILES = 64;
const BATCH_BYTES = 2 << 20;
/** Files on their way through the parsers: so many that these go on while a batch is written, few enough to keep memory flat. */
const MAX_FILES_IN_FLIGHT = 128;
const MAX_BYTES_IN_FLIGHT = 2 << 20;

export interface ParseFilesInput {
  readonly root: string;
  readonly store: IndexStore;
  readonly pool: ParsePool;
  readonly candidates: readonly DiscoveredFile[];
  readonly removed: readonly string[];
  readonly stamps: readonly FileStamp[];
  /** Parse even what has the content the index knows. */
  readonly full: boolean;
  readonly onProgress: IndexProgressListener;
  readonly signal: AbortSignal | undefined;
}

export interface ParseFilesResult {
  readonly parsed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly skipped: readonly SkippedFile[];
  /** Diagnostics of files that were not indexed: those of indexed files are kept in the store. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Set in the same transaction as changed files, and cleared with the edges: a killed run leaves it set. Another value each
 * time, so that a run sees that another one changed files meanwhile.
 */
function staleEdges(): Readonly<Record<string, string>> {
  return { [INDEX_META.edgesStale]: randomUUID() };
}

/** Reads, parses, chunks and stores the files that changed, and removes those that are gone. */
export async function parseFiles(input: ParseFilesInput): Promise<ParseFilesResult> {
  const { store, candidates, signal } = input;
  const known = new Map(input.stamps.map((stamp) => [stamp.path, stamp]));
  const skipped: SkippedFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const gone = [...input.removed];
  /** Written again with the content they had: with their new times they are not read in the next run. */
  const touched: FileStamp[] = [];
  let parsed = 0;
  let unchanged = 0;
  let removed = 0;
  let bytesDone = 0;
  let filesDone = 0;
  let batch: IndexedFile[] = [];
  let batchBytes = 0;

  const flush = async (): Promise<void> => {
    const remove = gone.splice(0);
    removed += remove.length;
    if (batch.length === 0 && remove.length === 0) return;
    const upsert = batch;
    batch = [];
    batchBytes = 0;
    await store.applyFiles({ upsert, remove, meta: staleEdges() });
  };

  const process = async (file: DiscoveredFile): Promise<IndexedFile | undefined> => {
    const stamp = known.get(file.path);
    // Content that another language reads is parsed again, equal or not.
    const knownHash = input.full || stamp?.language !== file.language ? undefined : stamp.contentHash;
    const source = await readSource(input.root, file.path, file.language, knownHash);
    let indexed: IndexedFile | undefined;
    if (source.state === 'unchanged') {
      unchanged++;
      if (stamp !== undefined && stamp.mtimeMs !== file.mtimeMs) touched.push({ ...stamp, mtimeMs: file.mtimeMs });
    } else if (source.state === 'gone') {
      if (stamp !== undefined) gone.push(file.path);
    } else if (source.state === 'skipped') {
      skipped.push({ path: file.path, reason: source.reason });
      diagnostics.push(...source.diagnostics);
      if (stamp !== undefined) gone.push(file.path);
    } else {
      const stampNow: FileStamp = {
        path: file.path,
        language: file.language,
        contentHash: source.contentHash,
        // Of the bytes that were read: the file may have grown since it was found, and its time says so next time.
        sizeBytes: source.sizeBytes,
        mtimeMs: file.mtimeMs,
      };
      indexed = indexedFileOf(stampNow, await input.pool.parse(file.path, file.language, source.text), source);
    }
    filesDone++;
    bytesDone += file.sizeBytes;
    input.onProgress({ stage: 'parse', filesDone, filesTotal: candidates.length, bytesDone });
    return indexed;
  };

  const inFlight: { readonly sizeBytes: number; readonly done: ReturnType<typeof process> }[] = [];
  let bytesInFlight = 0;
  let next = 0;
  const start = (): void => {
    while (inFlight.length === 0 || (inFlight.length < MAX_FILES_IN_FLIGHT && bytesInFlight < MAX_BYTES_IN_FLIGHT)) {
      const file = candidates[next++];
      if (file === undefined) return;
      const done = process(file);
      // Awaited below, in its turn; until then a failure must not count as one nobody sees.
      done.catch(() => undefined);
      inFlight.push({ sizeBytes: file.sizeBytes, done });
      bytesInFlight += file.sizeBytes;
    }
  };
  start();
  // Kept in path order whatever order the parsers finish in: two runs over the same files write the same rows.
  for (let first = inFlight.shift(); first !== undefined; first = inFlight.shift()) {
    signal?.throwIfAborted();
    const file = await first.done;
    bytesInFlight -= first.sizeBytes;
    start();
    if (file === undefined) continue;
    batch.push(file);
    batchBytes += file.stamp.sizeBytes;
    parsed++;
    if (batch.length >= BATCH_FILES || batchBytes >= BATCH_BYTES) await flush();
  }
  await flush();
  if (touched.length > 0) await store.touchFiles(touched);
  return { parsed, unchanged, removed, skipped, diagnostics };
}
