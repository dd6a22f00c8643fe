import { malformed } from './tokenizer-error.ts';
import { PieceList } from './unigram/piece-list.ts';

const MAX_NUMBER_BYTES = 40;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** What follows a backslash → what it means. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([key, value]) => [key.charCodeAt(0), value.charCodeAt(0)],
  ),
);

/** Reads a vocabulary from the bytes of a JSON file: `[["piece", score], …]`, or `{"piece": id, …}`. */
export class VocabularyReader {
  position: number;
  readonly #buffer: Buffer;
  readonly #pieces = new PieceList();

  constructor(buffer: Buffer, position: number) {
    this.#buffer = buffer;
    this.position = position;
  }

  /**
   * @returns the pieces in the order of their ids; an id without piece is an empty one, which no text has.
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
   */
  read(): PieceList {
    return this.#accept(OPEN_BRACE) ? this.#readIds() : this.#readScores();
  }

  #readIds(): PieceList {
    const ids: number[] = [];
    if (this.#accept(CLOSE_BRACE)) return this.#pieces;
    do {
      this.#expect(QUOTE);
      this.#pieceUnits();
      this.#expect(COLON);
      ids.push(this.#number());
      this.#pieces.endPiece(0);
    } while (this.#accept(COMMA));
    this.#expect(CLOSE_BRACE);
    return this.#pieces.inOrder(ids);
  }

  #readScores(): PieceList {
    this.#expect(OPEN_BRACKET);
    if (this.#accept(CLOSE_BRACKET)) return this.#pieces;
    do {
      this.#expect(OPEN_BRACKET);
      this.#expect(QUOTE);
      this.#pieceUnits();
      this.#expect(COMMA);
      const score = this.#number();
      this.#expect(CLOSE_BRACKET);
      this.#pieces.endPiece(score);
    } while (this.#accept(COMMA));
    this.#expect(CLOSE_BRACKET);
    return this.#pieces;
  }

  #accept(byte: number): boolean {
    this.position = skipBlanks(this.#buffer, this.position);
    if (this.#buffer[this.position] !== byte) return false;
    this.position += 1;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#accept(byte)) throw this.#fault(`has no "${String.fromCharCode(byte)}"`);
  }

  #fault(what: string): Error {
    return malformed('model.vocab', `${what} at byte ${this.position}`);
  }

  #number(): number {
    const start = skipBlanks(this.#buffer, this.position);
    let end = start;
    while (end < start + MAX_NUMBER_BYTES && isNumberByte(this.#buffer[end] ?? 0)) end += 1;
    const value = end === start ? Number.NaN : Number(this.#buffer.toString('latin1', start, end));
    if (!Number.isFinite(value)) throw this.#fault('has no score');
    this.position = end;
    return value;
  }

  /** The rest of a string, its closing quote included. */
  #pieceUnits(): void {
    const buffer = this.#buffer;
    for (;;) {
      const byte = buffer[this.position] ?? -1;
      if (byte === QUOTE) {
        this.position += 1;
        return;
      }
      if (byte < 0x20) throw this.#fault('has a string that does not end');
      if (byte === BACKSLASH) this.#escape();
      else if (byte < 0x80) {
        this.#pieces.addUnit(byte);
        this.position += 1;
      } else this.#codePoint(byte);
    }
  }

  #codePoint(lead: number): void {
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    let codePoint = lead & (0xff >> (size + 1));
    for (let i = 1; i < size; i += 1) {
      const byte = this.#buffer[this.position + i] ?? 0;
      if ((byte & 0xc0) !== 0x80) throw this.#fault('has invalid UTF-8');
      codePoint = (codePoint << 6) | (byte & 0x3f);
    }
    const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
    const valid = lead >= 0xc2 && lead <= 0xf4 && codePoint >= least && codePoint <= 0x10ffff;
    if (!valid || (codePoint & 0x1ff800) === 0xd800) throw this.#fault('has invalid UTF-8');
    this.#addCodePoint(codePoint);
    this.position += size;
  }

  #addCodePoint(codePoint: number): void {
    if (codePoint < 0x10000) {
      this.#pieces.addUnit(codePoint);
      return;
    }
    this.#pieces.addUnit(0xd7c0 + (codePoint >> 10));
    this.#pieces.addUnit(0xdc00 | (codePoint & 0x3ff));
  }

  #escape(): void {
    const kind = this.#buffer[this.position + 1] ?? 0;
    if (kind !== 0x75) {
      const unit = ESCAPES.get(kind);
      if (unit === undefined) throw this.#fault('has an unknown escape');
      this.#pieces.addUnit(unit);
      this.position += 2;
      return;
    }
    const unit = this.#hexUnit();
    if ((unit & 0xf800) !== 0xd800) {
      this.#pieces.addUnit(unit);
      return;
    }
    const low = this.#buffer[this.position] === BACKSLASH ? this.#hexUnit() : 0;
    if (unit >= 0xdc00 || (low & 0xfc00) !== 0xdc00) throw this.#fault('has an unpaired surrogate');
    this.#pieces.addUnit(unit);
    this.#pieces.addUnit(low);
  }

  /** Reads `\uXXXX`. */
  #hexUnit(): number {
    const text = this.#buffer.toString('latin1', this.position, this.position + 6);
    if (!/^\\u[0-9a-fA-F]{4}$/.test(text)) throw this.#fault('has a broken escape');
    this.position += 6;
    return Number.parseInt(text.slice(2), 16);
  }
}

/** Index of the first byte from `start` on that is no JSON blank. */
export function skipBlanks(buffer: Buffer, start: number): number {
  let at = start;
  while (at < buffer.length && isBlank(buffer[at] ?? 0)) at += 1;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x2b || byte === 0x65 || byte === 0x45
  );
}
