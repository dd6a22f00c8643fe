/** A position in a text. Lines and columns are 0-based; columns count UTF-16 units (as in LSP). */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A range in a text: `end` is exclusive. Offsets are UTF-16 units, so `text.slice(startOffset, endOffset)` is it. */
export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
  readonly startOffset: number;
  readonly endOffset: number;
}
