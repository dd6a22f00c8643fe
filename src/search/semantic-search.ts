import type { AbortableOptions } from '../kernel/abort.ts';
import type { Encoder, ModelIdentity } from '../model/encoder.ts';
import type { IndexStore, ScoredChunk, SearchFilter } from '../store/index-store.ts';
import { readModelRecord } from '../store/model-record.ts';
import { modelMismatch } from './model-mismatch.ts';

/**
 * Chunks taken from semantic search into fusion. Large enough that the median of the pool, which stands for "unrelated",
 * comes from chunks that are: in a repository of up to this many chunks it is the median of all of them.
 */
export const SEMANTIC_POOL_SIZE = 500;

/**
 * Refuses a model that did not make the vectors of the index: cosines between two models mean nothing.
 *
 * @throws {@link SearchError} `SEARCH_MODEL_MISMATCH`.
 */
async function assertSameModel(store: IndexStore, encoder: ModelIdentity, reference: string | null): Promise<void> {
  const record = await readModelRecord(store);
  if (record !== null && record.fingerprint !== encoder.fingerprint) throw modelMismatch(record, encoder, reference);
}

/**
 * Finds chunks by meaning.
 *
 * @returns Best first; score = cosine of question and chunk, -1..1.
 * @throws {@link SearchError} `SEARCH_MODEL_MISMATCH` when another model made the vectors of the index.
 */
export async function searchVectors(
  store: IndexStore,
  encoder: Encoder,
  question: string,
  options: AbortableOptions & {
    readonly poolSize: number;
    readonly filter?: SearchFilter | undefined;
    /** How the encoder's model was named; null: it is the one the index names. @defaultValue the encoder's id */
    readonly reference?: string | null | undefined;
  },
): Promise<readonly ScoredChunk[]> {
  const { reference = encoder.identity.id } = options;
  await assertSameModel(store, encoder.identity, reference);
  const vectors = await encoder.encodeQuery([question], { signal: options.signal });
  options.signal?.throwIfAborted();
  const found = await store.searchVectors(vectors.row(0), options.poolSize, options.filter);
  // Another process may have begun to embed with another model meanwhile.
  await assertSameModel(store, encoder.identity, reference);
  return found;
}
