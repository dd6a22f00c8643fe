import { bytesOf, packImage, wordsOf, type CompiledImage } from '../compiled-image.ts';
import { array, quote } from '../config/json-fields.ts';
import { vocabularySizeOf, withVocabularyIds } from '../config/vocabulary-size.ts';
import { FramedTokenizer } from '../framed-tokenizer.ts';
import { TextNormalizer } from '../text/text-normalizer.ts';
import { malformed } from '../tokenizer-error.ts';
import type { IdBuffer } from '../unigram/id-buffer.ts';
import { MAX_PIECE_UNITS, type PieceList } from '../unigram/piece-list.ts';
import { PieceTrie } from '../unigram/piece-trie.ts';
import { vocabularyTexts } from '../unigram/vocabulary-texts.ts';
import { mixHash, WordCache } from '../unigram/word-cache.ts';
import { BYTE_CHARACTERS } from './byte-characters.ts';
import { parseByteLevelConfig, type ByteLevelConfig } from './byte-level-config.ts';
import { gpt2WordEnd } from './gpt2-words.ts';
import { MergeTable, type Merge } from './merge-table.ts';
import { TokenMerger } from './token-merger.ts';

const SPACE = 0x20;
/** Longer words are cut (CWE-770): the memory of merging is some 60 bytes a byte. Only there ids can differ from the library's. */
const MAX_WORD_BYTES: number = 1 << 18;
/** A byte the vocabulary lacks. */
const ABSENT = -1;

/**
 * Packs a byte-level BPE vocabulary, its merges and its settings into the compiled form.
 *
 * @param document - tokenizer.json without vocabulary and merges.
 * @param merges - `"a b"` or `["a", "b"]` each, the first to be merged first.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function packByteLevel(document: unknown, pieces: PieceList, merges: unknown): Uint8Array<ArrayBuffer> {
  const config = parseByteLevelConfig(document);
  const trie = PieceTrie.build(pieces);
  vocabularySizeOf({ ...config, unknownId: unknownIdOf(config, trie) }, pieces.count);
  const table = MergeTable.build(array(merges, 'model.merges').map((merge, rank) => mergeOf(merge, rank, trie)));
  const sections = [new Uint8Array(), bytesOf(trie.slots), bytesOf(table.slots)];
  return packImage({ pieceCount: pieces.count, sections, settings: document });
}

/** Tokenizer of GPT-2 and RoBERTa: the bytes of each word, merged in the order of the merges. */
export class ByteLevelTokenizer extends FramedTokenizer {
  readonly #config: ByteLevelConfig;
  readonly #trie: PieceTrie;
  readonly #unknownId: number | null;
  /** The token of each byte, {@link ABSENT} for those without. */
  readonly #byteIds: Int32Array;
  readonly #merger: TokenMerger;
  readonly #cache = new WordCache();
  readonly #tokenText: (id: number) => string;
  readonly #encoder = new TextEncoder();
  #units = new Uint16Array(256);
  #bytes = new Uint8Array(768);
  #ids = new Int32Array(768);

  /** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when the image is damaged. */
  constructor(image: CompiledImage) {
    const [slots, merges] = [wordsOf(image, 1), wordsOf(image, 2)];
    PieceTrie.validate(slots, image.pieceCount);
    MergeTable.validate(merges, image.pieceCount);
    const trie = new PieceTrie(slots);
    const parsed = parseByteLevelConfig(image.settings);
    const config = { ...parsed, addedTokens: withVocabularyIds(parsed.addedTokens, (text) => trie.pieceOf(text)) };
    const unknownId = unknownIdOf(config, trie);
    const vocabularySize = vocabularySizeOf({ ...config, unknownId }, image.pieceCount);
    super({ ...config, vocabularySize }, new TextNormalizer(config.normalizer, null));
    this.#config = config;
    this.#trie = trie;
    this.#unknownId = unknownId;
    this.#byteIds = Int32Array.from(BYTE_CHARACTERS, (character) => trie.pieceOf(character));
    this.#merger = new TokenMerger(new MergeTable(merges));
    this.#tokenText = vocabularyTexts(trie, config.addedTokens);
  }

  protected override tokenText(id: number): string {
    return this.#tokenText(id);
  }

