import type { Piece } from './file-layout.ts';
import type { LineIndex } from '../kernel/text/line-index.ts';
import type { LineRange } from './line-windows.ts';
import { MAX_WINDOW_LINES, splitLines } from './line-windows.ts';

/** Lines of some pieces, 0-based, without the blank ones at either end; `count` is 0 where all are blank. */
export interface LineSpan extends LineRange {
  readonly count: number;
}

/** The lines from the first to the last piece, whatever lies between. */
export function lineSpan(pieces: readonly Piece[], lines: LineIndex): LineSpan {
  const start = pieces[0];
  const end = pieces.at(-1);
  if (start === undefined || end === undefined) return { first: 0, last: 0, count: 0 };
  let first = lines.lineOf(start.from);
  let last = lines.lineOf(Math.max(start.from, end.to - 1));
  while (first < last && lines.isBlank(first)) first++;
  while (last > first && lines.isBlank(last)) last--;
  return { first, last, count: first === last && lines.isBlank(first) ? 0 : last - first + 1 };
}

/** Divides the pieces of one unit, in order, into lists of at most {@link MAX_WINDOW_LINES} lines. */
export function cutPieces(pieces: readonly Piece[], lines: LineIndex): Piece[][] {
  const lists: Piece[][] = [];
  let list: Piece[] = [];
  let count = 0;
  for (const piece of pieces) {
    const first = lines.lineOf(piece.from);
    const last = lines.lineOf(Math.max(piece.from, piece.to - 1));
    for (const window of splitLines(lines, { first, last })) {
      const size = window.last - window.first + 1;
      if (count > 0 && count + size > MAX_WINDOW_LINES) {
        lists.push(list);
        list = [];
        count = 0;
      }
      list.push({
        from: Math.max(piece.from, lines.startOf(window.first)),
        to: Math.min(piece.to, lines.endOf(window.last)),
      });
      count += size;
    }
  }
  if (list.length > 0) lists.push(list);
  return lists;
}
