import type { Encoder } from '../../model/encoder.ts';
import type { IndexStore } from '../../store/index-store.ts';
import type { IndexProgressListener } from '../progress.ts';

/** Texts encoded between two commits: about ten seconds of work on one core, and what a killed run loses at most. */
const BATCH_TEXTS = 384;

export interface EmbedResult {
  readonly embedded: number;
  readonly tokens: number;
  /** Texts longer than the model's limit. */
  readonly truncated: number;
}

/** Encodes every chunk text that has no vector yet, a commit a batch. */
export async function embedChunks(
  store: IndexStore,
  encoder: Encoder,
  onProgress: IndexProgressListener,
  signal: AbortSignal | undefined,
): Promise<EmbedResult> {
  const { chunks, embedded: before } = await store.counts();
  const started = performance.now();
  let embedded = 0;
  let tokens = 0;
  let truncated = 0;
  for (;;) {
    const pending = await store.pendingEmbeddings(BATCH_TEXTS);
    if (pending.length === 0) break;
    signal?.throwIfAborted();
    const matrix = await encoder.encodeDocument(
      pending.map(({ text }) => text),
      {
        signal,
        onProgress: ({ textsDone, tokensDone }) => {
          const elapsedMs = performance.now() - started;
          const done = embedded + textsDone;
          const total = Math.max(done, chunks - before);
          onProgress({
            stage: 'embed',
            textsDone: done,
            textsTotal: total,
            tokensDone: tokens + tokensDone,
            tokensPerSecond: elapsedMs > 0 ? ((tokens + tokensDone) / elapsedMs) * 1_000 : 0,
            remainingMs: done > 0 ? (elapsedMs / done) * (total - done) : undefined,
          });
        },
      },
    );
    await store.putEmbeddings(
      pending.map(({ contentHash }) => contentHash),
      matrix.data,
      matrix.dimensions,
    );
    embedded += matrix.rows;
    for (let row = 0; row < matrix.rows; row++) {
      tokens += matrix.tokenCounts[row] ?? 0;
      truncated += matrix.truncated[row] ?? 0;
    }
  }
  return { embedded, tokens, truncated };
}
