import type { DownloadProgress } from '../../models.ts';
import { formatBytes, formatDuration } from './format.ts';
import { printable, type Terminal } from './terminal.ts';

/** A terminal is redrawn this often; a log gets a line as seldom as {@link LOG_INTERVAL_MS}. */
const REDRAW_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 10_000;

/** Shows the download of a model on standard error: one moving line on a terminal, sparse lines elsewhere. */
export class DownloadProgressView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #isDone = false;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(progress: DownloadProgress): void {
    if (this.#isDone || progress.bytesKept === progress.bytesTotal) return; // Nothing to wait for.
    this.#isDone = progress.bytesDone === progress.bytesTotal;
    const now = this.#now();
    const interval = this.#terminal.interactive ? REDRAW_INTERVAL_MS : LOG_INTERVAL_MS;
    if (now - this.#lastDrawn < interval && !this.#isDone) return;
    this.#lastDrawn = now;
    const text = printable(describe(progress));
    if (this.#terminal.interactive) this.#terminal.status(text);
    else this.#terminal.line(text);
  }

  /** Clears the moving line, so that what follows starts on a clean one. */
  finish(): void {
    this.#terminal.clearStatus();
  }
}

function describe({ file, bytesDone, bytesTotal, bytesPerSecond, remainingMs }: DownloadProgress): string {
  const share = bytesTotal === 0 ? 100 : Math.floor((bytesDone / bytesTotal) * 100);
  const rate = bytesPerSecond > 0 ? `, ${formatBytes(Math.round(bytesPerSecond))}/s` : '';
  const left = remainingMs === undefined || bytesDone === bytesTotal ? '' : `, ${formatDuration(remainingMs)} left`;
  return `downloading ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)} (${share} %)${rate}${left}: ${file}`;
}
