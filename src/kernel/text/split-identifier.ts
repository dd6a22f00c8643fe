import { foldText } from './fold-text.ts';

/** In this order: `IDs`, `HTTP` of `HTTPServer`, `Server` or `server`, digits, and letters without case. */
const PART = /\p{Lu}{2,}s(?!\p{L})|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|[\p{Lo}\p{Lt}\p{Lm}\p{M}]+/gu;

/**
 * Splits an identifier, or any text, into the words it is made of: at changes of case, around digits and at everything
 * that is neither letter nor digit. Words are folded as {@link foldText} does.
 *
 * @example
 * splitIdentifier('getUserByID2'); // ['get', 'user', 'by', 'id', '2']
 */
export function splitIdentifier(identifier: string): string[] {
  const parts: string[] = [];
  if (splitAscii(identifier, parts)) return parts;
  parts.length = 0;
  for (const [part] of identifier.normalize('NFC').matchAll(PART)) {
    const folded = foldText(part);
    if (folded !== '') parts.push(folded);
  }
  return parts;
}

const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const SMALL_S = 0x73;

/** {@link PART} by hand for what nearly all identifiers are; false where there is more than ASCII. */
function splitAscii(text: string, parts: string[]): boolean {
  const end = text.length;
  for (let at = 0; at < end;) {
    const start = at;
    const code = text.charCodeAt(at);
    if (code > 0x7f) return false;
    if (isUpper(code)) {
      while (isUpper(text.charCodeAt(at))) at++;
      const count = at - start;
      const isPlural = count > 1 && text.charCodeAt(at) === SMALL_S && !isLetter(text.charCodeAt(at + 1));
      if (isPlural) at++;
      else if (isLower(text.charCodeAt(at))) {
        // The last capital belongs to the next word: `HTTPServer`.
        if (count > 1) at--;
        else while (isLower(text.charCodeAt(at))) at++;
      }
    } else if (isLower(code)) while (isLower(text.charCodeAt(at))) at++;
    else if (isDigit(code)) while (isDigit(text.charCodeAt(at))) at++;
    else {
      at++;
      continue;
    }
    if (text.charCodeAt(at) > 0x7f) return false;
    parts.push(text.slice(start, at).toLowerCase());
  }
  return true;
}

const isLetter = (code: number): boolean => isUpper(code) || isLower(code);
