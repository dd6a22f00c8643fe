import type { Diagnostic } from '../kernel/diagnostics.ts';
import { CodeGraphError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Encoder } from '../model/encoder.ts';
import { ModelError } from '../model/model-error.ts';
import { identifyModel, openEncoder, type OpenEncoderOptions } from '../model/open-encoder.ts';
import { WEIGHT_PRECISIONS } from '../model/weight-precision.ts';
import type { IndexStore } from '../store/index-store.ts';
import { readModelRecord, type ModelRecord } from '../store/model-record.ts';
import { indexCommand, modelMismatch } from './model-mismatch.ts';

export interface QueryEncoderOptions {
  /** Folder of the repository, absolute. */
  readonly root: string;
  readonly store: IndexStore;
  /** Hub id or folder; null: the model the index was made with. @defaultValue null */
  readonly model?: string | null | undefined;
  readonly logger?: Logger | undefined;
}

interface Opened {
  readonly encoder: Encoder;
  readonly notices: readonly Diagnostic[];
}

/**
 * The encoder of questions, opened when the first one comes. One worker: a question is one text. Never another model in
 * place of the one that is meant, also where a better one has come: cosines between two models mean nothing.
 */
export class QueryEncoder {
  readonly #options: QueryEncoderOptions;
  #opened: Promise<Opened> | null = null;

  constructor(options: QueryEncoderOptions) {
    this.#options = options;
  }

  /**
   * The encoder for the index as it is now: where its model has changed since the last question, the new one.
   *
   * @throws {@link ModelError} when the model cannot be loaded; the next call tries again.
   * @throws {@link SearchError} `SEARCH_MODEL_MISMATCH` when the files of the model are not those that made the vectors.
   */
  async open(): Promise<Encoder> {
    return (await this.#current()).encoder;
  }

  /** What to know about the model: `SEARCH_BETTER_MODEL` where the default order now begins with another one. */
  async notices(): Promise<readonly Diagnostic[]> {
    return (await this.#current()).notices;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    const [settled] = await Promise.allSettled([opened]);
    if (settled.status === 'fulfilled') await settled.value?.encoder.close();
  }

  async #current(): Promise<Opened> {
    const record = await readModelRecord(this.#options.store);
    const opened = this.#opened;
    if (opened !== null && record !== null && (this.#options.model ?? null) === null) {
      const { encoder } = await opened;
      if (encoder.identity.fingerprint !== record.fingerprint && this.#opened === opened) await this.close();
    }
    const loading = (this.#opened ??= this.#load(record));
    try {
      return await loading;
    } catch (thrown) {
      if (this.#opened === loading) this.#opened = null;
      throw thrown;
    }
  }

  async #load(record: ModelRecord | null): Promise<Opened> {
    const { root, model = null, logger } = this.#options;
    const weightPrecision = WEIGHT_PRECISIONS.find((precision) => precision === record?.precision);
    const options: OpenEncoderOptions = { root, strict: true, workers: 1, weightPrecision, logger };
    if (model !== null) {
      await refuseOther(model, record, options);
      return { encoder: (await openEncoder(model, options)).encoder, notices: [] };
    }
    // The model of an index was on this machine; a search is not the time to download it again.
    const onMachine: OpenEncoderOptions = { ...options, download: 'never' };
    if (record === null) return { encoder: (await openEncoder(null, onMachine)).encoder, notices: [] };
    const reference = await referenceOf(record, onMachine);
    await refuseOther(reference, record, onMachine, null);
    const { encoder } = await openEncoder(reference, onMachine).catch((thrown: unknown) => {
      throw isGone(thrown) ? modelGone(record, thrown) : thrown;
    });
    return { encoder, notices: await betterModel(record, onMachine) };
  }
}

/** Before it is opened and perhaps compiled for nothing. A model that cannot be identified is told by opening it. */
async function refuseOther(
  reference: string,
  record: ModelRecord | null,
  options: OpenEncoderOptions,
  named: string | null = reference,
): Promise<void> {
  if (record === null) return;
  const found = await identifyModel(reference, options);
  if (found === null || found.fingerprint === record.fingerprint) return;
  const id = named === null ? record.id : found.model.id;
  throw modelMismatch(record, { id, fingerprint: found.fingerprint }, named);
}

/** The place where the model of an index was, or its name where it has gone from there (a package that was updated). */
async function referenceOf(record: ModelRecord, options: OpenEncoderOptions): Promise<string> {
  if (record.folder === '') return record.id;
  if ((await identifyModel(record.folder, options)) !== null) return record.folder;
  return (await identifyModel(record.id, options)) === null ? record.folder : record.id;
}

/** Where the default order was asked for and now begins with another model that looks usable, says so. */
async function betterModel(record: ModelRecord, options: OpenEncoderOptions): Promise<readonly Diagnostic[]> {
  if (record.requested !== null) return [];
  const first = await identifyModel(null, options);
  if (
    first === null ||
    first.fingerprint === record.fingerprint ||
    (await isAsItFailed(first.model.folder, record, options))
  ) {
    return [];
  }
  return [
    {
      severity: 'info',
      code: 'SEARCH_BETTER_MODEL',
      message: `the index was embedded with ${record.id}, and ${first.model.id} is available now (${first.model.reason})`,
      hint: `Run \`${indexCommand(null, record.precision)}\` to embed the repository with it: no file is parsed for it.`,
    },
  ];
}

/** Whether a model is one that the index had to do without, and its files are still the same. */
async function isAsItFailed(folder: string, record: ModelRecord, options: OpenEncoderOptions): Promise<boolean> {
  const failed = record.fallbackFrom.find((passed) => passed.folder === folder);
  if (failed === undefined) return false;
  const now = await identifyModel(folder, options);
  return now !== null && now.fingerprint === failed.fingerprint;
}

function isGone(thrown: unknown): thrown is CodeGraphError {
  return CodeGraphError.isInstance(thrown) && thrown.code === 'MODEL_NOT_FOUND';
}

/** The model layer's advice is for who names a model; this index has named one already. */
function modelGone({ id, folder, requested, precision }: ModelRecord, cause: CodeGraphError): ModelError {
  return new ModelError(
    `${id}, the model of the index, is neither in ${folder} any more nor elsewhere on this machine`,
    {
      code: 'MODEL_NOT_FOUND',
      hint: `Put it back, run \`${indexCommand(null, precision)}\` to embed the repository with a model that is here, or search with \`--mode keyword\`.`,
      details: { ...cause.details, requested },
      cause,
    },
  );
}
