import type { ScipDocument, ScipOccurrence } from './scip-index.ts';

/** Characters that are one unit in every encoding. */
const ASCII = /^[\0-\x7f]*$/;

/**
 * A document with its columns in UTF-16 units, as ours are. A tool that does not say how it counts is taken at its word
 * where that makes no difference, and to count UTF-16 units elsewhere, as scip-typescript does.
 */
export function withUtf16Columns(document: ScipDocument, text: string): ScipDocument {
  const { positionEncoding } = document;
  if (positionEncoding === 'utf-16' || positionEncoding === 'unspecified' || ASCII.test(text)) return document;
  const lines = text.split('\n');
  const convert = (occurrence: ScipOccurrence): ScipOccurrence => {
    const line = lines[occurrence.line] ?? '';
    if (ASCII.test(line)) return occurrence;
    const before =
      positionEncoding === 'utf-8'
        ? Buffer.from(line, 'utf8').subarray(0, occurrence.column).toString('utf8')
        : Array.from(line).slice(0, occurrence.column).join('');
    return { ...occurrence, column: before.length };
  };
  return { ...document, positionEncoding: 'utf-16', occurrences: document.occurrences.map(convert) };
}
