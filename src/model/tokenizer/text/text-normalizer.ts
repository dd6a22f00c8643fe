import type { NormalizerStep } from '../tokenizer-config.ts';
import type { Charsmap } from './charsmap.ts';
import { trimmedEnd } from './white-space.ts';

/** Texts are normalized in stretches of about this many units, so that a long text can stop early. */
const STRETCH_UNITS = 4096;

/** The `normalizer` of tokenizer.json. */
export class TextNormalizer {
  readonly #steps: readonly NormalizerStep[];
  readonly #charsmap: Charsmap | null;
  readonly #keepsSpace: boolean;

  constructor(steps: readonly NormalizerStep[], charsmap: Charsmap | null) {
    this.#steps = steps;
    this.#charsmap = charsmap;
    this.#keepsSpace = charsmap === null || charsmap.keeps(0x20);
  }

  normalize(text: string): string {
    let result = text;
    for (const step of this.#steps) {
      if (step.type === 'charsmap') result = this.#charsmap?.normalize(result) ?? result;
      else if (step.type === 'strip-right') result = result.slice(0, trimmedEnd(result, 0, result.length));
      else if (result.includes('  ')) result = result.replace(/ {2,}/g, step.to);
    }
    return result;
  }

  /**
   * Cuts `text[from..]` where normalizing the parts gives the parts of the normalized whole: before a single space between
   * two plain ASCII characters. There is a grapheme boundary, nothing to strip and no run of spaces.
   *
   * @returns the end of the stretch that starts at `from`.
   */
  stretchEnd(text: string, from: number): number {
    if (!this.#keepsSpace) return text.length;
    let at = text.indexOf(' ', from + STRETCH_UNITS);
    while (at >= 0) {
      if (this.#isPlain(text, at - 1) && this.#isPlain(text, at + 1)) return at;
      at = text.indexOf(' ', at + 1);
    }
    return text.length;
  }

  #isPlain(text: string, at: number): boolean {
    if (at < 0 || at >= text.length) return false;
    const unit = text.charCodeAt(at);
    return unit > 0x20 && unit < 0x7f && (this.#charsmap === null || this.#charsmap.keeps(unit));
  }
}
