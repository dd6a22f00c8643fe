import { errorMessage } from '../../kernel/errors.ts';
import { measureJson } from '../../kernel/text/measure-json.ts';
import { limitExceeded, malformed } from './tokenizer-error.ts';

/** Larger settings are none (CWE-770). */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_JSON_DEPTH = 32;
/** Most values: settings have some hundred. */
const MAX_JSON_VALUES = 200_000;

/**
 * Parses a small JSON file from outside.
 *
 * @param name - Of the file; for messages.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function parseBoundedJson(bytes: Uint8Array, name: string): unknown {
  if (bytes.byteLength > MAX_BYTES) {
    throw limitExceeded(`bytes of ${name}`, MAX_BYTES, bytes.byteLength);
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
