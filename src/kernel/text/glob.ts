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

type Token =
  | { readonly type: 'text'; readonly char: string }
  | { readonly type: 'one' | 'segment' | 'any' }
  /** `**` and its slash: nothing, or anything that ends with a slash. */
  | { readonly type: 'folders' };

/** Longest glob that is looked at. */
export const MAX_GLOB_LENGTH = 4096;

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < pattern.length) {
    const char = pattern.charAt(index);
    if (char === '*') {
      let end = index;
      while (pattern.charAt(end) === '*') end++;
      const across = end - index > 1;
      const startsSegment = index === 0 || pattern.charAt(index - 1) === '/';
      if (across && startsSegment && pattern.charAt(end) === '/') {
        tokens.push({ type: 'folders' });
        end++;
      } else tokens.push({ type: across ? 'any' : 'segment' });
      index = end;
    } else {
      tokens.push(char === '?' ? { type: 'one' } : { type: 'text', char });
      index++;
    }
  }
  return tokens;
}

/** A glob, read once and matched often; see {@link matchesGlob}. */
export class GlobMatcher {
  readonly #tokens: readonly Token[];

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
    // states[i]: the path read so far can match the first i tokens. `folders` that is inside a folder name keeps its
    // own state, for it may only end after a slash.
    let states = new Uint8Array(tokens.length + 1);
    let next = new Uint8Array(tokens.length + 1);
    states[0] = 1;
    skipEmpty(tokens, states);
    for (let index = 0; index < path.length; index++) {
      next.fill(0);
      advance(tokens, states, next, path.charAt(index));
      skipEmpty(tokens, next);
      [states, next] = [next, states];
    }
    return states[tokens.length] === 1;
  }
}

/** Marks states reached without a character: what may stand for nothing. 1 = at the token, 2 = inside `folders`. */
function skipEmpty(tokens: readonly Token[], states: Uint8Array): void {
  for (const [index, token] of tokens.entries()) {
    if (states[index] !== 1) continue;
    if (token.type === 'segment' || token.type === 'any' || token.type === 'folders') states[index + 1] = 1;
  }
}

function advance(tokens: readonly Token[], states: Uint8Array, next: Uint8Array, char: string): void {
  for (const [index, token] of tokens.entries()) {
    if (states[index] === 0) continue;
    switch (token.type) {
      case 'text':
        if (token.char === char) next[index + 1] = 1;
        break;
      case 'one':
        if (char !== '/') next[index + 1] = 1;
        break;
      case 'segment':
        if (char !== '/') next[index] = 1;
        break;
      case 'any':
        next[index] = 1;
        break;
      case 'folders':
        // After a slash the token may end (1), before it may not (2). A 1 set by an earlier token wins.
        if (char === '/') next[index] = 1;
        else if (next[index] === 0) next[index] = 2;
        break;
    }
  }
}
