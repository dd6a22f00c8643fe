import { CharacterClass } from '../text/character-class.ts';
import { LETTER_EXCEPTIONS, NUMBER_EXCEPTIONS } from '../text/unicode-exceptions.ts';
import { isWhiteSpace } from '../text/white-space.ts';

const LETTER = new CharacterClass(/\p{L}/u, LETTER_EXCEPTIONS);
const NUMBER = new CharacterClass(/\p{N}/u, NUMBER_EXCEPTIONS);
const SPACE = 0x20;
const APOSTROPHE = 0x27;
const CONTRACTIONS = ['s', 't', 're', 've', 'm', 'll', 'd'];

type Kind = 'space' | 'letter' | 'number' | 'other';

/**
 * End of the word that starts at `start`, as GPT-2's pattern
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` finds it. Written out, because a run of
 * millions of letters overflows the stack of a regular expression.
 *
 * @param end - Where the text ends, for the words as well.
 */
export function gpt2WordEnd(text: string, start: number, end: number): number {
  const unit = text.charCodeAt(start);
  if (unit === APOSTROPHE) {
    const letters = CONTRACTIONS.find((ending) => start + ending.length < end && text.startsWith(ending, start + 1));
    if (letters !== undefined) return start + 1 + letters.length;
  }
  const first = unit === SPACE && start + 1 < end ? start + 1 : start;
  const kind = kindAt(text, first);
  if (kind !== 'space') return runEnd(text, first, end, kind);
  const after = runEnd(text, start, end, 'space');
  // White space leaves its last character to the word behind it.
  return after === end || after === start + 1 ? after : after - 1;
}

function runEnd(text: string, start: number, end: number, kind: Kind): number {
  let at = start;
  while (at < end && kindAt(text, at) === kind) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

function kindAt(text: string, at: number): Kind {
  const codePoint = text.codePointAt(at) ?? 0;
  if (codePoint < 0x10000 && isWhiteSpace(codePoint)) return 'space';
  if (LETTER.has(codePoint)) return 'letter';
  return NUMBER.has(codePoint) ? 'number' : 'other';
}
