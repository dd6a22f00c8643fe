import { ByteSourceError, openFileByteSource, type ByteSource } from '../kernel/byte-source.ts';

/** Most files that are open at the same time: shells and containers often allow 256 or 1,024 in all. */
export const MAX_OPEN_FILES = 8;

interface OpenFile {
  readonly source: Promise<ByteSource>;
  /** Reads under way. */
  userCount: number;
}

/**
 * Keeps a bounded number of files open: each is opened when it is read, the one unused for longest is closed for it.
 */
export class FilePool implements AsyncDisposable {
  readonly #maxOpenFiles: number;
  /** In order of last use. */
  readonly #open = new Map<string, OpenFile>();
  /** Those who wait for a file to become unused. */
  #waiting: Array<() => void> = [];
  #isClosed = false;

  /** @param maxOpenFiles - At least 1. */
  constructor(maxOpenFiles: number = MAX_OPEN_FILES) {
    this.#maxOpenFiles = maxOpenFiles;
  }

  /** How many files are open or being opened. */
  get openCount(): number {
    return this.#open.size;
  }

  /**
   * Opens a file to learn its size; from then on it is read through the pool. Closing it closes nothing: the pool does.
   *
   * @throws {@link ByteSourceError} `SOURCE_UNREADABLE`.
   */
  async add(path: string): Promise<ByteSource> {
    const sizeBytes = await this.#use(path, async (source) => source.sizeBytes);
    const read = (target: Uint8Array, position: number): Promise<void> =>
      this.#use(path, (source) => {
        if (source.sizeBytes !== sizeBytes) throw changedError(path, sizeBytes, source.sizeBytes);
        return source.read(target, position);
      });
    return { name: path, sizeBytes, read, close: doNothing, [Symbol.asyncDispose]: doNothing };
  }

  async #use<T>(path: string, action: (source: ByteSource) => Promise<T>): Promise<T> {
    const file = await this.#acquire(path);
    try {
      return await action(await file.source);
    } finally {
      file.userCount -= 1;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async #acquire(path: string): Promise<OpenFile> {
    for (;;) {
      if (this.#isClosed) {
        const message = `${path} was read after it was closed`;
        throw new ByteSourceError(message, { code: 'SOURCE_CLOSED', details: { name: path } });
      }
      const known = this.#open.get(path);
      if (known !== undefined) {
        known.userCount += 1;
        this.#open.delete(path);
        this.#open.set(path, known);
        return known;
      }
      if (this.#open.size < this.#maxOpenFiles) return this.#openFile(path);
      await this.#makeRoom();
    }
  }

  #openFile(path: string): OpenFile {
    const file: OpenFile = { source: openFileByteSource(path), userCount: 1 };
    this.#open.set(path, file);
    // Whoever waits for the file gets the error; the next one tries again.
    file.source.catch(() => this.#open.delete(path));
    return file;
  }

  async #makeRoom(): Promise<void> {
    const idle = [...this.#open].find(([, { userCount }]) => userCount === 0);
    if (idle === undefined) return new Promise((resolve) => void this.#waiting.push(resolve));
    const [path, file] = idle;
    this.#open.delete(path);
    await (await file.source).close();
  }

  /** Closes all files; reads under way fail with `SOURCE_CLOSED`. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const files = [...this.#open.values()];
    this.#open.clear();
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(
      files.map(async ({ source }) => {
        // A file that could not be opened has nothing to close, and whoever asked for it has the error.
        const opened = await source.catch(() => undefined);
        await opened?.close();
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function doNothing(): Promise<void> {}

function changedError(path: string, before: number, after: number): ByteSourceError {
  return new ByteSourceError(`${path} had ${before} bytes and has ${after} now`, {
    code: 'SOURCE_OUT_OF_RANGE',
    hint: 'Run the command again: the file was replaced by another program meanwhile.',
    details: { name: path, position: 0, length: before, sizeBytes: after },
  });
}
