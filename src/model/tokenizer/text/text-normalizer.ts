import type { BertStep, NormalizerStep } from '../config/normalizer-steps.ts';
import { cleanText, separateIdeographs } from './bert-characters.ts';
import type { Charsmap } from './charsmap.ts';
import { stripAccents, stripMarks, toForm, toLowerCase } from './unicode-forms.ts';
import { trimmedEnd } from './white-space.ts';

/** Texts are normalized in stretches of about this many units, so that a long text can stop early. */
const STRETCH_UNITS = 4096;

/** The `normalizer` of tokenizer.json. */
export class TextNormalizer {
  readonly #steps: readonly NormalizerStep[];
  readonly #charsmap: Charsmap | null;
  readonly #keepsSpace: boolean;
  readonly #separatesIdeographs: boolean;

  constructor(steps: readonly NormalizerStep[], charsmap: Charsmap | null) {
    this.#steps = steps;
    this.#charsmap = charsmap;
    this.#keepsSpace = charsmap === null || charsmap.keeps(0x20);
    this.#separatesIdeographs = steps.some((step) => step.type === 'bert' && step.separatesIdeographs);
  }

  normalize(text: string): string {
    let result = text;
    for (const step of this.#steps) result = this.#apply(step, result);
    return result;
  }

  #apply(step: NormalizerStep, text: string): string {
    switch (step.type) {
      case 'charsmap':
        return this.#charsmap?.normalize(text) ?? text;
      case 'strip-right':
        return text.slice(0, trimmedEnd(text, 0, text.length));
      case 'collapse-spaces':
        return text.includes('  ') ? text.replace(/ {2,}/g, step.to) : text;
      case 'lowercase':
        return toLowerCase(text);
      case 'strip-marks':
        return stripMarks(text);
      case 'form':
        return toForm(text, step.form);
      case 'bert':
        return applyBert(step, text);
    }
  }

  /**
   * Cuts `text[from..]` where normalizing the parts gives the parts of the normalized whole: before a single space between
   * two plain ASCII characters. There is a grapheme boundary, nothing to strip and no run of spaces. Also before an ideograph
   * where each gets a space on either side: texts in Chinese and Japanese have no other place.
   *
   * @returns the end of the stretch that starts at `from`.
   */
  stretchEnd(text: string, from: number): number {
    if (!this.#keepsSpace) return text.length;
    for (let at = from + STRETCH_UNITS; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === 0x20 ? this.#isPlain(text, at - 1) && this.#isPlain(text, at + 1) : this.#isSeparated(unit))
        return at;
    }
    return text.length;
  }

  #isSeparated(unit: number): boolean {
    return this.#separatesIdeographs && unit >= 0x4e00 && unit <= 0x9fff;
  }

  #isPlain(text: string, at: number): boolean {
    if (at < 0 || at >= text.length) return false;
    const unit = text.charCodeAt(at);
    return unit > 0x20 && unit < 0x7f && (this.#charsmap === null || this.#charsmap.keeps(unit));
  }
}

function applyBert(step: BertStep, text: string): string {
  let result = text;
  if (step.cleansText) result = cleanText(result);
  if (step.separatesIdeographs) result = separateIdeographs(result);
  if (step.stripsAccents) result = stripAccents(result);
  return step.lowercases ? toLowerCase(result) : result;
}
