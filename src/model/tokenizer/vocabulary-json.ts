import { errorMessage } from '../../kernel/errors.ts';
import { measureJson } from '../../kernel/text/measure-json.ts';
import { fields, quote } from './config/json-fields.ts';
import { limitExceeded, malformed } from './tokenizer-error.ts';
import { MAX_PIECES, PieceList } from './unigram/piece-list.ts';

/** Largest file whose vocabulary is an object (CWE-770): it is parsed whole. LaBSE's, of 501,153 tokens, has 10 MB. */
export const MAX_OBJECT_JSON_BYTES: number = 32 * 1024 * 1024;
const MAX_JSON_DEPTH = 32;
/** Most values: vocabularies and merges of 400,000 each, in pairs. */
const MAX_JSON_VALUES = 1_600_000;
/** Most ids without a token: each costs memory. */
const MAX_GAPS = 10_000;

/**
 * Parses JSON from outside.
 *
 * @param name - Of the file; for messages.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseBoundedJson(bytes: Uint8Array, name: string): unknown {
  if (bytes.byteLength > MAX_OBJECT_JSON_BYTES) {
    throw limitExceeded(`bytes of ${name}`, MAX_OBJECT_JSON_BYTES, bytes.byteLength);
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const { depth, valueCount } = measureJson(text);
  if (depth > MAX_JSON_DEPTH) throw limitExceeded('levels of nesting', MAX_JSON_DEPTH, depth);
  if (valueCount > MAX_JSON_VALUES) throw limitExceeded('values', MAX_JSON_VALUES, valueCount);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw malformed(name, `is no JSON: ${errorMessage(cause)}`, cause);
  }
}

/**
 * The pieces of `{"token": id}` in the order of their ids; an id without token is an empty piece, which no text has.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function piecesOf(vocabulary: unknown, field: string): PieceList {
  const tokens: (string | undefined)[] = [];
  const entries = Object.entries(fields(vocabulary, field));
  if (entries.length > MAX_PIECES) throw limitExceeded('pieces', MAX_PIECES, entries.length);
  for (const [token, id] of entries) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= entries.length + MAX_GAPS) {
      throw malformed(field, `gives ${quote(token)} the id ${quote(id)} of ${entries.length} tokens`);
    }
    if (tokens[id] !== undefined) throw malformed(field, `gives the id ${id} twice`);
    tokens[id] = token;
  }
  const pieces = new PieceList();
  for (let id = 0; id < tokens.length; id += 1) pieces.addPiece(tokens[id] ?? '', 0);
  return pieces;
}
