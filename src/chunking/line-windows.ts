import type { LineIndex } from '../kernel/text/line-index.ts';

/** Lines from `first` to `last`, 0-based and inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A stretch of up to this many lines stays whole. */
export const MAX_WINDOW_LINES = 60;
/** Longer ones are cut into equal windows of about this many. */
const TARGET_WINDOW_LINES = 48;
/** How far from the even cut a better one may lie. */
const CUT_SLACK_LINES = 8;

/**
 * Cuts a stretch of lines into windows of about 48 lines (never over 60), at blank lines where there are any, else at the least
 * indented line near the even cut.
 */
export function splitLines(lines: LineIndex, range: LineRange): LineRange[] {
  const count = range.last - range.first + 1;
  if (count <= MAX_WINDOW_LINES) return [range];
  const windows = Math.ceil(count / TARGET_WINDOW_LINES);
  const cuts: LineRange[] = [];
  let first = range.first;
  for (let window = 1; window < windows; window++) {
    const even = range.first + Math.round((count * window) / windows);
    const cut = bestCut(
      lines,
      Math.max(first + 1, even - CUT_SLACK_LINES),
      Math.min(range.last, even + CUT_SLACK_LINES),
      even,
    );
    cuts.push({ first, last: cut - 1 });
    first = cut;
  }
  cuts.push({ first, last: range.last });
  return cuts;
}

/** The line a new window starts with: after a blank line if one is near, else the least indented, nearest to `even`. */
function bestCut(lines: LineIndex, from: number, to: number, even: number): number {
  let best = even;
  let bestCost = Infinity;
  for (let line = from; line <= to; line++) {
    if (lines.isBlank(line)) continue;
    const cost = (lines.isBlank(line - 1) ? 0 : 1000) + indentation(lines, line) * 10 + Math.abs(line - even);
    if (cost < bestCost) {
      best = line;
      bestCost = cost;
    }
  }
  return best;
}

/** Leading blanks, up to 40 of them. */
function indentation(lines: LineIndex, line: number): number {
  const start = lines.startOf(line);
  let at = start;
  while (at - start < 40 && (lines.text[at] === ' ' || lines.text[at] === '\t')) at++;
  return at - start;
}
