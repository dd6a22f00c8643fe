/** Random numbers that a seed decides: 32-bit mulberry, good enough to choose damage with. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** For one case of a run: the same for the same three, and nothing alike for neighbours. */
  static ofCase(seed: number, target: string, caseNumber: number): Random {
    let hash = 0x811c9dc5;
    for (const part of [String(seed), target, String(caseNumber)]) {
      for (const character of `${part}/`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
    return new Random(hash);
  }

  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 up to but not including `limit`; 0 when that is 0. */
  below(limit: number): number {
    return limit <= 0 ? 0 : this.uint32() % limit;
  }

  chance(probability: number): boolean {
    return this.uint32() < probability * 0x1_0000_0000;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.uint32() & 0xff);
  }
}
