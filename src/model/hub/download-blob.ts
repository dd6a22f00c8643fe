import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { blobHash, hashFile } from './blob-hash.ts';
import type { HubClient } from './hub-client.ts';
import { HubError } from './hub-error.ts';
import type { HubResponse } from './hub-response.ts';
import type { HubFile } from './list-files.ts';
import { PartialFile } from './partial-file.ts';
import { writing } from './write-failed.ts';

/** A download that failed so often although nothing broke off: the content itself is wrong. */
const MAX_CORRUPT = 2;
/** Share of a file that counts as progress, so that a bad line is tried on and on, but a hopeless one is not. */
const PROGRESS_SHARE = 0.01;

export interface BlobJob {
  readonly file: HubFile;
  /** Address of the content below the endpoint. */
  readonly address: string;
  /** Where the finished file goes. */
  readonly blob: string;
  /** Called with the bytes that are here, those of earlier runs included; smaller after a new start. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Downloads one file, going on where an earlier run stopped, and checks size and digest before it gets its name. What a
 * failed run got is kept, but never bytes that turned out wrong.
 *
 * @returns the bytes that came, without those of earlier runs.
 * @throws {@link HubError} by what went wrong, `HUB_CORRUPT` after a second wrong content; the signal's reason when aborted.
 */
export async function downloadBlob(client: HubClient, job: BlobJob): Promise<number> {
  const partial = await writing(job.blob, () => PartialFile.claim(job.blob));
  let received;
  try {
    await using handle = await writing(partial.path, () => partial.open());
    received = await new BlobDownload(client, job, handle).run();
    await writing(partial.path, () => handle.sync());
  } catch (thrown) {
    await partial.release().catch(() => undefined); // The reason of the failure says more than that of the cleaning up.
    throw thrown;
  }
  await writing(job.blob, () => partial.finish());
  return received;
}

class BlobDownload {
  readonly #client: HubClient;
  readonly #job: BlobJob;
  readonly #handle: FileHandle;
  #hash: Hash;
  #bytes = 0;
  #received = 0;
  /** The validator of the answer the bytes came from; see RFC 9110 §13.1.5. */
  #validator: string | null = null;

  constructor(client: HubClient, job: BlobJob, handle: FileHandle) {
    this.#client = client;
    this.#job = job;
    this.#handle = handle;
    this.#hash = blobHash(job.file);
  }

