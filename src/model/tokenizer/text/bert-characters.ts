import { CharacterClass } from './character-class.ts';
import { FORMAT_EXCEPTIONS, PUNCTUATION_EXCEPTIONS } from './unicode-exceptions.ts';
import { isWhiteSpace } from './white-space.ts';

/** What BertNormalizer's `clean_text` drops: controls, formats, private characters, U+0000 and U+FFFD. */
const DROPPED = new CharacterClass(/[^\P{C}\p{Cn}\p{Cs}\t\n\r]|\ufffd/u, FORMAT_EXCEPTIONS);
const PUNCTUATION = new CharacterClass(/[\p{P}!-/:-@[-`{-~]/u, PUNCTUATION_EXCEPTIONS);
/** The blocks of ideographs of BERT's `tokenize_chinese_chars`. */
const IDEOGRAPHS: readonly (readonly [number, number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

/** Whether BertPreTokenizer makes a word of its own of a character. */
export function isPunctuation(codePoint: number): boolean {
  return PUNCTUATION.has(codePoint);
}

/** `clean_text`: drops what cannot be seen, and makes every white space a space. */
export function cleanText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return replaceCodePoints(text, (codePoint) => {
    if (codePoint >= 0x20 && codePoint < 0x7f) return null;
    if (DROPPED.has(codePoint)) return '';
    return codePoint < 0x10000 && isWhiteSpace(codePoint) ? ' ' : null;
  });
}

/** `handle_chinese_chars`: a space on either side of each ideograph. */
export function separateIdeographs(text: string): string {
  if (!/[\u3400-\uffff]/.test(text)) return text;
  return replaceCodePoints(text, (codePoint) => {
    if (codePoint < 0x3400 || !IDEOGRAPHS.some(([first, last]) => codePoint >= first && codePoint <= last)) return null;
    return ` ${String.fromCodePoint(codePoint)} `;
  });
}

/** @param replacement - What becomes of a code point; null when it stays. */
export function replaceCodePoints(text: string, replacement: (codePoint: number) => string | null): string {
  let result = '';
  let kept = 0;
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) ?? 0;
    const next = at + (codePoint > 0xffff ? 2 : 1);
    const other = replacement(codePoint);
    if (other !== null) {
      result += text.slice(kept, at) + other;
      kept = next;
    }
    at = next;
  }
  return kept === 0 ? text : result + text.slice(kept);
}
