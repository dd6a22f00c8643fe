import type { Encoder, ModelIdentity } from '../../model/encoder.ts';
import type { IndexStore } from '../../store/index-store.ts';
import { MODEL_META } from '../../store/model-record.ts';
import { IndexingError } from '../indexing-error.ts';
import type { IndexProgressListener } from '../progress.ts';

/** Texts encoded between two commits: about ten seconds of work on one core, and what a killed run loses at most. */
const BATCH_TEXTS = 384;

export interface EmbedResult {
  readonly embedded: number;
  readonly tokens: number;
  /** Texts longer than the model's limit. */
  readonly truncated: number;
}

/** Two runs at once with two models: vectors of the one must not get among those of the other. */
export async function modelTakenAway(
  store: IndexStore,
  { id, fingerprint }: Pick<ModelIdentity, 'id' | 'fingerprint'>,
): Promise<IndexingError> {
  const found = await store.getMeta(MODEL_META.fingerprint);
  return new IndexingError(`another run took another model than ${id} for this index meanwhile`, {
    code: 'INDEXING_MODEL_CHANGED',
    hint: 'Run `codegraphai index` again, with the same model in every run.',
    details: { expected: fingerprint, found },
  });
}

/**
 * Encodes every chunk text that has no vector yet, a commit a batch.
 *
 * @throws {@link IndexingError} `INDEXING_MODEL_CHANGED` when the index has become one of another model.
 */
export async function embedChunks(
  store: IndexStore,
  encoder: Encoder,
  onProgress: IndexProgressListener,
  signal: AbortSignal | undefined,
): Promise<EmbedResult> {
  const { pending: expected } = await store.counts();
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
          const total = Math.max(done, expected);
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
    const stored = await store.putEmbeddings(
      pending.map(({ contentHash }) => contentHash),
      matrix.data,
      matrix.dimensions,
      { [MODEL_META.fingerprint]: encoder.identity.fingerprint },
    );
    if (!stored) throw await modelTakenAway(store, encoder.identity);
    embedded += matrix.rows;
    for (let row = 0; row < matrix.rows; row++) {
      tokens += matrix.tokenCounts[row] ?? 0;
      truncated += matrix.truncated[row] ?? 0;
    }
  }
  return { embedded, tokens, truncated };
}
