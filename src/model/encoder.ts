import type { AbortableOptions } from '../kernel/abort.ts';
import type { EmbeddingMatrix } from './embedding-matrix.ts';

/** How activations of int8 layers are quantized: `full` 8 bits (closer to float32), or `torch`'s 7 bits (parity). */
export const NUMERICS = ['full', 'torch'] as const;
export type Numerics = (typeof NUMERICS)[number];

/** What a vector depends on. An index never mixes vectors of two fingerprints. */
export interface ModelIdentity {
  /** Hub id or folder name, such as `codegraphai/multilingual-e5-small-int8`. */
  readonly id: string;
  /** sha256 (hex) over weights, tokenizer, pooling and numerics. */
  readonly fingerprint: string;
  readonly dimensions: number;
  readonly maxTokens: number;
}

/** Progress of one `encode` call; counters only grow. */
export interface EncodeProgress {
  readonly textsDone: number;
  readonly textsTotal: number;
  /** Tokens that went through the network. */
  readonly tokensDone: number;
  /** UTF-8 bytes of the texts done, parts of texts included: what share of the work is done. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/**
 * What becomes of a text that is longer than the network takes: `window` encodes it in parts and averages their vectors
 * by tokens; `truncate` leaves out its end, as sentence-transformers does.
 */
export const LONG_TEXTS = ['window', 'truncate'] as const;
export type LongTexts = (typeof LONG_TEXTS)[number];

export interface EncodeOptions extends AbortableOptions {
  readonly onProgress?: ((progress: EncodeProgress) => void) | undefined;
  /** Put before each text. @defaultValue none for `encode`, the model's own for `encodeQuery` and `encodeDocument` */
  readonly prompt?: string | undefined;
  /** @defaultValue `window` */
  readonly longTexts?: LongTexts | undefined;
  /** Most tokens that go through the network at once, special tokens included. @defaultValue `identity.maxTokens` */
  readonly maxTokens?: number | undefined;
}

/**
 * Text to vectors. The vector of a text depends on the text and the options alone: not on its neighbours in the call,
 * their order, or the number of workers. Rows are L2-normalized when the model says so (e5 does).
 */
export interface Encoder extends AsyncDisposable {
  readonly identity: ModelIdentity;
  /** Encodes texts as they are: no prompt is added. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix>;
  /** Adds the model's prompt for questions (`query: `). */
  encodeQuery(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix>;
  /** Adds the model's prompt for what is searched (`passage: `). */
  encodeDocument(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix>;
  close(): Promise<void>;
}
