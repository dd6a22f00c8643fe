import type { OutputStream } from '../../../src/cli/output/terminal.ts';

/** A stream that remembers what was written. */
export class RecordedStream implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  text = '';

  constructor(options: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}
