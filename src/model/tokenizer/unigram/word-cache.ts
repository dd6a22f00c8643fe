import type { IdBuffer } from './id-buffer.ts';

/** Longer words are rare and not worth keeping. */
const MAX_WORD_UNITS = 48;
const MAX_WORDS = 65_536;
const SLOT_COUNT = MAX_WORDS * 2;
const MAX_UNITS = MAX_WORDS * 12;
const MAX_IDS = MAX_WORDS * 4;
/** Most slots searched (CWE-407): a text can hold words of one hash on purpose. Those beyond are not remembered. */
const MAX_PROBES = 32;

/**
 * Ids of words seen before, in 4 MB that never grow: when one of its arrays is full it starts anew.
 * Flat arrays instead of a `Map`, because words cut from a text as strings would keep the whole text alive.
 */
export class WordCache {
  readonly #slots = new Int32Array(SLOT_COUNT);
  readonly #hashes = new Int32Array(MAX_WORDS);
  readonly #unitStarts = new Int32Array(MAX_WORDS + 1);
  readonly #idStarts = new Int32Array(MAX_WORDS + 1);
  readonly #units = new Uint16Array(MAX_UNITS);
  readonly #ids = new Int32Array(MAX_IDS);
  #count = 0;

  /** Adds the ids of the word `units[0..length)` to `sink` if they are known. @returns whether they were. */
  replay(units: Uint16Array, length: number, hash: number, sink: IdBuffer): boolean {
    if (length > MAX_WORD_UNITS) return false;
    for (let probe = 0; probe < MAX_PROBES; probe += 1) {
      const word = (this.#slots[(hash + probe) & (SLOT_COUNT - 1)] ?? 0) - 1;
      if (word < 0) return false;
      if (this.#hashes[word] !== hash || !this.#equals(word, units, length)) continue;
      const end = this.#idStarts[word + 1] ?? 0;
      for (let at = this.#idStarts[word] ?? 0; at < end; at += 1) sink.push(this.#ids[at] ?? 0);
      return true;
    }
    return false;
  }

  /** Remembers, where there is room, that the word has the ids `ids[start..end)`. */
  add(units: Uint16Array, length: number, hash: number, ids: Int32Array, start: number, end: number): void {
    if (length > MAX_WORD_UNITS) return;
    const full =
      this.#count === MAX_WORDS ||
      (this.#unitStarts[this.#count] ?? 0) + length > MAX_UNITS ||
      (this.#idStarts[this.#count] ?? 0) + end - start > MAX_IDS;
    if (full) {
      this.#slots.fill(0);
      this.#count = 0;
    }
    const slot = this.#freeSlot(hash);
    if (slot < 0) return;
    const word = this.#count;
    const unitStart = this.#unitStarts[word] ?? 0;
    const idStart = this.#idStarts[word] ?? 0;
    this.#units.set(units.subarray(0, length), unitStart);
    this.#ids.set(ids.subarray(start, end), idStart);
    this.#unitStarts[word + 1] = unitStart + length;
    this.#idStarts[word + 1] = idStart + end - start;
    this.#hashes[word] = hash;
    this.#count += 1;
    this.#slots[slot] = word + 1;
  }

  /** The slot for a new word, or -1 when its place is crowded. */
  #freeSlot(hash: number): number {
    for (let probe = 0; probe < MAX_PROBES; probe += 1) {
      const slot = (hash + probe) & (SLOT_COUNT - 1);
      if (this.#slots[slot] === 0) return slot;
    }
    return -1;
  }

  #equals(word: number, units: Uint16Array, length: number): boolean {
    const start = this.#unitStarts[word] ?? 0;
    if ((this.#unitStarts[word + 1] ?? 0) - start !== length) return false;
    for (let i = 0; i < length; i += 1) if (this.#units[start + i] !== units[i]) return false;
    return true;
  }
}

/** One step of a 32-bit multiplicative hash, for {@link WordCache}; starts with 0. */
export function mixHash(hash: number, unit: number): number {
  const product = Math.imul(hash ^ unit, 0x9e3779b1);
  return product ^ (product >>> 15);
}
