import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';

/** Where a command writes. Standard output carries the answer, standard error what people read meanwhile. */
export interface OutputStream {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Style = 'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red';

/** Narrowest and widest line that is laid out for; pipes get the widest. */
const MIN_WIDTH = 40;
const MAX_WIDTH = 160;

/** Text for one stream: colour only on a terminal, never with NO_COLOR or TERM=dumb. */
export class Terminal {
  readonly interactive: boolean;
  readonly width: number;
  readonly #stream: OutputStream;
  readonly #colour: boolean;

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
    this.#stream.write(`${text}\n`);
  }

  raw(text: string): void {
    this.#stream.write(text);
  }
}

/**
 * Makes text of a repository safe to show: escape sequences in a file name or a comment must not drive the terminal
 * (CWE-150).
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is removed here
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** Cuts a line to a width, with an ellipsis. */
export function truncateLine(text: string, width: number): string {
  const flat = printable(text).replaceAll('\t', '  ');
  return flat.length <= width ? flat : `${flat.slice(0, Math.max(0, width - 1))}…`;
}
