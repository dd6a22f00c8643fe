import type { EmbeddingPrecision, EmbeddingsOf } from './embeddings/quantized-embeddings.ts';
import type { QuantizeEmbeddingsOptions } from './embeddings/quantize-embeddings.ts';
import type { EncodeOptions } from './encoder.ts';
import type { OpenEncoderOptions } from './open-encoder.ts';

export interface LoadModelOptions extends OpenEncoderOptions {
  /**
   * Most tokens that go through the network at once, special tokens included; never more than it has positions.
   *
   * @defaultValue what the model's files say
   */
  readonly maxSeqLength?: number | undefined;
}

/**
 * Options of `QuantizedModelLoader.encode`, named as in sentence-transformers. What there changes the kind of the
 * result (`output_value`, `convert_to_tensor`, `convert_to_numpy`) has no counterpart: the result is always a matrix.
 */
export interface LoaderEncodeOptions extends Omit<EncodeOptions, 'maxTokens'>, QuantizeEmbeddingsOptions {
  /**
   * Accepted so that calls written for sentence-transformers run, and checked as there. It changes nothing: texts go
   * through the network one by one, because on a CPU batches are not faster and would make a vector depend on its
   * neighbours.
   *
   * @defaultValue 32
   */
  readonly batchSize?: number | undefined;
  /**
   * Draws share, rate and remaining time on standard error: one moving line on a terminal, a line every ten seconds
   * elsewhere.
   *
   * @defaultValue false
   */
  readonly showProgressBar?: boolean | undefined;
  /** L2-normalizes the rows, also where the model does not, and after truncation. @defaultValue false */
  readonly normalizeEmbeddings?: boolean | undefined;
  /** Type of the returned numbers; see `quantizeEmbeddings`. @defaultValue `float32` */
  readonly precision?: EmbeddingPrecision | undefined;
  /** Keeps only the first dimensions (Matryoshka), before rows are normalized. @defaultValue all */
  readonly truncateDim?: number | undefined;
  /** Name of one of the model's `prompts`; `prompt` has precedence. */
  readonly promptName?: string | undefined;
  /** Put before each text. @defaultValue the model's default prompt for `encode`, its own for queries and documents */
  readonly prompt?: string | undefined;
}

/** A text as the network gets it. */
export interface TokenizedInput {
  /** Ids, special tokens included. */
  readonly inputIds: Int32Array;
  /** 1 for each id: texts are not padded to each other's length. */
  readonly attentionMask: Uint8Array;
  /** The tokens as the vocabulary writes them. */
  readonly tokens: readonly string[];
  /** Whether the text is longer; `encode` takes such texts in windows. */
  readonly truncated: boolean;
}

/** Options under which the result is float32. */
export type Float32Options = LoaderEncodeOptions & { readonly precision?: 'float32' | undefined };

/** Options that say the precision of the result. */
export type PrecisionOptions<Precision extends EmbeddingPrecision> = LoaderEncodeOptions & {
  readonly precision: Precision;
};

/** What is returned where the type of the options does not tell the precision. */
export type AnyEmbeddings = EmbeddingsOf<EmbeddingPrecision>;
