import { limitExceeded, malformed } from '../tokenizer-error.ts';

/** Most pieces a vocabulary may hold (CWE-770); XLM-RoBERTa has 250,002, the largest public one (XLM-V) 901,629. */
export const MAX_PIECES: number = 1 << 20;
/** Longest piece in UTF-16 units; SentencePiece makes none above 16 characters unless told to. */
export const MAX_PIECE_UNITS = 512;
/** Most ids without a piece: each costs memory. */
const MAX_GAPS = 10_000;
/** Most UTF-16 units of all pieces together; XLM-RoBERTa has 1.4 million, XLM-V about 6 million. */
const MAX_UNITS: number = 1 << 23;

/**
 * The vocabulary while a tokenizer is compiled: all pieces in one array of UTF-16 units.
 * 250,002 strings in arrays would cost some 30 MB and as many garbage objects; this costs 5 MB.
 */
export class PieceList {
  count = 0;
  #units = new Uint16Array(1 << 16);
  #ends = new Uint32Array(1 << 12);
  #scores = new Float64Array(1 << 12);
  #open = 0;

  /** Units of all pieces together. */
  get unitCount(): number {
    return this.start(this.count);
  }

  /** Where piece `index` starts in {@link units}; `start(count)` is the end of the last. */
  start(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  /** All units, piece after piece. */
  get units(): Uint16Array {
    return this.#units;
  }

  /** Log probability of each piece. */
  scores(): Float64Array<ArrayBuffer> {
    return this.#scores.slice(0, this.count);
  }

  /**
   * Adds a UTF-16 unit to the piece in the making.
   *
   * @throws {@link TokenizerError} `TOKENIZER_LIMIT_EXCEEDED`, at the latest when the piece ends.
   */
  addUnit(unit: number): void {
    if (this.#open === this.#units.length) {
      // Checked before the array doubles: a single piece may be as long as the file.
      this.#assertOpenPiece();
      if (this.#open >= MAX_UNITS) throw limitExceeded('characters in all pieces', MAX_UNITS, this.#open + 1);
      const grown = new Uint16Array(this.#units.length * 2);
      grown.set(this.#units);
      this.#units = grown;
    }
    this.#units[this.#open] = unit;
    this.#open += 1;
  }

  /**
   * Ends the piece in the making.
   *
   * @throws {@link TokenizerError} `TOKENIZER_LIMIT_EXCEEDED` beyond {@link MAX_PIECES} or {@link MAX_PIECE_UNITS}.
   */
  endPiece(score: number): void {
    this.#assertOpenPiece();
    if (this.count === MAX_PIECES) throw limitExceeded('pieces', MAX_PIECES, this.count + 1);
    if (this.count === this.#ends.length) {
      const ends = new Uint32Array(this.count * 2);
      ends.set(this.#ends);
      this.#ends = ends;
      const scores = new Float64Array(this.count * 2);
      scores.set(this.#scores);
      this.#scores = scores;
    }
    this.#ends[this.count] = this.#open;
    this.#scores[this.count] = score;
    this.count += 1;
  }

  /** Index of the last piece that is exactly this text, or -1. */
  lastIndexOf(text: string): number {
    for (let index = this.count - 1; index >= 0; index -= 1) {
      const start = this.start(index);
      if (this.start(index + 1) - start !== text.length) continue;
      let at = 0;
      while (at < text.length && this.#units[start + at] === text.charCodeAt(at)) at += 1;
      if (at === text.length) return index;
    }
    return -1;
  }

  /**
   * The pieces in the order of their ids; an id without piece becomes an empty one, which no text has.
   *
   * @param ids - Of each piece.
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when one is no id, is there twice, or leaves a wide gap.
   */
  inOrder(ids: readonly number[]): PieceList {
    const size = ids.reduce((most, id) => Math.max(most, id + 1), 0);
    if (!(size <= this.count + MAX_GAPS))
      throw malformed('model.vocab', `has id ${size - 1} with ${this.count} tokens`);
    const indices = new Int32Array(size);
    for (const [index, id] of ids.entries()) {
      if (!Number.isInteger(id) || id < 0) throw malformed('model.vocab', `has the id ${id}`);
      if (indices[id] !== 0) throw malformed('model.vocab', `has the id ${id} twice`);
      indices[id] = index + 1;
    }
    const ordered = new PieceList();
    for (const place of indices) {
      const [start, end] = place === 0 ? [0, 0] : [this.start(place - 1), this.start(place)];
      for (let at = start; at < end; at += 1) ordered.addUnit(this.#units[at] ?? 0);
      ordered.endPiece(0);
    }
    return ordered;
  }

  #assertOpenPiece(): void {
    const length = this.#open - this.unitCount;
    if (length > MAX_PIECE_UNITS) throw limitExceeded('characters in one piece', MAX_PIECE_UNITS, length);
  }

  /** Adds a whole piece. Throws as {@link endPiece}. */
  addPiece(piece: string, score: number): void {
    for (let i = 0; i < piece.length; i += 1) this.addUnit(piece.charCodeAt(i));
    this.endPiece(score);
  }
}
