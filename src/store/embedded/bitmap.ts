/** Values are ids of rows; an index that names larger ones was tampered with (CWE-789). */
const MAX_VALUE = 2 ** 28;

/** A growing set of small whole numbers, one bit each. */
export class Bitmap {
  #words = new Uint32Array(64);
  /** Numbers in the set. */
  size = 0;

  /** @throws RangeError when the value is negative, not whole, or 2^28 or more. */
  add(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= MAX_VALUE) throw new RangeError(`${value} is no row id`);
    const word = value >>> 5;
    if (word >= this.#words.length) {
      const grown = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    const bits = this.#words[word] ?? 0;
    const bit = 1 << (value & 31);
    if ((bits & bit) !== 0) return;
    this.#words[word] = bits | bit;
    this.size++;
  }

  has(value: number): boolean {
    return ((this.#words[value >>> 5] ?? 0) & (1 << (value & 31))) !== 0;
  }

  /** Copies the bits of `[from, from + 32 * target.length)` into `target`; returns whether any is set. */
  copyInto(target: Uint32Array, from: number): boolean {
    const first = from >>> 5;
    let seen = 0;
    for (let index = 0; index < target.length; index++) {
      const word = this.#words[first + index] ?? 0;
      target[index] = word;
      seen |= word;
    }
    return seen !== 0;
  }
}