  async run(): Promise<number> {
    const { file, onBytes } = this.#job;
    await this.#takeOver();
    // Beyond what was reached before: a server that always begins anew makes no progress by that.
    let reached = this.#bytes;
    for (let failures = 0, corrupt = 0; ;) {
      try {
        onBytes(this.#bytes);
        if (this.#bytes < file.size) await this.#request();
        this.#check();
        return this.#received;
      } catch (thrown) {
        const isWrong = HubError.isInstance(thrown) && thrown.code === 'HUB_CORRUPT';
        if (isWrong) {
          await this.#startAnew();
          reached = 0;
          if (++corrupt >= MAX_CORRUPT) throw thrown;
          this.#client.logger.warn(`${thrown.message}; downloading it again`);
          continue;
        }
        const hasProgress = this.#bytes - reached >= Math.max(1, file.size * PROGRESS_SHARE);
        reached = Math.max(reached, this.#bytes);
        failures = hasProgress ? 1 : failures + 1;
        await this.#client.pauseAfter(thrown, failures);
      }
    }
  }

  /** Counts and hashes what an earlier run left. */
  async #takeOver(): Promise<void> {
    const { path, size } = this.#job.file;
    const { size: kept } = await this.#handle.stat();
    if (kept > size) return this.#startAnew();
    await hashFile(this.#hash, this.#handle, kept);
    this.#bytes = kept;
    if (kept > 0) this.#client.logger.info(`going on with ${path}: ${kept} of ${size} bytes are here`);
  }

  async #startAnew(): Promise<void> {
    await writing(this.#job.blob, () => this.#handle.truncate(0));
    this.#hash = blobHash(this.#job.file);
    this.#bytes = 0;
    this.#validator = null;
    this.#job.onBytes(0);
  }

  async #request(): Promise<void> {
    const { file, address } = this.#job;
    const resumes = this.#bytes > 0;
    const response = await this.#client.get(address, {
      headers: {
        ...(resumes ? { range: `bytes=${this.#bytes}-` } : {}),
        ...(resumes && this.#validator !== null ? { 'if-range': this.#validator } : {}),
      },
      // The hub's own validator is the digest. Behind a redirect the address is signed for this very content.
      hubHeaders: resumes && this.#validator === null ? { 'if-range': `"${file.digest}"` } : {},
    });
    if (response.status === 416 || (resumes && !continues(response, this.#bytes, file.size))) await this.#startAnew();
    if (response.status === 416 || (response.status === 206 && this.#bytes === 0)) {
      await response.discard();
      // Nothing of it can be used: ask for the whole file.
      if (resumes) return this.#request();
      throw corruptError(file, 'the whole file', `an answer ${response.status}`);
    }
    this.#validator = strongValidator(response.headers.get('etag'));
    await this.#receive(response);
  }

  async #receive(response: HubResponse): Promise<void> {
    const { file, onBytes, blob } = this.#job;
    await assertLength(response, file, file.size - this.#bytes);
    for await (const chunk of response.chunks()) {
      if (this.#bytes + chunk.byteLength > file.size) throw corruptError(file, `${file.size} bytes`, 'more');
      await writing(blob, () => writeAll(this.#handle, chunk, this.#bytes));
      this.#hash.update(chunk);
      this.#bytes += chunk.byteLength;
      this.#received += chunk.byteLength;
      onBytes(this.#bytes);
    }
    if (this.#bytes < file.size) throw brokenOff(file, this.#bytes);
  }

  #check(): void {
    const { file } = this.#job;
    const digest = this.#hash.digest('hex');
    if (digest !== file.digest) throw corruptError(file, `${file.algorithm} ${file.digest}`, digest);
  }
}

/** Whether an answer goes on where the bytes end; one with the whole file (200) does not. */
function continues({ status, headers }: HubResponse, from: number, size: number): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status !== 206 || range === null) return false;
  const [, start, end, total] = range;
  return Number(start) === from && Number(end) < size && (total === '*' || Number(total) === size);
}

function strongValidator(etag: string | null): string | null {
  return etag !== null && /^"[^"]+"$/.test(etag) ? etag : null;
}

/** A length that cannot be right is noticed before the content comes; a part may be shorter than what was asked for. */
async function assertLength(response: HubResponse, file: HubFile, expected: number): Promise<void> {
  const { status, headers } = response;
  const length = headers.get('content-length');
  if (length === null || (headers.get('content-encoding') ?? 'identity') !== 'identity') return;
  if (status === 206 ? Number(length) <= expected : Number(length) === expected) return;
  await response.discard();
  throw corruptError(file, `${expected} bytes`, `${length} bytes`);
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < chunk.byteLength;) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.byteLength - written, position + written);
    written += bytesWritten;
  }
}

function corruptError({ path }: HubFile, expected: string, actual: string): HubError {
  return new HubError(`${path} came with another content than the hub says: ${expected} expected, ${actual} found`, {
    code: 'HUB_CORRUPT',
    hint: 'Run the command again; if it happens again, check HF_ENDPOINT and the proxy, which change what they hand on.',
    details: { file: path, expected, actual },
  });
}

function brokenOff({ path, size }: HubFile, bytes: number): HubError {
  return new HubError(`the download of ${path} broke off at ${bytes} of ${size} bytes`, {
    code: 'HUB_UNAVAILABLE',
    hint: 'Run the command again: what was downloaded is kept.',
    details: { url: path, reason: 'ENDED_EARLY', bytesKept: bytes },
  });
}
