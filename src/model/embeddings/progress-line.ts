import type { EncodeProgress } from '../encoder.ts';

/** Where the line is drawn; `process.stderr` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** A terminal is redrawn this often; a log file gets a line as seldom as the second. */
const REDRAW_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 10_000;
const BAR_CELLS = 20;
const DEFAULT_WIDTH = 80;

/**
 * The line that `showProgressBar` shows: share, texts, rate and remaining time. On a terminal one line that is drawn
 * again; elsewhere, such as in a log file, a line every ten seconds and one at the end.
 */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  readonly #started: number;
  #lastDrawn: number;
  #open = false;

  constructor(stream: ProgressStream = process.stderr, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
    this.#started = now();
    this.#lastDrawn = this.#started;
  }

  show(progress: EncodeProgress): void {
    const now = this.#now();
    const isLast = progress.textsDone === progress.textsTotal;
    const interactive = this.#stream.isTTY === true;
    if (!isLast && now - this.#lastDrawn < (interactive ? REDRAW_INTERVAL_MS : LOG_INTERVAL_MS)) return;
    this.#lastDrawn = now;
    const text = describe(progress, now - this.#started);
    if (interactive) {
      // One column less than there are: a full line would wrap. Some terminals say that they have none.
      const width = (this.#stream.columns ?? 0) > 1 ? (this.#stream.columns ?? 0) : DEFAULT_WIDTH;
      this.#stream.write(`\r\u001B[2K${text.slice(0, width - 1)}`);
      this.#open = true;
    } else {
      this.#stream.write(`${text}\n`);
    }
  }

  /** Ends the line, also one of work that was given up half-way. */
  finish(): void {
    if (this.#open) this.#stream.write('\n');
    this.#open = false;
  }
}

function describe({ textsDone, textsTotal, tokensDone, bytesDone, bytesTotal }: EncodeProgress, ms: number): string {
  const isLast = textsDone === textsTotal;
  // By bytes of text: the longest texts come first, so the number of texts says little about the work left.
  const share = isLast || bytesTotal === 0 ? textsDone / Math.max(textsTotal, 1) : bytesDone / bytesTotal;
  const filled = Math.floor(share * BAR_CELLS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
  const rate = ms > 0 ? `, ${Math.round((tokensDone / ms) * 1_000).toLocaleString('en-US')} tokens/s` : '';
  const left = share > 0 ? `, ${clock((ms / share) * (1 - share))} left` : '';
  const time = isLast ? ` in ${clock(ms)}` : left;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `encoding ${percent} ${bar} ${textsDone}/${textsTotal} texts${rate}${time}`;
}

/** `00:07`, `12:40`, `1:02:03` */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  return `${hours > 0 ? `${hours}:` : ''}${pad(minutes)}:${pad(seconds % 60)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
