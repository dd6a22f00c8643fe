import type { Diagnostic } from '../kernel/diagnostics.ts';
import { silentLogger, type Logger } from '../kernel/logger.ts';
import type { EmbeddingMatrix } from './embedding-matrix.ts';
import { ProgressLine } from './embeddings/progress-line.ts';
import { checkRanges, needsRanges, quantizeEmbeddings } from './embeddings/quantize-embeddings.ts';
import type { EmbeddingPrecision, EmbeddingsOf } from './embeddings/quantized-embeddings.ts';
import {
  similarity,
  similarityPairwise,
  type SimilarityInput,
  type SimilarityMatrix,
} from './embeddings/similarity.ts';
import type { EncodeProgress } from './encoder.ts';
import type {
  AnyEmbeddings,
  Float32Options,
  LoaderEncodeOptions,
  LoadModelOptions,
  PrecisionOptions,
  TokenizedInput,
} from './loader-options.ts';
import type { Prompts, Similarity } from './manifest.ts';
import type { TokenizeTextsOptions } from './onnx/onnx-encoder.ts';
import { openEncoder, type OpenedEncoder } from './open-encoder.ts';
import type { ResolvedModel } from './resolve-model.ts';

/** From this number of embeddings on, their ranges say something about others; as in sentence-transformers. */
const MIN_RANGED_ROWS = 100;

/**
 * A sentence embedding model by its name, with the calls of sentence-transformers. The model may be quantized, and the
 * embedded default is.
 *
 * @example
 * ```ts
 * await using model = await QuantizedModelLoader.load('./models/elastic/multilingual-e5-small-optimized');
 * const embeddings = await model.encode(['example text']);
 * ```
 */
export class QuantizedModelLoader implements AsyncDisposable {
  readonly #opened: OpenedEncoder;
  readonly #logger: Logger;
  #maxSeqLength: number;

  private constructor(opened: OpenedEncoder, logger: Logger) {
    this.#opened = opened;
    this.#logger = logger;
    this.#maxSeqLength = opened.encoder.identity.maxTokens;
  }

  /**
   * @param ref - Folder, hub id, or null for the default model.
   * @throws as {@link openEncoder}; RangeError for a `maxSeqLength` the network does not take.
   */
  static async load(ref: string | null = null, options: LoadModelOptions = {}): Promise<QuantizedModelLoader> {
    const { maxSeqLength, logger = silentLogger, ...openOptions } = options;
    const opened = await openEncoder(ref, { ...openOptions, logger });
    const loader = new QuantizedModelLoader(opened, logger);
    try {
      if (maxSeqLength !== undefined) loader.maxSeqLength = maxSeqLength;
    } catch (cause) {
      await loader.close();
      throw cause;
    }
    return loader;
  }

  /** The model that really makes the vectors. */
  get model(): ResolvedModel {
    return this.#opened.model;
  }

  /** Why a better candidate was passed over; empty when the first one serves. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#opened.diagnostics;
  }

  /** What the model puts before texts, by name; `query` and `document` are always there, empty where it has none. */
  get prompts(): Prompts {
    return this.#opened.encoder.manifest.prompts;
  }

  /** How {@link similarity} compares. */
  get similarityFunction(): Similarity {
    return this.#opened.encoder.manifest.similarity;
  }

  /** Numbers in a full embedding. */
  getEmbeddingDimension(): number {
    return this.#opened.encoder.identity.dimensions;
  }

  /** As {@link getEmbeddingDimension}, by its name before sentence-transformers 6. */
  getSentenceEmbeddingDimension(): number {
    return this.getEmbeddingDimension();
  }

  /** As {@link maxSeqLength}. */
  getMaxSeqLength(): number {
    return this.#maxSeqLength;
  }

  /**
   * Most tokens that go through the network at once, special tokens included. May be set; it counts from the next call
   * on. Vectors of texts that are longer depend on it.
   */
  get maxSeqLength(): number {
    return this.#maxSeqLength;
  }

