import type { Logger } from '../kernel/logger.ts';
import type { Encoder } from '../model/encoder.ts';
import { openEncoder } from '../model/open-encoder.ts';
import type { IndexStore } from '../store/index-store.ts';

/** Key of the index's facts that says where its model was found: questions are encoded with the same files. */
export const MODEL_FOLDER_META = 'model.folder';

export interface QueryEncoderOptions {
  /** Folder of the repository, absolute. */
  readonly root: string;
  readonly store: IndexStore;
  /** Hub id or folder; null: the model the index was made with. @defaultValue null */
  readonly model?: string | null | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * The encoder of questions, opened when the first one comes. One worker: a question is one text. Never another model in
 * place of the one that is meant: cosines between two models mean nothing.
 */
export class QueryEncoder {
  readonly #options: QueryEncoderOptions;
  #opened: Promise<Encoder> | null = null;

  constructor(options: QueryEncoderOptions) {
    this.#options = options;
  }

  /** @throws {@link ModelError} when the model cannot be loaded; the next call tries again. */
  async open(): Promise<Encoder> {
    this.#opened ??= this.#load();
    try {
      return await this.#opened;
    } catch (thrown) {
      this.#opened = null;
      throw thrown;
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    const [encoder] = await Promise.allSettled([opened]);
    if (encoder.status === 'fulfilled') await encoder.value?.close();
  }

  async #load(): Promise<Encoder> {
    const { root, store, model = null, logger } = this.#options;
    const reference = model ?? (await store.getMeta(MODEL_FOLDER_META)) ?? null;
    const { encoder } = await openEncoder(reference, { root, strict: true, workers: 1, logger });
    return encoder;
  }
}
