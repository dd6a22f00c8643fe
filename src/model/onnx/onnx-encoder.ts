import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { EmbeddingMatrix } from '../embedding-matrix.ts';
import type { EncodeOptions, Encoder, ModelIdentity } from '../encoder.ts';
import type { ModelManifest } from '../manifest.ts';
import { ModelError } from '../model-error.ts';
import type { CompiledModel } from './compiled-model.ts';
import type { EncodeWorkerData } from './encode-protocol.ts';
import { EncodeWorkerHandle, type EncodedText, type WorkerRuntime } from './encode-worker-handle.ts';
import type { RuntimeName } from './runtime.ts';

export interface OnnxEncoderOptions {
  /**
   * Most worker threads; each holds a session of its own (about 100 MB). Fewer are started when there is less to do.
   *
   * @defaultValue the number of cores the process may use
   */
  readonly workers?: number | undefined;
  /** Only this runtime package. @defaultValue the first that can be loaded */
  readonly runtime?: RuntimeName | undefined;
}

/**
 * UTF-8 bytes of text that are worth a further worker: it takes about as long to start as this takes to encode.
 */
const BYTES_PER_WORKER = 8 * 1024;

/** Tasks a worker holds at once: it starts the next while the answer to the last is on its way. */
const TASKS_IN_FLIGHT = 2;

/**
 * Encodes with ONNX Runtime in worker threads: one text a run and one thread a session. Batching buys nothing on a CPU
 * and would make the vector of a text depend on its neighbours.
 */
export class OnnxEncoder implements Encoder {
  readonly identity: ModelIdentity;
  /** The package that runs the graph and why that one. */
  readonly runtime: WorkerRuntime;
  readonly #prompts: ModelManifest['prompts'];
  readonly #workerData: EncodeWorkerData;
  readonly #maxWorkers: number;
  #workers: EncodeWorkerHandle[];
  #closing: Promise<void> | null = null;

  private constructor(
    compiled: CompiledModel,
    manifest: ModelManifest,
    start: { data: EncodeWorkerData; worker: EncodeWorkerHandle; runtime: WorkerRuntime; maxWorkers: number },
  ) {
    this.identity = Object.freeze({
      id: manifest.id,
      fingerprint: compiled.fingerprint,
      dimensions: manifest.dimensions,
      maxTokens: manifest.maxTokens,
    });
    this.#prompts = manifest.prompts;
    this.runtime = start.runtime;
    this.#workerData = start.data;
    this.#maxWorkers = start.maxWorkers;
    this.#workers = [start.worker];
  }

  /**
   * Starts the first worker and waits until it can encode.
   *
   * @throws {@link ModelError} `MODEL_RUNTIME_MISSING`, `MODEL_RUNTIME_FAILED` or `MODEL_WORKER_FAILED`.
   */
  static async open(
    compiled: CompiledModel,
    manifest: ModelManifest,
    options: OnnxEncoderOptions = {},
  ): Promise<OnnxEncoder> {
    const maxWorkers = options.workers ?? availableParallelism();
    if (!Number.isInteger(maxWorkers) || maxWorkers < 1) {
      throw new RangeError(`workers is ${maxWorkers} instead of a whole number above zero`);
    }
    const data: EncodeWorkerData = {
      modelPath: compiled.modelPath,
      tokenizer: await readShared(compiled.tokenizerPath),
      maxTokens: manifest.maxTokens,
      runtime: options.runtime ?? null,
    };
    const worker = new EncodeWorkerHandle(data);
    const runtime = await worker.ready;
    return new OnnxEncoder(compiled, manifest, { data, worker, runtime, maxWorkers });
  }

  encode(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#encode(texts, '', options);
  }

  encodeQuery(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#encode(texts, this.#prompts.query, options);
  }

  encodeDocument(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#encode(texts, this.#prompts.document, options);
  }

  /** Idempotent: every call ends when all workers have. Work under way is rejected with `ENCODER_CLOSED`. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#workers.map((worker) => worker.close())).then(() => undefined);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #encode(texts: readonly string[], prompt: string, options: EncodeOptions): Promise<EmbeddingMatrix> {
    options.signal?.throwIfAborted();
    if (this.#closing !== null) throw closedError();
    const matrix = new EmbeddingMatrix(texts.length, this.identity.dimensions);
    // Longest first, so that no worker is left alone with a long text at the end.
    const queue = texts
      .map((text, row) => ({ row, text: prompt + text, bytes: Buffer.byteLength(text) }))
      .toSorted((left, right) => left.bytes - right.bytes || right.row - left.row);
    let textsDone = 0;
    let tokensDone = 0;
    const aborted = rejectWhenAborted(options.signal);
    let failed = false;
    const pull = async (worker: EncodeWorkerHandle): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const encoded = await worker.encode(next.text);
        if (failed) return;
        store(matrix, next.row, encoded);
        textsDone++;
        tokensDone += encoded.encodedTokenCount;
        options.onProgress?.({ textsDone, textsTotal: texts.length, tokensDone });
      }
    };
    const workers = this.#workersFor(queue);
    try {
      const pulls = workers.flatMap((worker) => Array.from({ length: TASKS_IN_FLIGHT }, () => pull(worker)));
      await Promise.race([Promise.all(pulls), aborted.promise]);
    } catch (cause) {
      failed = true;
      queue.length = 0;
      throw this.#closing !== null && !(options.signal?.aborted ?? false) ? closedError() : cause;
    } finally {
      aborted.dispose();
    }
    return matrix;
  }

  /** The workers for a call: those that live, and new ones as far as texts and work are enough for them. */
  #workersFor(queue: ReadonlyArray<{ readonly bytes: number }>): EncodeWorkerHandle[] {
    this.#workers = this.#workers.filter((worker) => worker.alive);
    const bytes = queue.reduce((sum, text) => sum + text.bytes, 0);
    const worthwhile = Math.max(this.#workers.length, Math.ceil(bytes / BYTES_PER_WORKER), 1);
    const wanted = Math.min(this.#maxWorkers, queue.length, worthwhile);
    while (this.#workers.length < wanted) this.#workers.push(new EncodeWorkerHandle(this.#workerData));
    return this.#workers.toSorted((left, right) => left.load - right.load).slice(0, wanted);
  }
}

function store(matrix: EmbeddingMatrix, row: number, encoded: EncodedText): void {
  matrix.row(row).set(encoded.embedding);
  matrix.tokenCounts[row] = encoded.tokenCount;
  matrix.truncated[row] = encoded.encodedTokenCount < encoded.tokenCount ? 1 : 0;
}

/** A promise that rejects with the signal's reason; `dispose` takes the listener off again. */
function rejectWhenAborted(signal: AbortSignal | undefined): { promise: Promise<never>; dispose(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const onAbort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  return { promise, dispose: () => signal?.removeEventListener('abort', onAbort) };
}

function closedError(): ModelError {
  return new ModelError('the encoder was used after it was closed', { code: 'ENCODER_CLOSED' });
}

async function readShared(path: string): Promise<SharedArrayBuffer> {
  const bytes = await readFile(path);
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}
