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
  /** Of a worker's answer it is unpacked each time it is asked for: whoever waits keeps the bytes, which are few. */
  readonly file: ParsedFile;
  readonly diagnostics: readonly Diagnostic[];
  /** @see ./facts-codec.ts */
  readonly facts: Uint8Array;
  /**
   * What the worker module made of it besides; undefined where none did: in the calling thread, and for files a worker did
   * not come back from.
   */
  readonly attachment?: Uint8Array | undefined;
}

interface Job {
  readonly request: ParseRequest;
  resolve(file: PackedFile): void;
  reject(error: Error): void;
}

/** What a worker is given before it has answered: it goes on while the calling thread is busy with other things. */
const MAX_JOBS = 64;
const MAX_LENGTH = 1 << 19;

/**
 * What parsing makes is short-lived: a larger nursery only takes memory (75 MB less for two workers and 15 MB of source,
 * in the same time).
 */
const RESOURCE_LIMITS = {
  maxYoungGenerationSizeMb: 8,
  // Ten times what was seen with files of 3 MB. The smaller a heap may get, the sooner its garbage is collected: 100 MB less
  // at the peak, in the same time.
  maxOldGenerationSizeMb: 1_024,
};

/** The memory of a parser never shrinks: a worker that had a text of more UTF-16 units than this makes way for a new one. */
const MAX_LASTING_LENGTH = 1 << 20;

interface ParseThread {
  readonly worker: Worker;
  /** In the order it answers: the first is being parsed. */
  readonly jobs: Job[];
  /** Length of their texts. */
  length: number;
  /** The last file it was given is one after which it ends. */
  isRetiring: boolean;
  timer: NodeJS.Timeout | null;
}

/**
 * Parses files in worker threads. The queue is as long as the caller makes it: await what {@link parse} returns before
 * asking for much more, but keep so many files waiting that workers need not wait for the caller. Idle workers do not
 * keep the process alive.
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
      return { file, diagnostics: file.diagnostics, facts: encodeFacts(file) };
    }
    const { promise, resolve, reject } = Promise.withResolvers<PackedFile>();
    this.#queue.push({ request: { path, language, text }, resolve, reject });
    this.#dispatch();
    const packed = await promise;
    const { diagnostics, facts, attachment } = packed;
    return {
      get file() {
        return unpackFile(packed);
      },
      diagnostics,
      facts,
      ...(attachment === undefined ? {} : { attachment }),
    };
  }

  /** Ends the workers; files still waiting are rejected with `PARSING_CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(closedError());
    const threads = [...this.#threads];
    this.#threads.clear();
    await Promise.all(
      threads.map((thread) => {
        this.#stopTimer(thread);
        for (const job of thread.jobs.splice(0)) job.reject(closedError());
        return thread.worker.terminate();
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const thread = this.#freeThread();
      if (thread === null) return;
      const job = this.#queue.shift();
      if (job === undefined) return;
      thread.jobs.push(job);
      thread.length += job.request.text.length;
      thread.isRetiring = job.request.text.length > MAX_LASTING_LENGTH;
      if (thread.jobs.length === 1) this.#startTimer(thread);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      thread.worker.postMessage(job.request);
    }
  }

  /** The thread with the least to do; null where all have enough. */
  #freeThread(): ParseThread | null {
    let free: ParseThread | null = null;
    for (const thread of this.#threads) {
      if (!thread.isRetiring && (free === null || thread.length < free.length)) free = thread;
    }
    const isIdle = free !== null && free.jobs.length === 0;
    if (!isIdle && this.#threads.size < this.#workerCount) return this.#startThread();
    return free !== null && free.jobs.length < MAX_JOBS && (isIdle || free.length < MAX_LENGTH) ? free : null;
  }

  #startThread(): ParseThread {
    // A program given by `node --input-type=module -e` would hand that flag down, and a worker's module is a file. Any
    // other flags it has from the process; said again, those of V8 would be refused.
    const isGivenAsText = process.execArgv.some((argument) => argument.startsWith('--input-type'));
    const execArgv = isGivenAsText ? { execArgv: [] } : {};
    const thread: ParseThread = {
      worker: new Worker(this.#workerModule, { ...execArgv, resourceLimits: RESOURCE_LIMITS }),
      jobs: [],
      length: 0,
      isRetiring: false,
      timer: null,
    };
    thread.worker.on('message', (response: ParseResponse) => this.#onResponse(thread, response));
    thread.worker.on('error', (error) => this.#onEnd(thread, errorMessage(error)));
    thread.worker.on('exit', (code) => this.#onEnd(thread, `its thread ended with code ${code}`));
    thread.worker.unref();
    this.#threads.add(thread);
    return thread;
  }

  #startTimer(thread: ParseThread): void {
    thread.worker.ref();
    thread.timer = setTimeout(() => this.#onTimeout(thread), this.#timeoutMs);
  }

  #stopTimer(thread: ParseThread): void {
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.timer = null;
    thread.worker.unref();
  }

  /** The job that is done, or given up; the time of the next begins. */
  #takeJob(thread: ParseThread): Job | undefined {
    this.#stopTimer(thread);
    const job = thread.jobs.shift();
    thread.length -= job?.request.text.length ?? 0;
    return job;
  }

  #onResponse(thread: ParseThread, response: ParseResponse): void {
    const job = this.#takeJob(thread);
    if (thread.jobs.length > 0) this.#startTimer(thread);
    else if (thread.isRetiring) this.#end(thread);
    if ('facts' in response) job?.resolve(response);
    else job?.reject(new ParsingError(response.error.message, response.error));
    this.#dispatch();
  }

  #end(thread: ParseThread): void {
    this.#threads.delete(thread);
    void thread.worker.terminate();
  }

  #onTimeout(thread: ParseThread): void {
    this.#end(thread);
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
    // What waited behind it is another thread's now.
    this.#queue.unshift(...thread.jobs.splice(0));
    if (job === undefined) return;
    const { path, language } = job.request;
    job.resolve(packFile(emptyParsedFile(path, language, { ...diagnostic, path })));
    this.#dispatch();
  }
}

function closedError(): ParsingError {
  return new ParsingError('The parse pool was used after it was closed', { code: 'PARSING_CLOSED' });
}