  /** @throws RangeError below 3, or for more than the network has positions. */
  set maxSeqLength(value: number) {
    this.#opened.encoder.assertMaxTokens(value, 'maxSeqLength');
    this.#maxSeqLength = value;
  }

  /**
   * Encodes texts: the model's default prompt, if it has one, is put before each. One string gives a matrix of one row.
   * Texts over {@link maxSeqLength} are encoded in windows and averaged, unless `longTexts` says otherwise; `windows` of
   * the result tells which.
   *
   * @throws {@link ModelError} `ENCODER_CLOSED`, `MODEL_WORKER_FAILED`, `MODEL_RUNTIME_FAILED`, `MODEL_UNSUPPORTED` for
   * `truncate` where the model's tokenizer cuts texts at their beginning; TypeError for what is no text; RangeError for an impossible `truncateDim`, `batchSize` or `promptName`, or for `int8` and `uint8` of a single
   * text without `ranges` or `calibrationEmbeddings`; the signal's reason when aborted.
   */
  encode(texts: string | readonly string[], options?: Float32Options): Promise<EmbeddingMatrix>;
  encode<Precision extends EmbeddingPrecision>(
    texts: string | readonly string[],
    options: PrecisionOptions<Precision>,
  ): Promise<EmbeddingsOf<Precision>>;
  encode(texts: string | readonly string[], options: LoaderEncodeOptions): Promise<AnyEmbeddings>;
  encode(texts: string | readonly string[], options: LoaderEncodeOptions = {}): Promise<AnyEmbeddings> {
    return this.#encode(texts, this.#opened.encoder.manifest.defaultPrompt, options);
  }

  /** As {@link encode}, with the model's prompt for questions. */
  encodeQuery(texts: string | readonly string[], options?: Float32Options): Promise<EmbeddingMatrix>;
  encodeQuery<Precision extends EmbeddingPrecision>(
    texts: string | readonly string[],
    options: PrecisionOptions<Precision>,
  ): Promise<EmbeddingsOf<Precision>>;
  encodeQuery(texts: string | readonly string[], options: LoaderEncodeOptions): Promise<AnyEmbeddings>;
  encodeQuery(texts: string | readonly string[], options: LoaderEncodeOptions = {}): Promise<AnyEmbeddings> {
    return this.#encode(texts, this.prompts.query, options);
  }

  /**
   * As {@link encode}, with the model's prompt for what is searched: `document`, `passage` or `corpus`, the first it has.
   * (sentence-transformers 6.2 gives every model an empty `document` first, and so never finds the `passage: ` that
   * e5 models were trained with; pass `prompt: ''` to do the same.)
   */
  encodeDocument(texts: string | readonly string[], options?: Float32Options): Promise<EmbeddingMatrix>;
  encodeDocument<Precision extends EmbeddingPrecision>(
    texts: string | readonly string[],
    options: PrecisionOptions<Precision>,
  ): Promise<EmbeddingsOf<Precision>>;
  encodeDocument(texts: string | readonly string[], options: LoaderEncodeOptions): Promise<AnyEmbeddings>;
  encodeDocument(texts: string | readonly string[], options: LoaderEncodeOptions = {}): Promise<AnyEmbeddings> {
    return this.#encode(texts, this.prompts.document, options);
  }

  /**
   * Compares every embedding on the left with every one on the right, with the model's similarity function.
   *
   * @returns values of shape [left, right]; greater is more alike, distances are negative.
   * @throws RangeError when dimensions differ.
   */
  similarity(left: SimilarityInput, right: SimilarityInput): SimilarityMatrix {
    return similarity(left, right, this.similarityFunction);
  }

  /**
   * Compares embeddings pair by pair: the first of the left with the first of the right, and so on.
   *
   * @throws RangeError when the numbers of embeddings or their dimensions differ.
   */
  similarityPairwise(left: SimilarityInput, right: SimilarityInput): Float32Array {
    return similarityPairwise(left, right, this.similarityFunction);
  }

