import { Worker } from 'node:worker_threads';
import { workerEnvironment } from '../../kernel/compile-cache.ts';
import { siblingModule } from '../../kernel/sibling-module.ts';
import { MODEL_ERROR_CODES, ModelError } from '../model-error.ts';
import type { EncodedText, EncodeTextOptions, SplitResponse } from './encode-call.ts';
import type { EncodeRequest, EncodeResponse, EncodeWorkerData, TransferredError } from './encode-protocol.ts';
import type { RuntimeName } from './runtime.ts';

/** What a worker says about itself once it can encode. */
export interface WorkerRuntime {
  readonly runtime: RuntimeName;
  readonly reason: string;
}

type TaskRequest = Exclude<EncodeRequest, { type: 'close' }>;
type TaskResponse = Extract<EncodeResponse, { type: 'encoded' | 'split' | 'tokenized' }>;
/** A request as its caller writes it: {@link EncodeWorkerHandle} numbers it. */
type Unnumbered<Request> = Request extends TaskRequest ? Omit<Request, 'task'> : never;

interface Waiting {
  resolve(result: TaskResponse): void;
  reject(error: unknown): void;
}

/** One encode worker seen from the main thread: requests as promises, its death as their rejection. */
export class EncodeWorkerHandle {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  /** Settles when the worker can encode, or with why it cannot. */
  readonly ready: Promise<WorkerRuntime>;
  #nextTask = 0;
  /** Set by {@link close}: a worker that is ending is waited for. */
  #closing = false;
  #failure: unknown = null;

  /** @param entry - Module the thread runs. @defaultValue encode-worker beside this module */
  constructor(data: EncodeWorkerData, entry: URL = siblingModule(import.meta.url, './encode-worker')) {
    // Without the process's own flags: some, such as --input-type, make a thread of a file fail, and none is needed.
    this.#worker = new Worker(entry, { workerData: data, execArgv: [], env: workerEnvironment() });
    const started = Promise.withResolvers<WorkerRuntime>();
    this.ready = started.promise;
    // Whoever encodes learns of a failed start from its own promise.
    this.ready.catch(() => undefined);
    this.#worker.on('message', (response: EncodeResponse) => {
      if (response.type === 'ready') started.resolve({ runtime: response.runtime, reason: response.reason });
      else if (response.type !== 'failed') this.#settle(response.task, (waiting) => waiting.resolve(response));
      else if (response.task !== null)
        this.#settle(response.task, (waiting) => waiting.reject(received(response.error)));
      else this.#fail(received(response.error), started.reject);
    });
    this.#worker.on('error', (cause) =>
      this.#fail(workerFailed(`an encode worker failed: ${cause.message}`, cause), started.reject),
    );
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        this.#fail(
          workerFailed(`an encode worker ended with exit code ${exitCode}`, undefined, exitCode),
          started.reject,
        );
        resolve();
      });
    });
    // An idle worker must not keep the process alive; #send and #settle hold it while there is work.
    void this.ready.then(
      () => this.#updateReference(),
      () => undefined,
    );
  }

  /** False once the worker has failed or ended. */
  get alive(): boolean {
    return this.#failure === null;
  }

  /** Tasks given and not answered yet. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Encodes a text, or returns its windows where it is too long and `longTexts` is `window`. */
  async encode(text: string, options: EncodeTextOptions): Promise<EncodedText | SplitResponse> {
    const response = await this.#request({ type: 'encode', text, ...options });
    if (response.type === 'tokenized') throw unexpected(response);
    return response;
  }

  /** Runs the network on ids, special tokens included. */
  async run(ids: Int32Array): Promise<EncodedText> {
    const response = await this.#request({ type: 'run', ids });
    if (response.type !== 'encoded') throw unexpected(response);
    return response;
  }

  async tokenize(text: string, maxTokens: number): Promise<Extract<EncodeResponse, { type: 'tokenized' }>> {
    const response = await this.#request({ type: 'tokenize', text, maxTokens });
    if (response.type !== 'tokenized') throw unexpected(response);
    return response;
  }

  #request(request: Unnumbered<TaskRequest>): Promise<TaskResponse> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const task = this.#nextTask++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(task, { resolve, reject });
      this.#updateReference();
      this.#send({ ...request, task });
    });
  }

  /** Ends the worker: at once when it is busy, otherwise after it has released its session. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#updateReference();
    // A thread cut off inside native code takes the whole process with it (an uncaught Napi::Error), so a busy one is
    // asked as well: it ends after the texts it holds, of which there are few.
    if (this.alive) this.#send({ type: 'close' });
    else await this.#worker.terminate();
    await this.#exited;
  }

  #send(request: EncodeRequest): void {
    this.#worker.postMessage(request, []);
  }

  #settle(task: number, settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(task);
    if (waiting === undefined) return;
    this.#waiting.delete(task);
    this.#updateReference();
    settle(waiting);
  }

  #fail(error: unknown, rejectStart: (error: unknown) => void): void {
    this.#failure ??= error;
    rejectStart(this.#failure);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }

  #updateReference(): void {
    if (this.#closing || this.#waiting.size > 0) this.#worker.ref();
    else this.#worker.unref();
  }
}

function unexpected(response: TaskResponse): ModelError {
  return workerFailed(`an encode worker answered with ${response.type}, which was not asked for`, undefined);
}

function workerFailed(message: string, cause: unknown, exitCode?: number): ModelError {
  return new ModelError(message, {
    code: 'MODEL_WORKER_FAILED',
    hint: 'Try again with fewer workers: a worker most often dies because memory ran out.',
    details: { exitCode },
    cause,
  });
}

/** Rebuilds an error that crossed the thread border. */
function received(error: TransferredError): ModelError {
  const code = MODEL_ERROR_CODES.find((known) => known === error.code) ?? 'MODEL_WORKER_FAILED';
  return new ModelError(error.message, { code, hint: error.hint ?? undefined, details: { workerCode: error.code } });
}
