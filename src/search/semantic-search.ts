import type { AbortableOptions } from '../kernel/abort.ts';
import type { Encoder, ModelIdentity } from '../model/encoder.ts';
import type { IndexStore, ScoredChunk, SearchFilter } from '../store/index-store.ts';
import { SearchError } from './search-error.ts';

/**
 * Chunks taken from semantic search into fusion. Large enough that the median of the pool, which stands for "unrelated",
 * comes from chunks that are: in a repository of up to this many chunks it is the median of all of them.
 */
export const SEMANTIC_POOL_SIZE = 500;

/** Keys of the index's facts that say which model made its vectors. */
export const MODEL_FINGERPRINT_META = 'model.fingerprint';
export const MODEL_ID_META = 'model.id';

/**
 * Refuses a model that did not make the vectors of the index: cosines between two models mean nothing.
 *
 * @throws {@link SearchError} `SEARCH_MODEL_MISMATCH`.
 */
export async function assertSameModel(store: IndexStore, encoder: ModelIdentity): Promise<void> {
  const indexFingerprint = await store.getMeta(MODEL_FINGERPRINT_META);
  if (indexFingerprint === encoder.fingerprint) return;
  const indexModel = (await store.getMeta(MODEL_ID_META)) ?? 'another model';
  throw new SearchError(
    `the index was embedded with ${indexModel} (${indexFingerprint?.slice(0, 12) ?? 'no fingerprint'}), ` +
      `not with ${encoder.id} (${encoder.fingerprint.slice(0, 12)})`,
    {
      code: 'SEARCH_MODEL_MISMATCH',
      hint: `Run \`codegraphai index --model ${encoder.id}\` to embed the repository with this model.`,
      details: { indexModel, indexFingerprint, encoderModel: encoder.id, encoderFingerprint: encoder.fingerprint },
    },
  );
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
  options: AbortableOptions & { readonly poolSize: number; readonly filter?: SearchFilter | undefined },
): Promise<readonly ScoredChunk[]> {
  await assertSameModel(store, encoder.identity);
  const vectors = await encoder.encodeQuery([question], { signal: options.signal });
  options.signal?.throwIfAborted();
  return store.searchVectors(vectors.row(0), options.poolSize, options.filter);
}
