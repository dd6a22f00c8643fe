/** Where the lines of a text start. Lines are 0-based here; a line includes its line break. */
export class LineIndex {
  readonly text: string;
  readonly #starts: number[] = [0];
  /** 0 not known yet, 1 blank, 2 not. */
  readonly #blank: Uint8Array;

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
    this.#blank = new Uint8Array(this.#starts.length);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Offset of the first character of a line; the length of the text for a line past the end. */
  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Offset after the line break of a line. */
  endOf(line: number): number {
    return this.startOf(line + 1);
  }

  /** The line that holds an offset; the last line for the end of the text. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Text of a line without the blanks around it. */
  trimmed(line: number): string {
    return this.text.slice(this.startOf(line), this.endOf(line)).trim();
  }

  /** True where a line holds nothing but blanks. */
  isBlank(line: number): boolean {
    if (this.#blank[line] === 0) this.#blank[line] = this.trimmed(line) === '' ? 1 : 2;
    return this.#blank[line] !== 2;
  }
}
