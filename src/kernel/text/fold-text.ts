/**
 * Marks that scripts share: accents, Arabic vowel points, variation selectors; but not the Japanese voicing marks.
 * Marks of one script (vowel signs of Hindi, say) are letters to their readers and stay.
 */
const DIACRITICS = /[[\p{Mn}&&\p{Script=Inherited}]--[\u3099\u309A]]/gv;
// oxlint-disable-next-line no-control-regex -- the whole ASCII range is meant
const ASCII_ONLY = /^[\u0000-\u007f]*$/u;

/**
 * Folds text so that spellings people take for the same compare equal: compatibility forms unified (NFKD), lower case,
 * without diacritics, composed again (NFC, so that Korean syllables stay whole). Folding twice changes nothing more.
 *
 * @example
 * foldText('Ação ﬁnal'); // 'acao final'
 */
export function foldText(text: string): string {
  if (ASCII_ONLY.test(text)) return text.toLowerCase();
  const lower = text.normalize('NFKD').toLowerCase();
  return lower.normalize('NFKD').replace(DIACRITICS, '').normalize('NFC');
}
