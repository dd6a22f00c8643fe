import { Worker } from 'node:worker_threads';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import { errorMessage } from '../kernel/errors.ts';
import { siblingModule } from '../kernel/sibling-module.ts';
import { emptyParsedFile } from './empty-parsed-file.ts';
import { encodeFacts } from './facts-codec.ts';
import { loadLanguage } from './language-registry.ts';
import type { ParsedFile } from './language.ts';
import {
  packFile,
  unpackFile,
  type PackedFile,
  type ParseRequest,
  type ParseResponse,
} from './parse-worker-messages.ts';
import { ParsingError } from './parsing-error.ts';

/** Options of {@link ParsePool.open}. */
export interface ParsePoolOptions {
  /** Worker threads; 0 parses in the calling thread. @defaultValue 2 */
  readonly workers?: number | undefined;
  /** A worker that works longer on one file is replaced. @defaultValue 15000 */
  readonly timeoutMs?: number | undefined;
  /** Module each worker runs. @defaultValue the parse worker beside this module */
  readonly workerModule?: URL | undefined;
}

/** A parsed file, and its facts as bytes: threads send them, and an index keeps them. */
export interface ParsedSource {
  readonly file: ParsedFile;
  /** @see ./facts-codec.ts */
  readonly facts: Uint8Array;
}

interface Job {
  readonly request: ParseRequest;
  resolve(file: PackedFile): void;
  reject(error: Error): void;
}

interface ParseThread {
  readonly worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | null;
}

/**
 * Parses files in worker threads. The queue is as long as the caller makes it: await what {@link parse} returns before
 * asking for much more. Idle workers do not keep the process alive.
 */
export class ParsePool implements AsyncDisposable {
  readonly #workerCount: number;
  readonly #timeoutMs: number;
  readonly #workerModule: URL;
  readonly #threads = new Set<ParseThread>();
  readonly #queue: Job[] = [];
  #closed = false;

  private constructor(options: ParsePoolOptions) {
    this.#workerCount = options.workers ?? 2;
    this.#timeoutMs = options.timeoutMs ?? 15_000;
    this.#workerModule = options.workerModule ?? siblingModule(import.meta.url, './parse-worker');
    if (!Number.isSafeInteger(this.#workerCount) || this.#workerCount < 0) {
      throw new RangeError(`workers is ${this.#workerCount}, not a whole number from 0 up`);
    }
  }

  /** Opens a pool; threads are started as files come. */
  static async open(options: ParsePoolOptions = {}): Promise<ParsePool> {
    return new ParsePool(options);
  }

  /**
   * Parses one file. Trouble with the file is in its diagnostics: `PARSE_CRASHED` where it ended its worker,
   * `PARSE_TIMEOUT` where it took too long.
   *
   * @param path - Relative to the repository, with `/`.
   * @param language - Id of the language.
   * @throws {@link ParsingError} `PARSING_CLOSED`, and what loading the language throws.
   */
  async parse(path: string, language: string, text: string): Promise<ParsedSource> {
    if (this.#closed) throw closedError();
    if (this.#workerCount === 0) {
      const file = (await loadLanguage(language)).parse(path, text);
      return { file, facts: encodeFacts(file) };
    }
    const { promise, resolve, reject } = Promise.withResolvers<PackedFile>();
    this.#queue.push({ request: { path, language, text }, resolve, reject });
    this.#dispatch();
    const packed = await promise;
    return { file: unpackFile(packed), facts: packed.facts };
  }

  /** Ends the workers; files still waiting are rejected with `PARSING_CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(closedError());
    const threads = [...this.#threads];
    this.#threads.clear();
    await Promise.all(
      threads.map((thread) => {
        this.#takeJob(thread)?.reject(closedError());
        return thread.worker.terminate();
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idleThread();
      if (thread === null) return;
      const job = this.#queue.shift();
      if (job === undefined) return;
      thread.job = job;
      thread.worker.ref();
      thread.timer = setTimeout(() => this.#onTimeout(thread), this.#timeoutMs);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      thread.worker.postMessage(job.request);
    }
  }

  #idleThread(): ParseThread | null {
    for (const thread of this.#threads) if (thread.job === null) return thread;
    return this.#threads.size < this.#workerCount ? this.#startThread() : null;
  }

  #startThread(): ParseThread {
    // A program given by `node --input-type=module -e` would hand that flag down, and a worker's module is a file.
    const execArgv = process.execArgv.filter((argument) => !argument.startsWith('--input-type'));
    const thread: ParseThread = { worker: new Worker(this.#workerModule, { execArgv }), job: null, timer: null };
    thread.worker.on('message', (response: ParseResponse) => this.#onResponse(thread, response));
    thread.worker.on('error', (error) => this.#onEnd(thread, errorMessage(error)));
    thread.worker.on('exit', (code) => this.#onEnd(thread, `its thread ended with code ${code}`));
    thread.worker.unref();
    this.#threads.add(thread);
    return thread;
  }

  /** Makes a thread idle. */
  #takeJob(thread: ParseThread): Job | null {
    const job = thread.job;
    thread.job = null;
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.timer = null;
    thread.worker.unref();
    return job;
  }

  #onResponse(thread: ParseThread, response: ParseResponse): void {
    const job = this.#takeJob(thread);
    if ('facts' in response) job?.resolve(response);
    else job?.reject(new ParsingError(response.error.message, response.error));
    this.#dispatch();
  }

  #onTimeout(thread: ParseThread): void {
    this.#threads.delete(thread);
    void thread.worker.terminate();
    this.#giveUp(thread, {
      severity: 'warning',
      code: 'PARSE_TIMEOUT',
      message: `Parsing took more than ${this.#timeoutMs} ms`,
      hint: 'Exclude the file if it is generated.',
    });
  }

  #onEnd(thread: ParseThread, reason: string): void {
    this.#threads.delete(thread);
    this.#giveUp(thread, { severity: 'warning', code: 'PARSE_CRASHED', message: `The parser crashed: ${reason}` });
  }

  #giveUp(thread: ParseThread, diagnostic: Diagnostic): void {
    const job = this.#takeJob(thread);
    if (job === null) return;
    const { path, language } = job.request;
    job.resolve(packFile(emptyParsedFile(path, language, { ...diagnostic, path })));
    this.#dispatch();
  }
}

function closedError(): ParsingError {
  return new ParsingError('The parse pool was used after it was closed', { code: 'PARSING_CLOSED' });
}
