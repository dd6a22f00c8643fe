import type { ChunkDefinition } from './chunk-source.ts';
import { isCallable, isContainer } from './chunk-source.ts';
import type { LineIndex } from '../kernel/text/line-index.ts';

/** A stretch of text, `to` exclusive. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** A definition that is shown for itself, or the file (`definition` -1), with the text that is its own. */
export interface Unit {
  readonly definition: number;
  /** The innermost unit around it; undefined for the file. */
  readonly container: Unit | undefined;
  /** Where the definition itself starts: its documentation lies before. */
  readonly start: number;
  /** Where it ends, with the rest of its last line. */
  end: number;
  /** Its text without the text of the units in it, in order. */
  readonly pieces: Piece[];
  /** The units in it, in order. */
  readonly members: Unit[];
  /** Smaller functions inside that are part of it. */
  readonly absorbed: number[];
}

/** A function inside a function is a unit of its own from this size; smaller ones are part of the outer one. */
const MIN_NESTED_LINES = 6;

/** Lines that belong to the definition under them: comments, decorators, attributes. */
const LEADING_LINE = /^(?:\/\/|\/\*|\*|#|--|@|\[[A-Za-z]|;;|<!--)|\*\/$|-->$/u;

interface Span {
  readonly definition: number;
  readonly start: number;
  readonly end: number;
}

interface Frame {
  readonly unit: Unit;
  readonly end: number;
  /** Where the text begins that no piece holds yet. */
  from: number;
}

/**
 * Divides a file among its definitions, by their places in the text. Every character belongs to exactly one unit;
 * ranges that cross or lie outside the text are cut to fit. Linear in definitions and text, but for the sorting.
 */
export function layOutFile(definitions: readonly ChunkDefinition[], lines: LineIndex): Unit {
  return new LayoutSweep(definitions, lines).run();
}

class LayoutSweep {
  readonly #definitions: readonly ChunkDefinition[];
  readonly #lines: LineIndex;
  readonly #spans: readonly Span[];
  readonly #stack: Frame[] = [];
  /** Text before this offset is taken: no definition may claim it as its leading lines. */
  #taken = 0;

  constructor(definitions: readonly ChunkDefinition[], lines: LineIndex) {
    this.#definitions = definitions;
    this.#lines = lines;
    this.#spans = sortedSpans(definitions, lines.text.length);
  }

  run(): Unit {
    const size = this.#lines.text.length;
    const file: Unit = {
      definition: -1,
      container: undefined,
      start: 0,
      end: size,
      pieces: [],
      members: [],
      absorbed: [],
    };
    this.#stack.push({ unit: file, end: size, from: 0 });
    for (const [at, span] of this.#spans.entries()) {
      this.#closeUntil(span.start, at);
      this.#open(span);
    }
    this.#closeUntil(Infinity, this.#spans.length);
    return file;
  }

  #open(span: Span): void {
    const outer = this.#stack.at(-1);
    if (outer === undefined) return;
    const end = Math.min(span.end, outer.end);
    if (this.#isAbsorbed(outer.unit, span, end)) {
      if (isCallable(this.#kindOf(span.definition))) outer.unit.absorbed.push(span.definition);
      return;
    }
    const from = this.#leadingStart(span.start);
    this.#addPiece(outer, from);
    const unit: Unit = {
      definition: span.definition,
      container: outer.unit,
      start: span.start,
      end,
      pieces: [],
      members: [],
      absorbed: [],
    };
    outer.unit.members.push(unit);
    this.#stack.push({ unit, end, from });
    this.#taken = span.start + 1;
  }

  #kindOf(definition: number): ChunkDefinition['kind'] {
    return this.#definitions[definition]?.kind ?? 'variable';
  }

  #isAbsorbed(outer: Unit, span: Span, end: number): boolean {
    if (outer.definition < 0 || isContainer(this.#kindOf(outer.definition))) return false;
    const kind = this.#kindOf(span.definition);
    if (!isCallable(kind) && !isContainer(kind)) return true;
    return this.#lines.lineOf(end) - this.#lines.lineOf(span.start) + 1 < MIN_NESTED_LINES;
  }

  /** Closes the units that end before `offset`, which is where the span number `next` starts. */
  #closeUntil(offset: number, next: number): void {
    for (;;) {
      const frame = this.#stack.at(-1);
      if (frame === undefined || frame.end > offset || (frame.unit.definition < 0 && offset !== Infinity)) return;
      this.#stack.pop();
      const outer = this.#stack.at(-1);
      const end = outer === undefined ? frame.end : this.#trailingEnd(frame.end, outer.end, next);
      this.#addPiece(frame, end);
      frame.unit.end = end;
      if (outer !== undefined) outer.from = Math.max(outer.from, end);
      this.#taken = Math.max(this.#taken, end);
    }
  }

  #addPiece(frame: Frame, to: number): void {
    if (to > frame.from) frame.unit.pieces.push({ from: frame.from, to });
    frame.from = Math.max(frame.from, to);
  }

  /** Takes in the start of the line and the comments directly above, unless they are another definition's. */
  #leadingStart(start: number): number {
    let line = this.#lines.lineOf(start);
    if (this.#lines.startOf(line) < this.#taken) return Math.max(start, this.#stack.at(-1)?.from ?? 0);
    while (line > 0 && this.#lines.startOf(line - 1) >= this.#taken && LEADING_LINE.test(this.#lines.trimmed(line - 1)))
      line--;
    return this.#lines.startOf(line);
  }

  /** Takes in the rest of the line, `;` or a remark, unless another definition starts or the outer one ends on it. */
  #trailingEnd(end: number, outerEnd: number, next: number): number {
    const lineEnd = end === 0 ? 0 : this.#lines.endOf(this.#lines.lineOf(end - 1));
    const nextStart = this.#spans[next]?.start ?? Infinity;
    return Math.max(end, Math.min(lineEnd, outerEnd, nextStart));
  }
}

/** In order of start, outer before inner. */
function sortedSpans(definitions: readonly ChunkDefinition[], size: number): Span[] {
  const spans = definitions.map(({ range }, definition) => {
    const start = clamp(range.startOffset, size);
    return { definition, start, end: Math.max(start, clamp(range.endOffset, size)) };
  });
  return spans.sort((a, b) => a.start - b.start || b.end - a.end || a.definition - b.definition);
}

function clamp(offset: number, size: number): number {
  return Number.isFinite(offset) ? Math.min(Math.max(Math.trunc(offset), 0), size) : 0;
}
