import { packByteLevel } from './bpe/byte-level-tokenizer.ts';
import { packTokenizer } from './compiled-tokenizer.ts';
import { fields } from './config/json-fields.ts';
import { modelKindOf } from './model-kind.ts';
import { parseSentencePieceModel } from './sentencepiece.ts';
import { malformed } from './tokenizer-error.ts';
import { parseTokenizerConfig } from './tokenizer-config.ts';
import { parseTokenizerJson } from './tokenizer-json.ts';
import { applySettings, type TokenizerSettings } from './tokenizer-settings.ts';
import type { PieceList } from './unigram/piece-list.ts';
import { packWordPiece } from './wordpiece/wordpiece-tokenizer.ts';

const OPEN_BRACE = 0x7b;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** A tokenizer read from any file. */
export interface TokenizerDocument {
  /** As tokenizer.json, without vocabulary and merges. */
  readonly document: unknown;
  readonly pieces: PieceList;
  /** SentencePiece's character map; null when the document holds it, or there is none. */
  readonly charsmap?: Uint8Array | null | undefined;
  /** `model.merges`, for BPE. */
  readonly merges?: unknown;
}

/**
 * Compiles a tokenizer to a flat form that loads in milliseconds and can be shared between threads.
 * It is of this machine's byte order and of this version: a cache, not an exchange format.
 *
 * @param source - Bytes of a tokenizer.json, or of a SentencePiece model.
 * @param settings - What the files beside it say.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function compileTokenizer(source: Uint8Array, settings?: TokenizerSettings): Uint8Array<ArrayBuffer> {
  return compileDocument(
    isJsonObject(source) ? readTokenizerDocument(source) : parseSentencePieceModel(source),
    settings,
  );
}

/**
 * Reads a tokenizer.json of any kind.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function readTokenizerDocument(source: Uint8Array): TokenizerDocument {
  const { document, pieces } = parseTokenizerJson(source);
  const root = fields(document, 'tokenizer.json');
  const { vocab, merges, ...model } = fields(root['model'], 'model');
  const kind = modelKindOf(document);
  if ((kind === 'Unigram') !== Array.isArray(vocab)) throw malformed('model.vocab', `is not what ${kind} has`);
  return { document: { ...root, model: { ...model, type: kind } }, pieces, merges };
}

/**
 * Compiles a tokenizer that was read already; see {@link compileTokenizer}.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function compileDocument(tokenizer: TokenizerDocument, settings?: TokenizerSettings): Uint8Array<ArrayBuffer> {
  const { pieces } = tokenizer;
  const document = settings === undefined ? tokenizer.document : applySettings(tokenizer.document, settings);
  switch (modelKindOf(document)) {
    case 'WordPiece':
      return packWordPiece(document, pieces);
    case 'BPE':
      return packByteLevel(document, pieces, tokenizer.merges);
    case 'Unigram':
      return packTokenizer(document, pieces, tokenizer.charsmap ?? charsmapOf(document));
  }
}

function charsmapOf(document: unknown): Uint8Array | null {
  const { charsmap } = parseTokenizerConfig(document);
  return charsmap === null ? null : Buffer.from(charsmap, 'base64');
}

/** A SentencePiece model starts with the tag byte 0x0a, which JSON takes for a blank: the first other byte decides. */
function isJsonObject(source: Uint8Array): boolean {
  const first = source.subarray(0, 64).find((byte) => !BLANKS.includes(byte));
  return first === OPEN_BRACE;
}
