import { packTokenizer } from './compiled-tokenizer.ts';
import { parseSentencePieceModel } from './sentencepiece.ts';
import { parseTokenizerConfig } from './tokenizer-config.ts';
import { parseTokenizerJson } from './tokenizer-json.ts';

const OPEN_BRACE = 0x7b;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Compiles a tokenizer to a flat form that loads in milliseconds and can be shared between threads.
 * It is of this machine's byte order and of this version: a cache, not an exchange format.
 *
 * @param source - Bytes of a tokenizer.json, or of a sentencepiece.bpe.model.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function compileTokenizer(source: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!isJsonObject(source)) {
    const { document, pieces, charsmap } = parseSentencePieceModel(source);
    return packTokenizer(document, pieces, charsmap);
  }
  const { document, pieces } = parseTokenizerJson(source);
  const { charsmap } = parseTokenizerConfig(document);
  return packTokenizer(document, pieces, charsmap === null ? null : Buffer.from(charsmap, 'base64'));
}

/** A SentencePiece model starts with the tag byte 0x0a, which JSON takes for a blank: the first other byte decides. */
function isJsonObject(source: Uint8Array): boolean {
  const first = source.subarray(0, 64).find((byte) => !BLANKS.includes(byte));
  return first === OPEN_BRACE;
}
