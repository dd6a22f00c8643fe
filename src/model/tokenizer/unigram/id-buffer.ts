/** Token ids of one text while they are made: grows, and says when enough are there. */
export class IdBuffer {
  /** Only `ids[0..length)` counts; another array after growth. */
  ids: Int32Array<ArrayBuffer> = new Int32Array(1024);
  length = 0;
  #limit = Infinity;

  /** Empties the buffer; from now on it is {@link full} once it holds more than `limit` ids. */
  reset(limit: number): void {
    this.length = 0;
    this.#limit = limit;
  }

  /** True when there is at least one id too many: whoever adds may stop. */
  get full(): boolean {
    return this.length > this.#limit;
  }

  push(id: number): void {
    if (this.length === this.ids.length) {
      const grown = new Int32Array(this.ids.length * 2);
      grown.set(this.ids);
      this.ids = grown;
    }
    this.ids[this.length] = id;
    this.length += 1;
  }
}
