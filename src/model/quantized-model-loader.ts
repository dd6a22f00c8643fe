import type { Diagnostic } from '../kernel/diagnostics.ts';
import { EmbeddingMatrix } from './embedding-matrix.ts';
import type { EncodeOptions, EncodeProgress } from './encoder.ts';
import { openEncoder, type OpenedEncoder, type OpenEncoderOptions } from './open-encoder.ts';
import type { ResolvedModel } from './resolve-model.ts';

export interface LoadModelOptions extends OpenEncoderOptions {
  /** Models run on the CPU; the option is there for those who write it. @defaultValue `cpu` */
  readonly device?: 'cpu' | undefined;
}

/** Options of {@link QuantizedModelLoader.encode}, named as in sentence-transformers. */
export interface LoaderEncodeOptions extends EncodeOptions {
  /**
   * Accepted so that calls written for sentence-transformers run; texts are encoded one by one in any case, because
   * on a CPU batches are not faster and would make a vector depend on its neighbours.
   */
  readonly batchSize?: number | undefined;
  /** Draws a line of progress on standard error. @defaultValue false */
  readonly showProgressBar?: boolean | undefined;
  /** L2-normalizes the rows, also where the model does not, and after truncation. @defaultValue false */
  readonly normalizeEmbeddings?: boolean | undefined;
  /** Keeps only the first dimensions (Matryoshka). @defaultValue all */
  readonly truncateDim?: number | undefined;
}

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

  private constructor(opened: OpenedEncoder) {
    this.#opened = opened;
  }

  /**
   * @param ref - Folder, hub id that is on this machine, or null for the default model.
   * @throws as {@link openEncoder}.
   */
  static async load(ref: string | null = null, options: LoadModelOptions = {}): Promise<QuantizedModelLoader> {
    return new QuantizedModelLoader(await openEncoder(ref, options));
  }

  /** The model that really makes the vectors. */
  get model(): ResolvedModel {
    return this.#opened.model;
  }

  /** Why a better candidate was passed over; empty when the first one serves. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#opened.diagnostics;
  }

  /** Numbers in a full embedding. */
  getSentenceEmbeddingDimension(): number {
    return this.#opened.encoder.identity.dimensions;
  }

  /** Most tokens of a text that is encoded whole. */
  getMaxSeqLength(): number {
    return this.#opened.encoder.identity.maxTokens;
  }

  /**
   * Encodes texts as they are; one string gives a matrix of one row.
   *
   * @throws {@link ModelError} `ENCODER_CLOSED`, `MODEL_WORKER_FAILED`, `MODEL_RUNTIME_FAILED`; RangeError for an impossible
   * `truncateDim`; the signal's reason when aborted.
   */
  encode(texts: string | readonly string[], options: LoaderEncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#finish(options, (encodeOptions) => this.#opened.encoder.encode(listOf(texts), encodeOptions));
  }

  /** As {@link encode}, with the model's prompt for questions. */
  encodeQuery(texts: string | readonly string[], options: LoaderEncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#finish(options, (encodeOptions) => this.#opened.encoder.encodeQuery(listOf(texts), encodeOptions));
  }

  /** As {@link encode}, with the model's prompt for what is searched. */
  encodeDocument(texts: string | readonly string[], options: LoaderEncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#finish(options, (encodeOptions) => this.#opened.encoder.encodeDocument(listOf(texts), encodeOptions));
  }

  async #finish(
    options: LoaderEncodeOptions,
    encode: (options: EncodeOptions) => Promise<EmbeddingMatrix>,
  ): Promise<EmbeddingMatrix> {
    const { normalizeEmbeddings = false, showProgressBar = false, onProgress, signal } = options;
    const dimensions = this.getSentenceEmbeddingDimension();
    const { truncateDim = dimensions } = options;
    // Before the work, not after it.
    if (!Number.isInteger(truncateDim) || truncateDim < 1 || truncateDim > dimensions) {
      throw new RangeError(`truncateDim is ${truncateDim} instead of a whole number from 1 to ${dimensions}`);
    }
    const report = (progress: EncodeProgress): void => {
      if (showProgressBar) drawProgress(progress);
      onProgress?.(progress);
    };
    const matrix = truncateRows(await encode({ signal, onProgress: report }), truncateDim);
    if (normalizeEmbeddings) for (const row of matrix) normalizeRow(row);
    return matrix;
  }

  close(): Promise<void> {
    return this.#opened.encoder.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function listOf(texts: string | readonly string[]): readonly string[] {
  return typeof texts === 'string' ? [texts] : texts;
}

function truncateRows(matrix: EmbeddingMatrix, dimensions: number): EmbeddingMatrix {
  if (dimensions === matrix.dimensions) return matrix;
  const result = new EmbeddingMatrix(matrix.rows, dimensions);
  for (let row = 0; row < matrix.rows; row++) result.row(row).set(matrix.row(row).subarray(0, dimensions));
  result.tokenCounts.set(matrix.tokenCounts);
  result.truncated.set(matrix.truncated);
  return result;
}

/** Divides a row by its length, in place; a row of zeros stays. */
function normalizeRow(row: Float32Array): void {
  const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) return;
  for (const [index, value] of row.entries()) row[index] = value / norm;
}

function drawProgress({ textsDone, textsTotal, tokensDone }: EncodeProgress): void {
  process.stderr.write(
    `\r${textsDone}/${textsTotal} texts, ${tokensDone} tokens${textsDone === textsTotal ? '\n' : ''}`,
  );
}
