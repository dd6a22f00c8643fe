/** Token ids of one text while they are made: grows, and says when enough are there. */
export class IdBuffer {
  /** Only `ids[0..length)` counts; another array after growth. */
  ids: Int32Array<ArrayBuffer> = new Int32Array(1024);
  length = 0;
  #limit = Infinity;
  #wordStarts = new Int32Array(256);
  #wordCount = 0;

  /** Empties the buffer; from now on it is {@link full} once it holds more than `limit` ids. */
  reset(limit: number): void {
    this.length = 0;
    this.#wordCount = 0;
    this.#limit = limit;
  }

  /** True when there is at least one id too many: whoever adds may stop. */
  get full(): boolean {
    return this.length > this.#limit;
  }

  push(id: number): void {
    if (this.length === this.ids.length) this.ids = doubled(this.ids);
    this.ids[this.length] = id;
    this.length += 1;
  }

  /** Says that the next id is the first of a word. */
  startWord(): void {
    if (this.#wordCount === this.#wordStarts.length) this.#wordStarts = doubled(this.#wordStarts);
    this.#wordStarts[this.#wordCount] = this.length;
    this.#wordCount += 1;
  }

  /** Where the words start, as indices of {@link ids}, ascending; a word may be without ids. */
  get wordStarts(): Int32Array {
    return this.#wordStarts.subarray(0, this.#wordCount);
  }
}

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(numbers.length * 2);
  grown.set(numbers);
  return grown;
}
