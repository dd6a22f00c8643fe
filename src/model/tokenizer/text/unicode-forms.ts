import { replaceCodePoints } from './bert-characters.ts';
import { CharacterClass, codePointSet } from './character-class.ts';
import { BERT_MARK_EXCEPTIONS, MARK_EXCEPTIONS, NORMALIZATION_EXCEPTIONS } from './unicode-exceptions.ts';

/** Unicode normalization forms. */
export const UNICODE_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;
export type UnicodeForm = (typeof UNICODE_FORMS)[number];

const NONSPACING_MARK = new CharacterClass(/\p{Mn}/u, BERT_MARK_EXCEPTIONS);
const MARK = new CharacterClass(/\p{M}/u, MARK_EXCEPTIONS);
const NEWER = new RegExp(
  `[${[...codePointSet(NORMALIZATION_EXCEPTIONS)].map((codePoint) => `\\u{${codePoint.toString(16)}}`).join('')}]`,
  'gu',
);

/** A normalization form as the Rust library has it: characters newer than its tables stay as they are. */
export function toForm(text: string, form: UnicodeForm): string {
  if (isAscii(text)) return text;
  const newer = text.match(NEWER);
  if (newer === null) return text.normalize(form);
  const parts = text.split(NEWER).map((part) => part.normalize(form));
  return parts.map((part, index) => part + (newer[index] ?? '')).join('');
}

/** `strip_accents` of BertNormalizer: decomposes, then drops nonspacing marks. */
export function stripAccents(text: string): string {
  if (isAscii(text)) return text;
  return replaceCodePoints(toForm(text, 'NFD'), (codePoint) => (NONSPACING_MARK.has(codePoint) ? '' : null));
}

/** The normalizer `StripAccents`: drops marks, without decomposing. */
export function stripMarks(text: string): string {
  if (isAscii(text)) return text;
  return replaceCodePoints(text, (codePoint) => (MARK.has(codePoint) ? '' : null));
}

/** Character by character as in Rust: a sigma at the end of a word is none of its own. */
export function toLowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase();
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
