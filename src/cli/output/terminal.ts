import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';

/** Where a command writes. Standard output carries the answer, standard error what people read meanwhile. */
export interface OutputStream {
  write(text: string | Uint8Array): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Style = 'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red';

/** Narrowest and widest line that is laid out for; pipes get the widest. */
const MIN_WIDTH = 40;
const MAX_WIDTH = 160;

const CLEAR_LINE = '\r\u001B[2K';

/** Text for one stream: colour only on a terminal, never with NO_COLOR or TERM=dumb. */
export class Terminal {
  readonly interactive: boolean;
  readonly width: number;
  readonly #stream: OutputStream;
  readonly #colour: boolean;
  /** The cursor stands behind a {@link status}. */
  #statusShown = false;

  constructor(stream: OutputStream | WriteStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.interactive = stream.isTTY === true;
    const noColour = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
    this.#colour = this.interactive && !noColour;
    this.width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, stream.columns ?? MAX_WIDTH));
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }

  line(text = ''): void {
    this.clearStatus();
    this.#stream.write(`${text}\n`);
  }

  /** Writes text or bytes as they are. */
  write(piece: string | Uint8Array): void {
    this.clearStatus();
    this.#stream.write(piece);
  }

  /** Shows a line that the next one, or {@link clearStatus}, takes the place of; only where {@link interactive}. */
  status(text: string): void {
    this.#stream.write(CLEAR_LINE + text.slice(0, this.width - 1));
    this.#statusShown = true;
  }

  clearStatus(): void {
    if (this.#statusShown) this.#stream.write(CLEAR_LINE);
    this.#statusShown = false;
  }
}

/** Control characters, tabs aside, and the marks that turn the direction of writing (CVE-2021-42574). */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed here
const UNPRINTABLE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes text of a repository safe to show on one line: escape sequences in a file name or a comment must not drive the
 * terminal (CWE-150), and a line end in a file name must not look like a line of the answer.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\r?\n/g, '\\n').replace(UNPRINTABLE, '');
}

/** Cuts a line to a width, with an ellipsis. */
export function truncateLine(text: string, width: number): string {
  const flat = printable(text).replaceAll('\t', '  ');
  if (flat.length <= width) return flat;
  // Half a surrogate pair is no character.
  return `${flat.slice(0, Math.max(0, width - 1)).replace(/[\ud800-\udbff]$/, '')}…`;
}
