/** How far the download of a model is; counters only grow. */
export interface DownloadProgress {
  /** Hub id. */
  readonly id: string;
  /** The file under way, relative to the model's folder. */
  readonly file: string;
  readonly filesDone: number;
  readonly filesTotal: number;
  /** Bytes on this machine, those of earlier runs included. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Bytes of {@link bytesDone} that earlier runs had left here. */
  readonly bytesKept: number;
  /** Rate since the download began; 0 while nothing came. */
  readonly bytesPerSecond: number;
  /** Estimated time to the end; missing while the rate is unknown. */
  readonly remainingMs?: number | undefined;
}
