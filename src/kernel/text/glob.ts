/**
 * Whether a path matches a glob: `*` stands for any characters within a segment, `**` for any across segments, `?` for
 * one character within a segment; everything else for itself, case and all. A `**` between slashes also stands for no
 * segment: `src/**` + `/a.ts` matches `src/a.ts`. A pattern without a slash matches the last segment anywhere, as in
 * `.gitignore`.
 *
 * Never a RegExp, and never exponential (CWE-1333): states of the pattern are advanced together, so the time is
 * O(length of path × length of pattern).
 *
 * @param path - With `/` between segments.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  return new GlobMatcher(pattern).matches(path);
}

/** Kinds of token. A text token is the UTF-16 unit itself, which is never negative. */
const ONE = -1;
const SEGMENT = -2;
const ANY = -3;
/** `**` and its slash: nothing, or anything that ends with a slash. */
const FOLDERS = -4;

const SLASH = 0x2f;

/** Longest glob that is looked at. */
export const MAX_GLOB_LENGTH = 4096;

function tokenize(pattern: string): Int32Array {
  const tokens: number[] = [];
  let index = 0;
  while (index < pattern.length) {
    const char = pattern.charAt(index);
    if (char === '*') {
      let end = index;
      while (pattern.charAt(end) === '*') end++;
      const across = end - index > 1;
      const startsSegment = index === 0 || pattern.charAt(index - 1) === '/';
      const folders = across && startsSegment && pattern.charAt(end) === '/';
      if (folders) tokens.push(FOLDERS);
      else tokens.push(across ? ANY : SEGMENT);
      index = folders ? end + 1 : end;
    } else {
      tokens.push(char === '?' ? ONE : pattern.charCodeAt(index));
      index++;
    }
  }
  return Int32Array.from(tokens);
}

/** A glob, read once and matched often; see {@link matchesGlob}. */
export class GlobMatcher {
  readonly #tokens: Int32Array;

  /** @throws RangeError when the pattern is longer than {@link MAX_GLOB_LENGTH}. */
  constructor(pattern: string) {
    if (pattern.length > MAX_GLOB_LENGTH) {
      throw new RangeError(`a glob of ${pattern.length} characters is longer than ${MAX_GLOB_LENGTH}`);
    }
    const rooted = pattern.startsWith('./') ? pattern.slice(2) : pattern.replace(/^\//, '');
    this.#tokens = tokenize(pattern.includes('/') ? rooted : `**/${rooted}`);
  }

  matches(path: string): boolean {
    const tokens = this.#tokens;
    // states[i]: the path read so far can match the first i tokens. `FOLDERS` inside a folder name keeps a state of its
    // own, for it may only end after a slash.
    let states = new Uint8Array(tokens.length + 1);
    let next = new Uint8Array(tokens.length + 1);
    states[0] = 1;
    skipEmpty(tokens, states);
    for (let index = 0; index < path.length; index++) {
      next.fill(0);
      advance(tokens, states, next, path.charCodeAt(index));
      skipEmpty(tokens, next);
      [states, next] = [next, states];
    }
    return states[tokens.length] === 1;
  }
}

/** Marks states reached without a character: what may stand for nothing. 1 = at the token, 2 = inside `FOLDERS`. */
function skipEmpty(tokens: Int32Array, states: Uint8Array): void {
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? 0;
    if (states[index] === 1 && (token === SEGMENT || token === ANY || token === FOLDERS)) states[index + 1] = 1;
  }
}

function advance(tokens: Int32Array, states: Uint8Array, next: Uint8Array, char: number): void {
  for (let index = 0; index < tokens.length; index++) {
    if (states[index] === 0) continue;
    const token = tokens[index] ?? 0;
    if (token === char || (token === ONE && char !== SLASH)) next[index + 1] = 1;
    else if (token === ANY || (token === SEGMENT && char !== SLASH)) next[index] = 1;
    // After a slash the token may end (1), before it may not (2). A 1 set by an earlier token wins.
    else if (token === FOLDERS) next[index] = char === SLASH || next[index] === 1 ? 1 : 2;
  }
}
