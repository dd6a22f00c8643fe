import { limitExceeded, malformed } from '../tokenizer-error.ts';

/** Most merges; the largest public vocabularies have some 450,000. */
export const MAX_MERGES: number = 1 << 19;
/** Words of a slot: left id + 1 (0: free), right id, rank, id of the merged token. */
const SLOT_WORDS = 4;
const MAX_LOAD = 0.7;
/** Most slots searched (CWE-407): merges can be chosen so that they crowd one place. */
const MAX_PROBES = 512;

/** One merge: two tokens become a third. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
}

/** The merges of a BPE vocabulary by their two ids, in an open-addressing hash table that is one flat array. */
export class MergeTable {
  readonly slots: Int32Array;
  readonly #mask: number;

  constructor(slots: Int32Array) {
    this.slots = slots;
    this.#mask = slots.length / SLOT_WORDS - 1;
  }

  /** Place of a merge for {@link rank} and {@link merged}, or -1 when the two are not merged. */
  find(left: number, right: number): number {
    const { slots } = this;
    for (let slot = hash(left, right) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * SLOT_WORDS;
      const key = slots[at] ?? 0;
      if (key === 0) return -1;
      if (key === left + 1 && slots[at + 1] === right) return at;
    }
  }

  /** Lower ranks are merged first. */
  rank(place: number): number {
    return this.slots[place + 2] ?? 0;
  }

  merged(place: number): number {
    return this.slots[place + 3] ?? 0;
  }

  /**
   * Builds the table; the rank is the place in the list. Of two merges of the same tokens the later one counts.
   *
   * @throws {@link TokenizerError} `TOKENIZER_LIMIT_EXCEEDED` beyond {@link MAX_MERGES}, or when they crowd the table.
   */
  static build(merges: readonly Merge[]): MergeTable {
    if (merges.length > MAX_MERGES) throw limitExceeded('merges', MAX_MERGES, merges.length);
    let capacity = 64;
    while (capacity * MAX_LOAD < merges.length + 1) capacity *= 2;
    const slots = new Int32Array(capacity * SLOT_WORDS);
    merges.forEach((merge, rank) => {
      insert(slots, merge, rank);
    });
    return new MergeTable(slots);
  }

  /**
   * Checks a table from outside: after this no lookup can run forever or name a token that does not exist.
   *
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`.
   */
  static validate(slots: Int32Array, pieceCount: number): void {
    const capacity = slots.length / SLOT_WORDS;
    if (!Number.isInteger(capacity) || capacity < 2 || (capacity & (capacity - 1)) !== 0) {
      throw malformed('The merges', `have ${capacity} slots, which is no power of two`);
    }
    let used = 0;
    for (let at = 0; at < slots.length; at += SLOT_WORDS) {
      if (slots[at] === 0) continue;
      used += 1;
      const [rank = -1, merged = -1] = [slots[at + 2], slots[at + 3]];
      if (rank < 0 || rank > MAX_MERGES || merged < 0 || merged >= pieceCount) {
        throw malformed('The merges', `name token ${merged} of ${pieceCount} with rank ${rank}`);
      }
    }
    if (used > capacity * MAX_LOAD) throw malformed('The merges', `have ${used} of ${capacity} slots in use`);
  }
}

function insert(slots: Int32Array, { left, right, merged }: Merge, rank: number): void {
  const mask = slots.length / SLOT_WORDS - 1;
  let slot = hash(left, right) & mask;
  for (let probes = 1; ; probes += 1) {
    const at = slot * SLOT_WORDS;
    if (probes > MAX_PROBES) throw limitExceeded('merges in one place of their table', MAX_PROBES, probes);
    if (slots[at] === 0 || (slots[at] === left + 1 && slots[at + 1] === right)) {
      slots.set([left + 1, right, rank, merged], at);
      return;
    }
    slot = (slot + 1) & mask;
  }
}

function hash(left: number, right: number): number {
  const mixed = Math.imul(left + 1, 0x9e3779b1) ^ Math.imul(right + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
