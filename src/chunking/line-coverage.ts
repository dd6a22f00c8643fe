import type { Chunk } from './chunk.ts';
import type { LineIndex } from '../kernel/text/line-index.ts';

/**
 * Stretches chunks over the lines no chunk has: those without words, such as the `}` of a C++ namespace. Each goes to
 * the chunk before it, or after it at the top of the file.
 *
 * @param chunks - In order of their first line; at least one if the file has a line that is not blank.
 */
export function coverEveryLine(chunks: readonly Chunk[], lines: LineIndex): Chunk[] {
  const starts = chunks.map((chunk) => chunk.startLine);
  const ends = chunks.map((chunk) => chunk.endLine);
  let next = 0;
  /** The chunk that reaches furthest among those that start before the line. */
  let furthest = -1;
  for (let line = 1; line <= lines.lineCount; line++) {
    for (; next < chunks.length && (starts[next] ?? 0) <= line; next++) {
      if ((ends[next] ?? 0) >= (ends[furthest] ?? 0)) furthest = next;
    }
    if ((ends[furthest] ?? 0) >= line || lines.isBlank(line - 1)) continue;
    if (furthest >= 0) ends[furthest] = line;
    else starts[0] = Math.min(starts[0] ?? line, line);
  }
  return chunks.map((chunk, at) => ({
    ...chunk,
    startLine: starts[at] ?? chunk.startLine,
    endLine: ends[at] ?? chunk.endLine,
  }));
}
