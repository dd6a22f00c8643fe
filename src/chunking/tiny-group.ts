import type { ChunkDefinition } from './chunk-source.ts';
import type { Piece, Unit } from './file-layout.ts';
import type { LineIndex } from '../kernel/text/line-index.ts';
import { lineSpan } from './piece-windows.ts';
import { CHARACTERS_PER_TOKEN, MAX_CHUNK_TOKENS } from './text-budget.ts';

/** Neighbours of at most this many lines share a chunk. */
const MAX_TINY_LINES = 3;
/** A shared chunk ends at this many lines. */
const MAX_GROUP_LINES = 40;
/** Signatures and documentation of the members of a shared chunk: the rest is for their words. */
export const MAX_GROUP_CHARACTERS: number = 0.7 * MAX_CHUNK_TOKENS * CHARACTERS_PER_TOKEN;

/** True for a definition of few lines with nothing in it. */
export function isTiny(unit: Unit, lines: LineIndex): boolean {
  return unit.members.length === 0 && lineSpan(unit.pieces, lines).count <= MAX_TINY_LINES;
}

/** Tiny neighbours, and bits of code between them, on their way into one chunk. */
export class TinyGroup {
  readonly units: Unit[] = [];
  /** Text of the units and of what lies between them, in order. */
  readonly pieces: Piece[] = [];
  /** Those of the pieces that lie between units. */
  readonly gaps: Piece[] = [];
  readonly #lines: LineIndex;
  #characters = 0;

  constructor(lines: LineIndex) {
    this.#lines = lines;
  }

  /** Takes in a tiny unit and the code before it; false where they do not fit. A group never starts with code. */
  join(unit: Unit, { signature, documentation, name }: ChunkDefinition, gap?: Piece): boolean {
    const characters = signature.length + documentation.length + name.length;
    if (this.units.length === 0) {
      if (gap !== undefined) return false;
    } else {
      const span = lineSpan([...this.pieces.slice(0, 1), ...unit.pieces], this.#lines);
      if (this.#characters + characters > MAX_GROUP_CHARACTERS || span.count > MAX_GROUP_LINES) return false;
    }
    this.units.push(unit);
    if (gap !== undefined) {
      this.pieces.push(gap);
      this.gaps.push(gap);
    }
    this.pieces.push(...(unit.pieces.length > 0 ? unit.pieces : [{ from: unit.start, to: unit.start }]));
    this.#characters += characters;
    return true;
  }
}
