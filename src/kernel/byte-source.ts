import { open, stat, type FileHandle } from 'node:fs/promises';
import { CodeGraphError, errorMessage } from './errors.ts';

/** Codes of {@link ByteSourceError}. `details`: `name`, `position`, `length`, `sizeBytes`. */
export const BYTE_SOURCE_ERROR_CODES = ['SOURCE_UNREADABLE', 'SOURCE_OUT_OF_RANGE', 'SOURCE_CLOSED'] as const;
export type ByteSourceErrorCode = (typeof BYTE_SOURCE_ERROR_CODES)[number];

/** A source that cannot be read, or not there. */
export class ByteSourceError extends CodeGraphError<ByteSourceErrorCode> {
  override readonly name: string = 'ByteSourceError';
}

/**
 * Random access to bytes that may be far larger than memory. Node has no mmap: reading at offsets is the substitute.
 * Implementations are safe to read from concurrently.
 */
export interface ByteSource extends AsyncDisposable {
  /** What messages call it: a path, or a made-up name. */
  readonly name: string;
  readonly sizeBytes: number;
  /**
   * Fills `target` with the bytes from `position` on.
   *
   * @throws {@link ByteSourceError} `SOURCE_OUT_OF_RANGE` when the range is not wholly inside the source,
   * `SOURCE_UNREADABLE` when the system refuses, `SOURCE_CLOSED` after {@link close}.
   */
  read(target: Uint8Array, position: number): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Largest single read: Linux returns at most 2,147,479,552 bytes a call. */
const MAX_READ_BYTES = 1 << 30;

function assertInside(source: ByteSource, length: number, position: number): void {
  if (!Number.isSafeInteger(position) || position < 0 || position + length > source.sizeBytes) {
    throw new ByteSourceError(
      `${source.name}: bytes ${position} to ${position + length} are outside its ${source.sizeBytes} bytes`,
      {
        code: 'SOURCE_OUT_OF_RANGE',
        hint: 'Get the file again: it is shorter than what it says it holds.',
        details: { name: source.name, position, length, sizeBytes: source.sizeBytes },
      },
    );
  }
}

function closedError(name: string): ByteSourceError {
  return new ByteSourceError(`${name} was read after it was closed`, { code: 'SOURCE_CLOSED', details: { name } });
}

function unreadableError(name: string, cause: unknown): ByteSourceError {
  return new ByteSourceError(`${name} cannot be read: ${errorMessage(cause)}`, {
    code: 'SOURCE_UNREADABLE',
    hint: 'Check that the file exists and that you may read it.',
    details: { name },
    cause,
  });
}

/** Bytes in memory; they are not copied, and let go of when it is closed. */
export class MemoryByteSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  #bytes: Uint8Array | null;

  constructor(bytes: Uint8Array, name = 'memory') {
    this.#bytes = bytes;
    this.name = name;
    this.sizeBytes = bytes.byteLength;
  }

  async read(target: Uint8Array, position: number): Promise<void> {
    if (this.#bytes === null) throw closedError(this.name);
    assertInside(this, target.byteLength, position);
    target.set(this.#bytes.subarray(position, position + target.byteLength));
  }

  async close(): Promise<void> {
    this.#bytes = null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

class FileByteSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  #handle: FileHandle | null;

  constructor(handle: FileHandle, name: string, sizeBytes: number) {
    this.#handle = handle;
    this.name = name;
    this.sizeBytes = sizeBytes;
  }

  async read(target: Uint8Array, position: number): Promise<void> {
    assertInside(this, target.byteLength, position);
    let done = 0;
    while (done < target.byteLength) {
      if (this.#handle === null) throw closedError(this.name);
      const length = Math.min(target.byteLength - done, MAX_READ_BYTES);
      const { bytesRead } = await this.#handle.read(target, done, length, position + done).catch((cause: unknown) => {
        throw unreadableError(this.name, cause);
      });
      if (bytesRead === 0) {
        throw new ByteSourceError(`${this.name} ended at byte ${position + done} while it was read`, {
          code: 'SOURCE_OUT_OF_RANGE',
          hint: 'Run the command again: the file was cut by another program meanwhile.',
          details: { name: this.name, position: position + done, length, sizeBytes: this.sizeBytes },
        });
      }
      done += bytesRead;
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens a file for reading at offsets.
 *
 * @throws {@link ByteSourceError} `SOURCE_UNREADABLE` when it cannot be opened or is not a regular file.
 */
export async function openFileByteSource(path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    // Before it is opened: opening a named pipe waits for somebody to write into it.
    if (!(await stat(path)).isFile()) throw new Error('it is not a regular file');
    handle = await open(path, 'r');
    return new FileByteSource(handle, path, (await handle.stat()).size);
  } catch (cause) {
    await handle?.close();
    throw unreadableError(path, cause);
  }
}
