import { errorMessage } from '../../kernel/errors.ts';
import { measureJson } from '../../kernel/text/measure-json.ts';
import { limitExceeded, malformed } from './tokenizer-error.ts';
import { MAX_TOKENIZER_BYTES } from './tokenizer-files.ts';
import type { PieceList } from './unigram/piece-list.ts';
import { skipBlanks, VocabularyReader } from './vocabulary-reader.ts';

/** Most bytes outside the vocabulary: the character map in base64 has some 320 kB. */
const MAX_REST_BYTES = 8 * 1024 * 1024;
/** Deepest nesting beside the vocabulary (CWE-674); layouts A to C need 6. */
const MAX_JSON_DEPTH = 32;
/** Most values beside the vocabulary (CWE-770): an added token has eight. */
const MAX_JSON_VALUES = 500_000;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Parses tokenizer.json with its vocabulary straight from the bytes: `JSON.parse` of the whole would make 250,002 arrays
 * and strings and take 170 MB.
 *
 * @returns the document with `model.vocab` empty (but still an array or an object), and the pieces.
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
  const empty = buffer[start] === OPEN_BRACKET ? '[]' : '{}';
  const rest = `${buffer.toString('utf8', 0, start)}${empty}${buffer.toString('utf8', reader.position)}`;
  const { depth, valueCount } = measureJson(rest);
  if (depth > MAX_JSON_DEPTH) throw limitExceeded('levels of nesting', MAX_JSON_DEPTH, depth);
  if (valueCount > MAX_JSON_VALUES) throw limitExceeded('values beside the vocabulary', MAX_JSON_VALUES, valueCount);
  try {
    return { document: JSON.parse(rest) as unknown, pieces };
  } catch (cause) {
    throw malformed('tokenizer.json', `is no JSON: ${errorMessage(cause)}`, cause);
  }
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
