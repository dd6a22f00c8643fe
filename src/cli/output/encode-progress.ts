import type { EncodeProgress } from '../../models.ts';
import { formatCount, plural } from './format.ts';
import type { Terminal } from './terminal.ts';

const REDRAW_INTERVAL_MS = 100;

/**
 * Shows on a terminal how many texts are encoded while the vectors go elsewhere. How many there will be nobody knows, for
 * standard input ends when it ends.
 */
export class EncodeProgressView {
  readonly #terminal: Terminal | null;
  readonly #now: () => number;
  readonly #started: number;
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #texts = 0;
  #tokens = 0;

  /** @param terminal - Standard error; null where nothing is to be shown. */
  constructor(terminal: Terminal | null, now: () => number = () => performance.now()) {
    this.#terminal = terminal?.interactive === true ? terminal : null;
    this.#now = now;
    this.#started = now();
  }

  /** Progress of the batch under way. */
  show({ textsDone, textsTotal, tokensDone }: Pick<EncodeProgress, 'textsDone' | 'textsTotal' | 'tokensDone'>): void {
    const now = this.#now();
    const [texts, tokens] = [this.#texts + textsDone, this.#tokens + tokensDone];
    if (textsDone === textsTotal) [this.#texts, this.#tokens] = [texts, tokens];
    if (this.#terminal === null || now - this.#lastDrawn < REDRAW_INTERVAL_MS) return;
    this.#lastDrawn = now;
    const rate = (tokens / Math.max(now - this.#started, 1)) * 1_000;
    this.#terminal.status(`encoded ${plural(texts, 'text')}, ${formatCount(rate)} tokens/s`);
  }

  /** Clears the line. */
  finish(): void {
    this.#terminal?.clearStatus();
  }
}
