import type { IndexProgress } from '../../code-graph.ts';
import { formatBytes, formatCount, formatDuration, plural } from './format.ts';
import { printable, type Terminal } from './terminal.ts';

/** A terminal is redrawn this often; a log gets a line as seldom as {@link LOG_INTERVAL_MS}. */
const REDRAW_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 10_000;

/** Shows the progress of an index run on standard error: one moving line on a terminal, sparse lines elsewhere. */
export class IndexProgressView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #lastDrawn = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(progress: IndexProgress): void {
    const now = this.#now();
    const interval = this.#terminal.interactive ? REDRAW_INTERVAL_MS : LOG_INTERVAL_MS;
    const text = describe(progress);
    if (text === undefined) return;
    if (now - this.#lastDrawn < interval && !isLast(progress)) return;
    this.#lastDrawn = now;
    if (this.#terminal.interactive) this.#terminal.status(text);
    else this.#terminal.line(text);
  }

  /** Clears the moving line, so that what follows starts on a clean one. */
  finish(): void {
    this.#terminal.clearStatus();
  }
}

function isLast(progress: IndexProgress): boolean {
  if (progress.stage === 'parse') return progress.filesDone === progress.filesTotal;
  if (progress.stage === 'model') return progress.state === 'chosen';
  if (progress.stage === 'embed') return progress.textsDone === progress.textsTotal;
  return false;
}

function describe(progress: IndexProgress): string | undefined {
  switch (progress.stage) {
    case 'discover':
      return progress.state === 'started' ? undefined : `found ${plural(progress.files, 'file')} to index`;
    case 'parse':
      return `parsing ${formatCount(progress.filesDone)} of ${plural(progress.filesTotal, 'file')}`;
    case 'resolve':
      return progress.state === 'started' ? 'resolving references' : undefined;
    case 'model': {
      if (progress.state === 'chosen') return `model ${printable(progress.id)}: ${printable(progress.reason)}`;
      const left = progress.remainingMs === undefined ? '' : `, ${formatDuration(progress.remainingMs)} left`;
      return `downloading ${printable(progress.id)}: ${formatBytes(progress.bytesDone)} of ${formatBytes(progress.bytesTotal)}${left}`;
    }
    case 'embed': {
      const left = progress.remainingMs === undefined ? '' : `, ${formatDuration(progress.remainingMs)} left`;
      const share = progress.textsTotal === 0 ? 100 : Math.floor((progress.textsDone / progress.textsTotal) * 100);
      return `encoding ${formatCount(progress.textsDone)} of ${plural(progress.textsTotal, 'text')} (${share} %), ${formatCount(progress.tokensPerSecond)} tokens/s${left}`;
    }
  }
}
