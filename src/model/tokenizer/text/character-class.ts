/** A set of code points: a pattern of Unicode properties, but for some exceptions. Answers are remembered. */
export class CharacterClass {
  readonly #pattern: RegExp;
  readonly #exceptions: ReadonlySet<number>;
  /** For each code point of the basic plane: 0 not asked yet, 1 outside, 2 inside. */
  readonly #answers = new Uint8Array(65_536);

  /**
   * @param pattern - Matches single characters; without the flags `g` and `y`.
   * @param exceptions - Code points for which the pattern's answer is turned round: `61d 9fd 10f55-10f59`, hexadecimal.
   */
  constructor(pattern: RegExp, exceptions = '') {
    this.#pattern = pattern;
    this.#exceptions = codePointSet(exceptions);
  }

  has(codePoint: number): boolean {
    const answer = this.#answers[codePoint] ?? 0;
    if (answer !== 0) return answer === 2;
    const isInside = this.#pattern.test(String.fromCodePoint(codePoint)) !== this.#exceptions.has(codePoint);
    // A typed array ignores what lies beyond its end, so astral code points are found out each time.
    this.#answers[codePoint] = isInside ? 2 : 1;
    return isInside;
  }
}

/** The code points of `61d 9fd 10f55-10f59`. */
export function codePointSet(ranges: string): ReadonlySet<number> {
  const codePoints = new Set<number>();
  for (const range of ranges.split(' ').filter((part) => part !== '')) {
    const [first = 0, last = first] = range.split('-').map((part) => Number.parseInt(part, 16));
    for (let codePoint = first; codePoint <= last; codePoint += 1) codePoints.add(codePoint);
  }
  return codePoints;
}
