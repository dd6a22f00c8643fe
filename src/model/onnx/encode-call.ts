import { EmbeddingMatrix } from '../embedding-matrix.ts';
import { averageWindows } from '../embeddings/average-windows.ts';
import type { EncodeOptions, LongTexts } from '../encoder.ts';
import type { EncodeRequest, EncodeResponse } from './encode-protocol.ts';

export interface EncodeCallSettings {
  readonly dimensions: number;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly longTexts: LongTexts;
  /** Whether the model normalizes its vectors. */
  readonly normalize: boolean;
  readonly onProgress: EncodeOptions['onProgress'];
}

/** A text, or one window of a text that was found to be too long. */
export type EncodeJob =
  | { readonly type: 'text'; readonly row: number; readonly text: string; readonly bytes: number }
  | { readonly type: 'window'; readonly index: number; readonly ids: Int32Array; readonly text: WindowedText };

/** A text whose windows are under way. */
interface WindowedText {
  readonly row: number;
  readonly bytes: number;
  readonly weights: readonly number[];
  readonly embeddings: Float32Array[];
  windowsDone: number;
}

/** Whoever can do a job; an encode worker seen from the main thread. */
export interface EncodeRunner {
  encode(text: string, options: EncodeTextOptions): Promise<EncodedText | SplitResponse>;
  run(ids: Int32Array): Promise<EncodedText>;
}

export type EncodeTextOptions = Omit<Extract<EncodeRequest, { type: 'encode' }>, 'type' | 'task' | 'text'>;
export type EncodedText = Extract<EncodeResponse, { type: 'encoded' }>;
export type SplitResponse = Extract<EncodeResponse, { type: 'split' }>;

/** One call of `encode`: its texts as jobs, and the matrix that their results make. */
export class EncodeCall {
  readonly matrix: EmbeddingMatrix;
  /** UTF-8 bytes of all texts. */
  readonly bytesTotal: number;
  /** One job a text, the longest last: taken first, it leaves no worker alone with a long text at the end. */
  readonly jobs: readonly EncodeJob[];
  readonly #settings: EncodeCallSettings;
  #textsDone = 0;
  #tokensDone = 0;
  #bytesDone = 0;
  #stopped = false;

  constructor(texts: readonly string[], settings: EncodeCallSettings) {
    this.#settings = settings;
    this.matrix = new EmbeddingMatrix(texts.length, settings.dimensions);
    const jobs = texts.map((text, row) => ({ type: 'text', row, text, bytes: Buffer.byteLength(text) }) as const);
    this.bytesTotal = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
    this.jobs = jobs.toSorted((left, right) => left.bytes - right.bytes || right.row - left.row);
  }

  /** Does a job and keeps its result; a long text gives a job for each window. */
  async run(runner: EncodeRunner, job: EncodeJob): Promise<readonly EncodeJob[]> {
    if (job.type === 'window') {
      const { embedding, encodedTokenCount } = await runner.run(job.ids);
      this.#storeWindow(job.text, job.index, embedding, encodedTokenCount);
      return [];
    }
    const { prompt, maxTokens, longTexts } = this.#settings;
    const response = await runner.encode(prompt + job.text, { maxTokens, longTexts });
    if (response.type === 'split') return this.#windowJobs(job, response);
    const { embedding, tokenCount, encodedTokenCount } = response;
    this.matrix.row(job.row).set(embedding);
    this.matrix.tokenCounts[job.row] = tokenCount;
    this.matrix.truncated[job.row] = encodedTokenCount < tokenCount ? 1 : 0;
    this.#advance({ texts: 1, tokens: encodedTokenCount, bytes: job.bytes });
    return [];
  }

  #windowJobs({ row, bytes }: Extract<EncodeJob, { type: 'text' }>, split: SplitResponse): EncodeJob[] {
    const { windows, weights, tokenCount, truncated } = split;
    this.matrix.tokenCounts[row] = tokenCount;
    this.matrix.truncated[row] = truncated ? 1 : 0;
    this.matrix.windows[row] = windows.length;
    const text: WindowedText = { row, bytes, weights, embeddings: [], windowsDone: 0 };
    return windows.map((ids, index) => ({ type: 'window', index, ids, text }));
  }

  #storeWindow(text: WindowedText, index: number, embedding: Float32Array, tokens: number): void {
    text.embeddings[index] = embedding;
    const before = Math.floor((text.bytes * text.windowsDone) / text.weights.length);
    text.windowsDone++;
    const isLast = text.windowsDone === text.weights.length;
    if (isLast) {
      // Only now, and in the text's order: windows arrive in any, and sums depend on it.
      const windows = text.embeddings.map((window, at) => ({ embedding: window, tokens: text.weights[at] ?? 0 }));
      this.matrix.row(text.row).set(averageWindows(windows, this.#settings.normalize));
    }
    const bytes = Math.floor((text.bytes * text.windowsDone) / text.weights.length) - before;
    this.#advance({ texts: isLast ? 1 : 0, tokens, bytes });
  }

  /** Reports no more: the call has ended, and what was under way still comes in. */
  stop(): void {
    this.#stopped = true;
  }

  #advance({ texts, tokens, bytes }: { texts: number; tokens: number; bytes: number }): void {
    this.#textsDone += texts;
    this.#tokensDone += tokens;
    this.#bytesDone += bytes;
    if (this.#stopped) return;
    this.#settings.onProgress?.({
      textsDone: this.#textsDone,
      textsTotal: this.matrix.rows,
      tokensDone: this.#tokensDone,
      bytesDone: this.#bytesDone,
      bytesTotal: this.bytesTotal,
    });
  }
}
