/**
 * Counts the insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal string
 * alignment: no part is edited twice). In UTF-16 units.
 *
 * @param bound - Largest distance of interest; the work is proportional to it.
 * @returns The distance, or `bound + 1` when it is larger than the bound.
 */
export function editDistance(left: string, right: string, bound: number): number {
  const tooFar = bound + 1;
  if (Math.abs(left.length - right.length) > bound) return tooFar;
  const width = right.length + 1;
  let beforePrevious = new Uint32Array(width).fill(tooFar);
  let previous = new Uint32Array(width).fill(tooFar);
  let current = new Uint32Array(width);
  for (let column = 0; column <= Math.min(right.length, bound); column++) previous[column] = column;
  for (let row = 1; row <= left.length; row++) {
    current.fill(tooFar);
    if (row <= bound) current[0] = row;
    let best = current[0] ?? tooFar;
    // Cells further than `bound` from the diagonal cannot be part of a short enough edit.
    const from = Math.max(1, row - bound);
    const to = Math.min(right.length, row + bound);
    for (let column = from; column <= to; column++) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (previous[column - 1] ?? tooFar) + (same ? 0 : 1),
        (previous[column] ?? tooFar) + 1,
        (current[column - 1] ?? tooFar) + 1,
        tooFar,
      );
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? tooFar) + 1);
      }
      current[column] = cost;
      best = Math.min(best, cost);
    }
    // A swap can reach two rows back, so one row beyond the bound is not yet the end.
    if (best > bound && Math.min(...previous) > bound) return tooFar;
    [beforePrevious, previous, current] = [previous, current, beforePrevious];
  }
  return Math.min(previous[right.length] ?? tooFar, tooFar);
}

/** Typing errors allowed in a name of this length: one in three letters, at least one, at most three. */
function allowedErrors(length: number): number {
  return Math.min(3, Math.max(1, Math.floor(length / 3)));
}

/**
 * Picks the names nearest to a mistyped one, case aside.
 *
 * @returns At most `limit` distinct names, nearest first, equally near ones in order of their text.
 */
export function closestNames(name: string, candidates: Iterable<string>, limit: number): string[] {
  const wanted = name.toLowerCase();
  const bound = allowedErrors(wanted.length);
  const distances = new Map<string, number>();
  for (const candidate of candidates) {
    if (distances.has(candidate)) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bound);
    if (distance <= bound) distances.set(candidate, distance);
  }
  return [...distances]
    .sort(([left, near], [right, far]) => near - far || (left < right ? -1 : 1))
    .slice(0, limit)
    .map(([candidate]) => candidate);
}
