import { bytesOf, openImage, packImage, wordsOf, type CompiledImage } from './compiled-image.ts';
import { vocabularySizeOf } from './config/vocabulary-size.ts';
import { Charsmap } from './text/charsmap.ts';
import { parseTokenizerConfig, type TokenizerConfig } from './tokenizer-config.ts';
import { malformed } from './tokenizer-error.ts';
import type { PieceList } from './unigram/piece-list.ts';
import { PieceTrie } from './unigram/piece-trie.ts';

/** What the compiled form of a Unigram tokenizer holds, as views of its bytes. */
export interface CompiledTokenizer {
  readonly config: TokenizerConfig;
  /** Log probability of each piece. */
  readonly scores: Float64Array;
  readonly trie: PieceTrie;
  readonly charsmap: Charsmap | null;
  /** One more than the highest id. */
  readonly vocabularySize: number;
}

/**
 * Packs a Unigram vocabulary and its settings into the compiled form.
 *
 * @param document - tokenizer.json without vocabulary; its `precompiled_charsmap` is not looked at.
 * @param charsmapBlob - SentencePiece's `precompiled_charsmap`, null when the normalizer has none.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function packTokenizer(
  document: unknown,
  pieces: PieceList,
  charsmapBlob: Uint8Array | null,
): Uint8Array<ArrayBuffer> {
  vocabularySizeOf(parseTokenizerConfig(document).config, pieces.count);
  const charsmap = charsmapBlob === null ? null : Charsmap.parse(charsmapBlob);
  const tables = [bytesOf(pieces.scores()), bytesOf(PieceTrie.build(pieces).slots)];
  const map = charsmap === null ? [] : [bytesOf(charsmap.units), charsmap.replacements];
  return packImage({ pieceCount: pieces.count, sections: [...tables, ...map], settings: withoutCharsmap(document) });
}

/**
 * Opens the compiled form of a Unigram tokenizer without copying the large parts.
 *
 * @param input - What `compileTokenizer` returned, or the same bytes in shared memory.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when they are not, or are damaged.
 */
export function readCompiledTokenizer(input: Uint8Array | SharedArrayBuffer): CompiledTokenizer {
  return compiledUnigram(openImage(input));
}

/**
 * What an open image of a Unigram tokenizer holds.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`.
 */
export function compiledUnigram(image: CompiledImage): CompiledTokenizer {
  const { pieceCount, sections, settings } = image;
  const [scoreBytes = new Uint8Array(), , , replacements = new Uint8Array()] = sections;
  const slots = wordsOf(image, 1);
  const units = wordsOf(image, 2);
  if (scoreBytes.byteLength !== pieceCount * 8 || slots.length % 2 !== 0) {
    throw malformed('The compiled tokenizer', 'has sections of impossible lengths');
  }
  const scores = new Float64Array(scoreBytes.buffer, scoreBytes.byteOffset, pieceCount);
  PieceTrie.validate(slots, pieceCount);
  const { config } = parseTokenizerConfig(settings);
  const charsmapUnits = new Uint32Array(units.buffer, units.byteOffset, units.length);
  // The replacements are small, and the decoder wants memory that is not shared: copied.
  const charsmap = units.length === 0 ? null : new Charsmap(charsmapUnits, replacements.slice());
  return { config, scores, trie: new PieceTrie(slots), charsmap, vocabularySize: vocabularySizeOf(config, pieceCount) };
}

/** The document without its character map, which has sections of its own. */
function withoutCharsmap(document: unknown): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => (key === 'precompiled_charsmap' ? '' : value)),
  ) as unknown;
}