  protected override addSection(text: string, start: number, end: number, sink: IdBuffer): void {
    if (start === end) return;
    // Only the beginning of a section gets the space; what a long one is cut into starts with one already.
    if (this.#config.addsPrefixSpace && text.charCodeAt(start) !== SPACE) {
      this.#addWords(` ${text.slice(start, end)}`, 0, end - start + 1, sink);
    } else this.#addWords(text, start, end, sink);
  }

  #addWords(text: string, start: number, end: number, sink: IdBuffer): void {
    for (let at = start; at < end && !sink.full;) {
      const wordEnd = this.#config.splitsWords ? gpt2WordEnd(text, at, end) : end;
      this.#addWord(text, at, wordEnd, sink);
      at = wordEnd;
    }
  }

  #addWord(text: string, start: number, end: number, sink: IdBuffer): void {
    sink.startWord();
    const length = end - start;
    if (this.#units.length < length) this.#units = new Uint16Array(length * 2);
    let hash = 0;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(start + at);
      this.#units[at] = unit;
      hash = mixHash(hash, unit);
    }
    if (this.#cache.replay(this.#units, length, hash, sink)) return;
    const first = sink.length;
    this.#mergeWord(text.slice(start, end), sink);
    this.#cache.add(this.#units, length, hash, sink.ids, first, sink.length);
  }

  #mergeWord(word: string, sink: IdBuffer): void {
    if (this.#bytes.length < word.length * 3) this.#bytes = new Uint8Array(word.length * 3);
    const { written } = this.#encoder.encodeInto(word, this.#bytes);
    const bytes = this.#bytes.subarray(0, written);
    const whole = this.#config.ignoresMerges ? this.#wholeToken(bytes) : ABSENT;
    if (whole !== ABSENT) {
      sink.push(whole);
      return;
    }
    for (let at = 0; at < written && !sink.full; at += MAX_WORD_BYTES) {
      this.#mergeBytes(bytes.subarray(at, at + MAX_WORD_BYTES), sink);
    }
  }

  /** The token that is the whole word, or {@link ABSENT}. */
  #wholeToken(bytes: Uint8Array): number {
    if (bytes.length > MAX_PIECE_UNITS) return ABSENT;
    return this.#trie.pieceOf(Array.from(bytes, (byte) => BYTE_CHARACTERS[byte] ?? '').join(''));
  }

  #mergeBytes(bytes: Uint8Array, sink: IdBuffer): void {
    if (this.#ids.length < bytes.length) this.#ids = new Int32Array(bytes.length);
    let length = 0;
    let afterUnknown = false;
    for (const byte of bytes) {
      const id = this.#byteIds[byte] ?? ABSENT;
      const isUnknown = id === ABSENT;
      const token = isUnknown ? this.#unknownId : id;
      const isFused = isUnknown && afterUnknown && this.#config.fusesUnknown;
      if (token !== null && !isFused) {
        this.#ids[length] = token;
        length += 1;
      }
      afterUnknown = isUnknown;
    }
    this.#merger.merge(this.#ids, length, sink);
  }
}

function unknownIdOf({ unknownToken }: ByteLevelConfig, trie: PieceTrie): number | null {
  if (unknownToken === null) return null;
  const id = trie.pieceOf(unknownToken);
  if (id < 0) throw malformed('model.unk_token', `is ${quote(unknownToken)}, which model.vocab lacks`);
  return id;
}

/** Ids of the tokens that a merge names. */
function mergeOf(merge: unknown, rank: number, trie: PieceTrie): Merge {
  const parts: readonly unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : [];
  const [left, right] = parts;
  if (parts.length !== 2 || typeof left !== 'string' || typeof right !== 'string') {
    throw malformed(`model.merges[${rank}]`, `is ${quote(merge)} instead of two tokens`);
  }
  const ids = { left: trie.pieceOf(left), right: trie.pieceOf(right), merged: trie.pieceOf(left + right) };
  if (ids.left < 0 || ids.right < 0 || ids.merged < 0) {
    throw malformed(`model.merges[${rank}]`, `is ${quote(merge)}, which are no tokens of model.vocab`);
  }
  return ids;
}
