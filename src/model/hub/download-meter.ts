import type { DownloadProgress } from './download-progress.ts';
import type { HubFile } from './list-files.ts';

/** Counts the bytes of a download and tells them; what was told never goes back. */
export class DownloadMeter {
  readonly #id: string;
  readonly #files: readonly HubFile[];
  readonly #onProgress: ((progress: DownloadProgress) => void) | undefined;
  readonly #kept: number;
  readonly #startedMs: number;
  #filesDone = 0;
  #bytesOfDone = 0;
  #told = 0;
  #received = 0;

  /** @param kept - Bytes that earlier runs left. */
  constructor(
    id: string,
    files: readonly HubFile[],
    kept: number,
    onProgress: ((progress: DownloadProgress) => void) | undefined,
  ) {
    this.#id = id;
    this.#files = files;
    this.#kept = kept;
    this.#onProgress = onProgress;
    this.#startedMs = performance.now();
  }

  /** Bytes of files that are whole on this machine now. */
  get bytesOfDone(): number {
    return this.#bytesOfDone;
  }

  get bytesTotal(): number {
    return this.#files.reduce((sum, { size }) => sum + size, 0);
  }

  /** A function that takes the bytes that are here of a file. */
  of(file: HubFile): (bytes: number) => void {
    let before: number | undefined;
    return (bytes) => {
      this.#received += Math.max(0, bytes - (before ?? bytes));
      before = bytes;
      this.#tell(file, this.#bytesOfDone + bytes);
    };
  }

  finish(file: HubFile): void {
    this.#filesDone++;
    this.#bytesOfDone += file.size;
    this.#tell(file, this.#bytesOfDone);
  }

  #tell(file: HubFile, bytes: number): void {
    this.#told = Math.max(this.#told, bytes);
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const rate = seconds > 0 ? this.#received / seconds : 0;
    this.#onProgress?.({
      id: this.#id,
      file: file.path,
      filesDone: this.#filesDone,
      filesTotal: this.#files.length,
      bytesDone: this.#told,
      bytesTotal: this.bytesTotal,
      bytesKept: this.#kept,
      bytesPerSecond: rate,
      remainingMs: rate > 0 ? ((this.bytesTotal - bytes) / rate) * 1000 : undefined,
    });
  }
}