  /**
   * Tokenizes texts as they go through the network: special tokens included, cut at {@link maxSeqLength}. No prompt is
   * added.
   *
   * @throws as {@link encode}.
   */
  async tokenize(
    texts: string | readonly string[],
    options: Pick<TokenizeTextsOptions, 'signal'> = {},
  ): Promise<readonly TokenizedInput[]> {
    const maxTokens = this.#maxSeqLength;
    const tokenized = await this.#opened.encoder.tokenize(listOf(texts), { ...options, maxTokens });
    return tokenized.map(({ ids, tokens, truncated }) => ({
      inputIds: ids,
      attentionMask: new Uint8Array(ids.length).fill(1),
      tokens,
      truncated,
    }));
  }

  close(): Promise<void> {
    return this.#opened.encoder.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #encode(
    texts: string | readonly string[],
    methodPrompt: string,
    options: LoaderEncodeOptions,
  ): Promise<AnyEmbeddings> {
    const list = listOf(texts);
    // Before the work, not after it.
    const settings = this.#checked(list, options);
    const { precision, truncateDim } = settings;
    const { longTexts, signal } = options;
    const prompt = options.prompt ?? this.#promptNamed(options.promptName) ?? methodPrompt;
    const line = options.showProgressBar === true ? new ProgressLine() : null;
    const onProgress = (progress: EncodeProgress): void => {
      line?.show(progress);
      options.onProgress?.(progress);
    };
    try {
      const encodeOptions = { prompt, longTexts, maxTokens: this.#maxSeqLength, signal, onProgress };
      const matrix = (await this.#opened.encoder.encode(list, encodeOptions)).truncateTo(truncateDim);
      if (options.normalizeEmbeddings === true) matrix.normalize();
      return quantizeEmbeddings(matrix, precision, options);
    } finally {
      line?.finish();
    }
  }

  #checked(texts: readonly string[], options: LoaderEncodeOptions): ResolvedEncodeOptions {
    const { batchSize = 32, precision = 'float32', ranges, calibrationEmbeddings } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`batchSize is ${batchSize} instead of a whole number above zero`);
    }
    const dimensions = this.getEmbeddingDimension();
    const { truncateDim = dimensions } = options;
    if (!Number.isInteger(truncateDim) || truncateDim < 1 || truncateDim > dimensions) {
      throw new RangeError(`truncateDim is ${truncateDim} instead of a whole number from 1 to ${dimensions}`);
    }
    checkRanges(precision, { rows: texts.length, dimensions: truncateDim }, options);
    const rangedByItself = needsRanges(precision) && ranges === undefined && calibrationEmbeddings === undefined;
    if (rangedByItself && texts.length > 0 && texts.length < MIN_RANGED_ROWS) {
      this.#logger.warn(
        `${precision} ranges are taken from ${texts.length} embeddings: give ranges or calibrationEmbeddings of more`,
      );
    }
    return { precision, truncateDim };
  }

  #promptNamed(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const prompt = Object.hasOwn(this.prompts, name) ? this.prompts[name] : undefined;
    if (prompt !== undefined) return prompt;
    const known = Object.keys(this.prompts).join(', ');
    throw new RangeError(`the model ${this.model.id} has no prompt named ${JSON.stringify(name)}; it has ${known}`);
  }
}

interface ResolvedEncodeOptions {
  readonly precision: EmbeddingPrecision;
  readonly truncateDim: number;
}

/** @throws TypeError for what is neither, as callers without types may hand in. */
function listOf(texts: string | readonly string[]): readonly string[] {
  if (typeof texts === 'string') return [texts];
  if (Array.isArray(texts)) return texts;
  throw new TypeError(`texts are of type ${typeof texts} and neither a string nor an array of strings`);
}
