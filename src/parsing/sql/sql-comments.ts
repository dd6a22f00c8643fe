import type { TokenList } from './sql-tokens.ts';

/** Documentation longer than this is a licence or a log of changes. */
const MAX_DOCUMENTATION = 2000;
const MAX_COMMENTS = 60;
const MAX_SIGNATURE = 400;
/** What SQL Server Management Studio writes over each object. */
const GENERATED = /^\/\*{6} Object:/u;

/** Index of the first comment that starts at or after an offset. */
function firstCommentFrom(tokens: TokenList, offset: number): number {
  let low = 0;
  let high = tokens.comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens.comments[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Text of the comments that document a definition: those right before it, else those between its header and its first
 * statement. Without markers and rulers.
 *
 * @param header - Where the header ends and where the next token starts.
 */
export function readDocumentation(
  tokens: TokenList,
  start: number,
  header: readonly [end: number, next: number],
): string {
  const before = leadingComments(tokens, start);
  if (before.length > 0) return joinComments(before);
  const inside: string[] = [];
  for (let at = firstCommentFrom(tokens, header[0]); inside.length < MAX_COMMENTS; at++) {
    const comment = tokens.comments[at];
    if (comment === undefined || comment.end > header[1]) break;
    inside.push(tokens.text.slice(comment.start, comment.end));
  }
  return joinComments(inside);
}

/** Comments above, with nothing but blanks between them; a blank line may part the last from the definition. */
function leadingComments(tokens: TokenList, start: number): string[] {
  const found: string[] = [];
  let below = start;
  let allowedBreaks = 2;
  for (let at = firstCommentFrom(tokens, start) - 1; at >= 0 && found.length < MAX_COMMENTS; at--) {
    const comment = tokens.comments[at];
    if (comment === undefined || below - comment.end > 200) break;
    const gap = tokens.text.slice(comment.end, below);
    if (gap.trim() !== '' || gap.split('\n').length - 1 > allowedBreaks || followsCode(tokens, comment.start)) break;
    const text = tokens.text.slice(comment.start, comment.end);
    if (!GENERATED.test(text)) found.push(text);
    below = comment.start;
    allowedBreaks = 1;
  }
  return found.reverse();
}

/** A comment behind code on the same line belongs to that code. */
function followsCode(tokens: TokenList, start: number): boolean {
  for (let at = start - 1; at >= 0 && start - at < 300; at--) {
    const char = tokens.text.charAt(at);
    if (char === '\n') return false;
    if (char !== ' ' && char !== '\t' && char !== '\r') return true;
  }
  return false;
}

function joinComments(comments: readonly string[]): string {
  const lines: string[] = [];
  for (const comment of comments) {
    for (const line of comment.slice(0, MAX_DOCUMENTATION * 2).split('\n')) {
      const text = stripMarkers(line);
      if (/[\p{L}\p{N}]/u.test(text)) lines.push(text);
    }
  }
  return lines.join('\n').slice(0, MAX_DOCUMENTATION);
}

const MARKERS: ReadonlySet<string> = new Set(' \t\r-*/=#+|');

function stripMarkers(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && MARKERS.has(line.charAt(from))) from++;
  while (to > from && MARKERS.has(line.charAt(to - 1))) to--;
  return line.slice(from, to);
}

/** The text of a header on one line, without comments. */
export function readSignature(tokens: TokenList, start: number, end: number): string {
  const parts: string[] = [];
  let from = start;
  let length = 0;
  for (let at = firstCommentFrom(tokens, start); length < MAX_SIGNATURE * 4; at++) {
    const comment = tokens.comments[at];
    if (comment === undefined || comment.start >= end) break;
    parts.push(tokens.text.slice(from, comment.start));
    length += comment.start - from;
    from = comment.end;
  }
  if (from < end) parts.push(tokens.text.slice(from, Math.min(end, from + MAX_SIGNATURE * 4)));
  const line = parts
    .join(' ')
    .slice(0, MAX_SIGNATURE * 4)
    .replace(/\s+/gu, ' ')
    .trim();
  return line.length > MAX_SIGNATURE ? `${line.slice(0, MAX_SIGNATURE - 1)}…` : line;
}
