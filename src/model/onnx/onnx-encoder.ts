import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { EmbeddingMatrix } from '../embedding-matrix.ts';
import { LONG_TEXTS, type EncodeOptions, type Encoder, type LongTexts, type ModelIdentity } from '../encoder.ts';
import type { ModelManifest } from '../manifest.ts';
import { ModelError } from '../model-error.ts';
import type { TokenStrings } from '../tokenizer/tokenizer.ts';
import type { CompiledModel } from './compiled-model.ts';
import { EncodeCall } from './encode-call.ts';
import type { EncodeWorkerData } from './encode-protocol.ts';
import { EncodeWorkerHandle, type WorkerRuntime } from './encode-worker-handle.ts';
import { DEFAULT_DEVICE, type Device } from './execution-device.ts';
import { runJobs } from './run-jobs.ts';
import type { RuntimeName } from './runtime.ts';

export interface OnnxEncoderOptions {
  /**
   * Most worker threads; each holds a session of its own (about 100 MB). Fewer are started when there is less to do.
   *
   * @defaultValue the number of cores the process may use; 1 on another device than the CPU
   */
  readonly workers?: number | undefined;
  /** Where the network runs: `cpu`, or what else the runtime here was built for, such as `cuda:0`. @defaultValue `cpu` */
  readonly device?: Device | undefined;
  /** Only this runtime package. @defaultValue the first that can be loaded */
  readonly runtime?: RuntimeName | undefined;
}

/**
 * UTF-8 bytes of text that are worth a further worker: it takes about as long to start as this takes to encode.
 */
const BYTES_PER_WORKER = 8 * 1024;

/** Jobs a worker holds at once: it starts the next while the answer to the last is on its way. */
const JOBS_PER_WORKER = 2;

/** Devices that are the cores of the CPU: each can hold a session of its own. */
const CORE_DEVICES: readonly Device[] = [DEFAULT_DEVICE, 'wasm'];

/** Two special tokens and one of the text. */
const MIN_TOKENS = 3;

/** Options of {@link OnnxEncoder.tokenize}. */
export type TokenizeTextsOptions = Pick<EncodeOptions, 'signal' | 'maxTokens'>;

/**
 * Encodes with ONNX Runtime in worker threads: one text a run and one thread a session. Batching buys nothing on a CPU
 * and would make the vector of a text depend on its neighbours.
 */
