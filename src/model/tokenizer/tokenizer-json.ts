import { errorMessage } from '../../kernel/errors.ts';
import { measureJson } from '../../kernel/text/measure-json.ts';
import { limitExceeded, malformed } from './tokenizer-error.ts';
import { MAX_TOKENIZER_BYTES } from './tokenizer-files.ts';
import { PieceList } from './unigram/piece-list.ts';

/** Most bytes outside the vocabulary: the character map in base64 has some 320 kB. */
const MAX_REST_BYTES = 8 * 1024 * 1024;
/** Deepest nesting beside the vocabulary (CWE-674); layouts A to C need 6. */
const MAX_JSON_DEPTH = 32;
/** Most values beside the vocabulary (CWE-770): an added token has eight. */
const MAX_JSON_VALUES = 500_000;
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

/**
 * Parses tokenizer.json with its vocabulary straight from the bytes: `JSON.parse` of the whole would make 250,002 arrays
 * and strings and take 170 MB.
 *
 * @returns the document with `model.vocab` empty, and the pieces.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseTokenizerJson(bytes: Uint8Array): { document: unknown; pieces: PieceList } {
  if (bytes.byteLength > MAX_TOKENIZER_BYTES) {
    throw limitExceeded('bytes of tokenizer.json', MAX_TOKENIZER_BYTES, bytes.byteLength);
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = findVocabulary(buffer);
  const reader = new VocabularyReader(buffer, start);
  const pieces = reader.read();
  const restBytes = bytes.byteLength - (reader.position - start);
  if (restBytes > MAX_REST_BYTES) throw limitExceeded('bytes beside the vocabulary', MAX_REST_BYTES, restBytes);
  const rest = `${buffer.toString('utf8', 0, start)}[]${buffer.toString('utf8', reader.position)}`;
  const { depth, valueCount } = measureJson(rest);
  if (depth > MAX_JSON_DEPTH) throw limitExceeded('levels of nesting', MAX_JSON_DEPTH, depth);
  if (valueCount > MAX_JSON_VALUES) throw limitExceeded('values beside the vocabulary', MAX_JSON_VALUES, valueCount);
  try {
    return { document: JSON.parse(rest) as unknown, pieces };
  } catch (cause) {
    throw malformed('tokenizer.json', `is no JSON: ${errorMessage(cause)}`, cause);
  }
}

/**
 * Whether `model.vocab` is an array, as Unigram has it.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when there is none.
 */
export function hasPieceArray(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer[findVocabulary(buffer)] === OPEN_BRACKET;
}

/** @returns where the array or object of `model.vocab` starts. */
function findVocabulary(buffer: Buffer): number {
  let depth = 0;
  let inModel = false;
  for (let at = 0; at < buffer.length; at += 1) {
    const byte = buffer[at] ?? 0;
    if (byte === QUOTE) {
      const end = stringEnd(buffer, at);
      const value = skipBlanks(buffer, end);
      if (depth <= 2 && buffer[value] === COLON) {
        const key = buffer.toString('latin1', at + 1, Math.min(end - 1, at + 16));
        if (depth === 1) inModel = key === 'model';
        const first = skipBlanks(buffer, value + 1);
        if (depth === 2 && inModel && key === 'vocab') {
          if (buffer[first] === OPEN_BRACKET || buffer[first] === OPEN_BRACE) return first;
          throw malformed('model.vocab', 'is neither an array nor an object');
        }
      }
      at = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
  }
  throw malformed('tokenizer.json', 'has no model.vocab');
}

/** @returns the position after the closing quote of the string that starts at `start`. */
function stringEnd(buffer: Buffer, start: number): number {
  for (let at = start + 1; at < buffer.length; at += 1) {
    if (buffer[at] === BACKSLASH) at += 1;
    else if (buffer[at] === QUOTE) return at + 1;
  }
  throw malformed('tokenizer.json', `ends within the string at byte ${start}`);
}

function skipBlanks(buffer: Buffer, start: number): number {
  let at = start;
  while (at < buffer.length && isBlank(buffer[at] ?? 0)) at += 1;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Reads `[["piece", score], …]`. */
class VocabularyReader {
  position: number;
  readonly #buffer: Buffer;
  readonly #pieces = new PieceList();

  constructor(buffer: Buffer, position: number) {
    this.#buffer = buffer;
    this.position = position;
  }

  read(): PieceList {
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

function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x2b || byte === 0x65 || byte === 0x45
  );
}
