/** Brackets open at once, or closed and never opened, beyond which a file is not parsed: people stay below 100. */
export const MAX_BRACKET_DEPTH = 5_000;

const OPENING = new Set(['(', '[', '{'].map((bracket) => bracket.charCodeAt(0)));
const CLOSING = new Set([')', ']', '}'].map((bracket) => bracket.charCodeAt(0)));

/**
 * Whether brackets are nested, or left without partner, more than {@link MAX_BRACKET_DEPTH} deep. The parser's recovery
 * takes the square of such a run (35 s for 200,000 of them) and looks at no clock meanwhile. Brackets in texts and
 * comments count: what would be needed to tell them apart is the parser.
 */
export function isTooDeep(text: string): boolean {
  if (text.length <= MAX_BRACKET_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Letters and blanks, which are most of a file, are over with a comparison or two.
    if (code < 0x28 || (code > 0x29 && code < 0x5b) || (code > 0x5d && code < 0x7b) || code > 0x7d) continue;
    if (OPENING.has(code)) depth++;
    else if (CLOSING.has(code)) depth--;
    if (depth > MAX_BRACKET_DEPTH || depth < -MAX_BRACKET_DEPTH) return true;
  }
  return false;
}
