import type { Diagnostic } from '../../kernel/diagnostics.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { OpenEncoderOptions, PassedOverModel } from '../../model/open-encoder.ts';
import { MODEL_META, modelMeta, readModelRecord, type ModelRecord, type PassedOver } from '../../store/model-record.ts';
import type { IndexStore } from '../../store/index-store.ts';
import type { ChosenModel, ModelOpener, OpenedEncoderLike } from '../model-opener.ts';
import type { IndexProgressListener } from '../progress.ts';
import { embedChunks, modelTakenAway } from './embed-chunks.ts';

export interface UpdateVectorsInput {
  readonly store: IndexStore;
  /** Hub id or folder; null for the default order. */
  readonly embeddingModel: string | null;
  readonly opener: ModelOpener;
  /** For the model layer; `weightPrecision` is kept with the index. */
  readonly encoderOptions: OpenEncoderOptions;
  readonly onProgress: IndexProgressListener;
  readonly logger: Logger;
}

export interface UpdateVectorsResult {
  readonly embedded: number;
  readonly tokens: number;
  /** Vectors that were there already are of this model. */
  readonly reusable: boolean;
  readonly model: ModelRecord | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives every chunk a vector of one model. Where nothing is to be encoded and the model is the one of the index, it is not
 * even opened. Where it is another, all vectors are forgotten in the transaction that names the new one; the files need
 * not be parsed again.
 *
 * @throws {@link IndexingError} `INDEXING_MODEL_CHANGED` when another run takes another model meanwhile.
 * @throws {@link ModelError} when no model can be opened.
 */
export async function updateVectors(input: UpdateVectorsInput): Promise<UpdateVectorsResult> {
  const { store, logger } = input;
  const recorded = await readModelRecord(store);
  const upToDate = await recognizeModel(input, recorded);
  if (upToDate !== null) {
    report(upToDate, input);
    return { embedded: 0, tokens: 0, reusable: true, model: upToDate, diagnostics: upToDate.diagnostics };
  }
  const opened = await input.opener.open(input.embeddingModel, input.encoderOptions);
  await using encoder = opened.encoder;
  const record = await recordOf(opened, input, recorded);
  report(record, input);
  const reusable = recorded?.fingerprint === record.fingerprint;
  const changed = recorded === null || reusable ? null : await modelChanged(store, recorded, record);
  if (changed !== null) logger.warn(changed.message, { code: changed.code });
  // Vectors and the name of their model change together: nobody ever finds vectors of two models, or of another one.
  if (reusable) await keepRecord(store, record);
  else await store.clearEmbeddings(modelMeta(record));
  const { embedded, tokens, truncated } = await embedChunks(
    store,
    encoder,
    input.onProgress,
    input.encoderOptions.signal,
  );
  if (truncated > 0)
    logger.debug('texts over the limit of the model', { truncated, maxTokens: encoder.identity.maxTokens });
  const diagnostics = changed === null ? record.diagnostics : [changed, ...record.diagnostics];
  return { embedded, tokens, reusable, model: record, diagnostics };
}

/** The record of a model that has nothing to do: every text has its vector, and the reference still means that model. */
async function recognizeModel(input: UpdateVectorsInput, recorded: ModelRecord | null): Promise<ModelRecord | null> {
  const { store, opener, embeddingModel, encoderOptions } = input;
  if (recorded === null || (await store.counts()).pending > 0) return null;
  const identified = await opener.identify(embeddingModel, encoderOptions);
  if (identified?.fingerprint !== recorded.fingerprint) return null;
  const record: ModelRecord = {
    ...recorded,
    id: identified.model.id,
    ...placeOf(identified.model),
    requested: embeddingModel,
    precision: encoderOptions.weightPrecision ?? 'auto',
    // It is the first choice now, whatever it stood in for before.
    fallbackFrom: [],
    diagnostics: recorded.diagnostics.filter(({ code }) => code !== 'MODEL_FALLBACK'),
  };
  await keepRecord(store, record);
  return record;
}

/** Renews what an index says of its model, unless another run has given it another one meanwhile. */
async function keepRecord(store: IndexStore, record: ModelRecord): Promise<void> {
  const kept = await store.setMeta(modelMeta(record), { [MODEL_META.fingerprint]: record.fingerprint });
  if (!kept) throw await modelTakenAway(store, record);
}

function placeOf({ folder, weights, source, reason }: ChosenModel): Pick<ModelRecord, 'folder' | 'source' | 'reason'> {
  return { folder: weights ?? folder, source, reason };
}

async function recordOf(
  { encoder, model, diagnostics, passedOver = [] }: OpenedEncoderLike,
  { embeddingModel, opener, encoderOptions }: UpdateVectorsInput,
  recorded: ModelRecord | null,
): Promise<ModelRecord> {
  const { id, fingerprint, dimensions, maxTokens } = encoder.identity;
  const known =
    recorded?.fingerprint === fingerprint && recorded.folder === placeOf(model).folder && recorded.weights !== '';
  const { format, weights, quantization } = known ? recorded : await opener.look(placeOf(model).folder);
  const fallbackFrom: PassedOver[] = [];
  for (const passed of passedOver) fallbackFrom.push(await withFingerprint(passed, opener, encoderOptions));
  return {
    id,
    fingerprint,
    dimensions,
    maxTokens,
    requested: embeddingModel,
    ...placeOf(model),
    format,
    weights,
    quantization,
    precision: encoderOptions.weightPrecision ?? 'auto',
    fallbackFrom,
    diagnostics,
  };
}

/** So that a search can tell later whether the files of a model that failed have been repaired. */
async function withFingerprint(
  passed: PassedOverModel,
  opener: ModelOpener,
  options: OpenEncoderOptions,
): Promise<PassedOver> {
  const identified = await opener.identify(passed.folder, options);
  return identified?.model.folder === passed.folder ? { ...passed, fingerprint: identified.fingerprint } : passed;
}

function report(record: ModelRecord, { logger, onProgress }: UpdateVectorsInput): void {
  const { id, fingerprint, source, reason, folder, format, weights, quantization, precision } = record;
  onProgress({ stage: 'model', state: 'chosen', id, source, reason });
  const loader = format === 'unknown' ? '' : `, ${describeLoader(record)}`;
  logger.info(`embedding model ${id}: ${reason}${loader}`, {
    fingerprint,
    folder,
    weights,
    quantization,
    precision,
  });
}

/** How a model is loaded, in words. */
function describeLoader({ format, weights, quantization }: ModelRecord): string {
  const how = quantization === null ? 'not quantized' : `quantized (${quantization})`;
  return format === 'onnx' ? `${weights} run as it is, ${how}` : `${weights} compiled here, ${how}`;
}

async function modelChanged(store: IndexStore, before: ModelRecord, after: ModelRecord): Promise<Diagnostic | null> {
  const { embedded } = await store.counts();
  if (embedded === 0) return null;
  const what =
    before.id === after.id
      ? `${after.id} has other files, another precision or another compiled form than when the index was made`
      : `the index was made with ${before.id} and is now made with ${after.id} (${after.reason})`;
  return {
    severity: 'info',
    code: 'MODEL_CHANGED',
    message: `${what}: every text is encoded again, and no file is parsed again for it`,
    hint:
      before.id === after.id
        ? 'Let the run finish; it goes on where it was stopped.'
        : `Run \`codegraphai index --model ${before.requested ?? before.id}\` to go back.`,
  };
}