export class OnnxEncoder implements Encoder {
  readonly identity: ModelIdentity;
  /** The package that runs the graph and why that one. */
  readonly runtime: WorkerRuntime;
  /** What the model says about itself. */
  readonly manifest: ModelManifest;
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
    this.manifest = manifest;
    this.runtime = start.runtime;
    this.#workerData = start.data;
    this.#maxWorkers = start.maxWorkers;
    this.#workers = [start.worker];
  }

  /**
   * Starts the first worker and waits until it can encode.
   *
   * @throws {@link ModelError} `MODEL_RUNTIME_MISSING`, `MODEL_RUNTIME_FAILED`, `MODEL_DEVICE_UNAVAILABLE` or
   * `MODEL_WORKER_FAILED`.
   */
  static async open(
    compiled: CompiledModel,
    manifest: ModelManifest,
    options: OnnxEncoderOptions = {},
  ): Promise<OnnxEncoder> {
    const { device = DEFAULT_DEVICE } = options;
    // Any other device is one: a second session on it only waits for the first.
    const maxWorkers = options.workers ?? (CORE_DEVICES.includes(device) ? availableParallelism() : 1);
    if (!Number.isInteger(maxWorkers) || maxWorkers < 1) {
      throw new RangeError(`workers is ${maxWorkers} instead of a whole number above zero`);
    }
    const data: EncodeWorkerData = {
      modelPath: compiled.modelPath,
      tokenizer: await readShared(compiled.tokenizerPath),
      runtime: options.runtime ?? null,
      device,
      ready: compiled.ready,
    };
    const worker = new EncodeWorkerHandle(data);
    const runtime = await worker.ready;
    return new OnnxEncoder(compiled, manifest, { data, worker, runtime, maxWorkers });
  }

  encode(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#encode(texts, options.prompt ?? '', options);
  }

  encodeQuery(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#encode(texts, options.prompt ?? this.manifest.prompts.query, options);
  }

  encodeDocument(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    return this.#encode(texts, options.prompt ?? this.manifest.prompts.document, options);
  }

  /**
   * Ids and tokens of each text as the network would get them, special tokens included; cut at `maxTokens`.
   *
   * @throws as {@link encode}.
   */
  async tokenize(texts: readonly string[], options: TokenizeTextsOptions = {}): Promise<readonly TokenStrings[]> {
    const { maxTokens } = this.#checked(texts, options);
    const { signal } = options;
    const worker = this.#liveWorkers()[0] ?? this.#startWorker();
    const result: TokenStrings[] = [];
    const run = async (_: EncodeWorkerHandle, row: number): Promise<readonly number[]> => {
      const { ids, tokens, truncated } = await worker.tokenize(texts[row] ?? '', maxTokens);
      result[row] = { ids, tokens, truncated };
      return [];
    };
    await this.#ended(
      runJobs({ workers: [worker], jobsPerWorker: JOBS_PER_WORKER, jobs: [...texts.keys()], run, signal }),
      signal,
    );
    return result;
  }

  /** @throws RangeError when the network cannot take so many tokens at once, or they leave no room for a text. */
  assertMaxTokens(maxTokens: number, name = 'maxTokens'): void {
    const { maxPositions, positionOffset } = this.manifest;
    const most = maxPositions - positionOffset;
    if (Number.isInteger(maxTokens) && maxTokens >= MIN_TOKENS && maxTokens <= most) return;
    throw new RangeError(
      `${name} is ${maxTokens}, and the network of ${this.identity.id} takes from ${MIN_TOKENS} to ${most} tokens`,
    );
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
    const { maxTokens } = this.#checked(texts, options);
    const { longTexts = 'window', onProgress, signal } = options;
    if (typeof prompt !== 'string') throw new TypeError(`prompt is ${nameOfType(prompt)} and not a string`);
    this.#assertLongTexts(longTexts);
    const { dimensions } = this.identity;
    const { normalize } = this.manifest;
    const call = new EncodeCall(texts, { dimensions, prompt, maxTokens, longTexts, normalize, onProgress });
    // A long text is work for several.
    const parts = longTexts === 'window' ? Math.max(texts.length, worthOf(call.bytesTotal)) : texts.length;
    const jobs = runJobs({
      workers: this.#workersFor(parts, call.bytesTotal),
      jobsPerWorker: JOBS_PER_WORKER,
      jobs: call.jobs,
      run: (worker, job) => call.run(worker, job),
      signal,
    });
    await this.#ended(jobs, signal).finally(() => call.stop());
    return call.matrix;
  }

  /** What every call asks first. */
  #checked(
    texts: readonly string[],
    { signal, maxTokens = this.identity.maxTokens }: TokenizeTextsOptions,
  ): { maxTokens: number } {
    signal?.throwIfAborted();
    if (this.#closing !== null) throw closedError();
    for (const [index, text] of texts.entries()) {
      // Callers without types: a number would fail far from here, or not at all.
      if (typeof text !== 'string') throw new TypeError(`text ${index} is ${nameOfType(text)} and not a string`);
    }
    this.assertMaxTokens(maxTokens);
    return { maxTokens };
  }

  #assertLongTexts(longTexts: LongTexts): void {
    if (!LONG_TEXTS.includes(longTexts)) {
      throw new RangeError(`longTexts is ${longTexts} instead of ${LONG_TEXTS.join(' or ')}`);
    }
    if (longTexts === 'window' || this.manifest.truncationSide === 'right') return;
    throw new ModelError(`the tokenizer of ${this.identity.id} leaves out the beginning of long texts, not their end`, {
      code: 'MODEL_UNSUPPORTED',
      hint: 'Leave longTexts out: then long texts are encoded whole, in windows.',
      details: { feature: 'truncation_side=left' },
    });
  }

  async #ended(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    try {
      await work;
    } catch (cause) {
      // A worker that ends because of `close` has not failed.
      throw this.#closing !== null && signal?.aborted !== true ? closedError() : cause;
    }
  }

  /** The workers for a call: those that live, and new ones as far as texts and work are enough for them. */
  #workersFor(parts: number, bytes: number): EncodeWorkerHandle[] {
    const live = this.#liveWorkers();
    const wanted = Math.min(this.#maxWorkers, parts, Math.max(live.length, worthOf(bytes), 1));
    while (this.#workers.length < wanted) this.#startWorker();
    return this.#workers.toSorted((left, right) => left.load - right.load).slice(0, wanted);
  }

  #liveWorkers(): readonly EncodeWorkerHandle[] {
    this.#workers = this.#workers.filter((worker) => worker.alive);
    return this.#workers;
  }

  #startWorker(): EncodeWorkerHandle {
    const worker = new EncodeWorkerHandle(this.#workerData);
    this.#workers.push(worker);
    return worker;
  }
}

/** Number of workers that so much text is worth. */
function worthOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_WORKER);
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
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
