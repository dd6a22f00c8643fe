import { packTokenizer } from './compiled-tokenizer.ts';
import { parseTokenizerConfig } from './tokenizer-config.ts';
import { parseTokenizerJson } from './tokenizer-json.ts';

/**
 * Compiles tokenizer.json to a flat form that loads in milliseconds and can be shared between threads.
 * It is of this machine's byte order and of this version: a cache, not an exchange format.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function compileTokenizer(tokenizerJsonBytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { document, pieces } = parseTokenizerJson(tokenizerJsonBytes);
  const { charsmap } = parseTokenizerConfig(document);
  return packTokenizer(document, pieces, charsmap === null ? null : Buffer.from(charsmap, 'base64'));
}
