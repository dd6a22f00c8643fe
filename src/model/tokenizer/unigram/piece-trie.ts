import { limitExceeded, malformed } from '../tokenizer-error.ts';
import { MAX_PIECE_UNITS, type PieceList } from './piece-list.ts';

/**
 * Most slots (CWE-770), 32 MB: room for 2.9 million nodes, six times those of XLM-RoBERTa. Node numbers and piece numbers
 * must fit 24 bits beside 8 bits of the unit.
 */
const MAX_CAPACITY = 1 << 22;
const LOW_24 = 0xffffff;
/** Above this share of used slots linear probing gets slow. */
const MAX_LOAD = 0.7;
/**
 * Most slots searched for one edge (CWE-407): pieces can be chosen so that they crowd one place, which would make
 * building quadratic. XLM-RoBERTa’s vocabulary has no more than 36 slots in a row.
 */
const MAX_PROBES = 2048;

/**
 * Trie over UTF-16 units in one open-addressing hash table, so that it is a flat array: near free to load and sharable
 * between threads.
 *
 * A node is the slot of the edge that leads to it (plus 1; 0 is "no node"), which makes a slot two 32-bit words:
 * `parent node | low byte of the unit << 24` and `piece + 1 | high byte of the unit << 24`.
 * The 505,206 nodes of XLM-RoBERTa's vocabulary take 8 MB.
 */
export class PieceTrie {
  /** Two words a slot; the number of slots is a power of two. */
  readonly slots: Int32Array;
  readonly root: number;
  readonly #mask: number;

  constructor(slots: Int32Array) {
    this.slots = slots;
    const capacity = slots.length >>> 1;
    this.#mask = capacity - 1;
    this.root = capacity + 1;
  }

  /** The node below `node` by `unit`, or 0. */
  child(node: number, unit: number): number {
    const key = node | (unit << 24);
    const high = unit >>> 8;
    const slots = this.slots;
    let slot = hash(node, unit) & this.#mask;
    for (;;) {
      const first = slots[slot << 1] ?? 0;
      if (first === 0) return 0;
      if (first === key && (slots[(slot << 1) + 1] ?? 0) >>> 24 === high) return slot + 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** The piece that ends at `node`, or -1. */
  piece(node: number): number {
    return (secondWord(this.slots, node) & LOW_24) - 1;
  }

  /** The piece that is exactly this text, or -1. */
  pieceOf(text: string): number {
    let node = this.root;
    for (let at = 0; at < text.length && node !== 0; at += 1) node = this.child(node, text.charCodeAt(at));
    return node === 0 || node === this.root ? -1 : this.piece(node);
  }

  /** Where each piece ends; a piece that has the text of a later one is absent. */
  pieceNodes(): ReadonlyMap<number, number> {
    const nodes = new Map<number, number>();
    for (let node = 1; node < this.root; node += 1) {
      const piece = this.piece(node);
      if (piece >= 0) nodes.set(piece, node);
    }
    return nodes;
  }

  /** The units from the root to `node` as a text. */
  textAt(node: number): string {
    const units: number[] = [];
    // Bounded: in a table that was tampered with, edges can go in circles.
    for (let at = node; at > 0 && at < this.root && units.length < MAX_PIECE_UNITS;) {
      const first = this.slots[(at - 1) << 1] ?? 0;
      units.push((first >>> 24) | ((secondWord(this.slots, at) >>> 24) << 8));
      at = first & LOW_24;
    }
    return String.fromCharCode(...units.reverse());
  }

  /**
   * Builds the trie. Of two equal pieces the later one counts, as in the Rust library.
   *
   * @throws {@link TokenizerError} `TOKENIZER_LIMIT_EXCEEDED` when the vocabulary is too large for the table, or crowds it.
   */
  static build(pieces: PieceList): PieceTrie {
    let capacity = 1024;
    // Real vocabularies have .35 to .45 nodes a unit.
    while (capacity < pieces.unitCount * 0.5) capacity *= 2;
    capacity = Math.min(capacity, MAX_CAPACITY);
    for (; capacity <= MAX_CAPACITY; capacity *= 2) {
      const slots = new Int32Array(capacity * 2);
      if (fill(slots, pieces)) return new PieceTrie(slots);
    }
    throw limitExceeded('slots for the beginnings of its pieces', MAX_CAPACITY, capacity);
  }

  /**
   * Checks a table from outside: after this no lookup can run forever or name a piece that does not exist.
   *
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`.
   */
  static validate(slots: Int32Array, pieceCount: number): void {
    const capacity = slots.length >>> 1;
    if (capacity < 2 || capacity > MAX_CAPACITY || (capacity & (capacity - 1)) !== 0 || slots.length % 2 !== 0) {
      throw malformed('The trie', `has ${capacity} slots, which is no power of two up to ${MAX_CAPACITY}`);
    }
    let used = 0;
    let highest = 0;
    let run = 0;
    let longestRun = 0;
    for (let word = 0; word < slots.length; word += 2) {
      if (slots[word] === 0) {
        run = 0;
        continue;
      }
      used += 1;
      run += 1;
      if (run > longestRun) longestRun = run;
      const piece = (slots[word + 1] ?? 0) & LOW_24;
      if (piece > highest) highest = piece;
    }
    if (highest > pieceCount) throw malformed('The trie', `names piece ${highest - 1} of ${pieceCount}`);
    if (used > capacity * MAX_LOAD) throw malformed('The trie', `has ${used} of ${capacity} slots in use`);
    if (longestRun > MAX_PROBES) throw malformed('The trie', `has ${longestRun} slots in use in a row`);
  }
}

function secondWord(slots: Int32Array, node: number): number {
  return slots[((node - 1) << 1) + 1] ?? 0;
}

function hash(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/** @returns false when the table is too small, or crowded. */
function fill(slots: Int32Array, pieces: PieceList): boolean {
  const capacity = slots.length >>> 1;
  const mask = capacity - 1;
  const units = pieces.units;
  let free = Math.floor(capacity * MAX_LOAD);
  for (let index = 0; index < pieces.count; index += 1) {
    const end = pieces.start(index + 1);
    let node = capacity + 1;
    for (let at = pieces.start(index); at < end; at += 1) {
      const unit = units[at] ?? 0;
      const key = node | (unit << 24);
      const high = (unit >>> 8) << 24;
      let slot = hash(node, unit) & mask;
      for (let probes = 1; ; probes += 1) {
        const first = slots[slot << 1] ?? 0;
        if (probes > MAX_PROBES) return false;
        if (first === 0) {
          if (free === 0) return false;
          free -= 1;
          slots[slot << 1] = key;
          slots[(slot << 1) + 1] = high;
          break;
        }
        if (first === key && ((slots[(slot << 1) + 1] ?? 0) & ~LOW_24) === high) break;
        slot = (slot + 1) & mask;
      }
      node = slot + 1;
      if (at === end - 1) slots[(slot << 1) + 1] = high | (index + 1);
    }
  }
  return true;
}
