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
  for (const [part] of identifier.normalize('NFC').matchAll(PART)) {
    const folded = foldText(part);
    if (folded !== '') parts.push(folded);
  }
  return parts;
}
