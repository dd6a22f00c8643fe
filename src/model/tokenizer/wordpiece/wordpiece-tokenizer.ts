import { bytesOf, packImage, wordsOf, type CompiledImage } from '../compiled-image.ts';
import { quote } from '../config/json-fields.ts';
import { vocabularySizeOf, withVocabularyIds } from '../config/vocabulary-size.ts';
import { FramedTokenizer } from '../framed-tokenizer.ts';
import { isPunctuation } from '../text/bert-characters.ts';
import { TextNormalizer } from '../text/text-normalizer.ts';
import { isWhiteSpace } from '../text/white-space.ts';
import { malformed } from '../tokenizer-error.ts';
import type { IdBuffer } from '../unigram/id-buffer.ts';
import type { PieceList } from '../unigram/piece-list.ts';
import { PieceTrie } from '../unigram/piece-trie.ts';
import { vocabularyTexts } from '../unigram/vocabulary-texts.ts';
import { mixHash, WordCache } from '../unigram/word-cache.ts';
import { parseWordPieceConfig, type WordPieceConfig } from './wordpiece-config.ts';

/**
 * Packs a WordPiece vocabulary and its settings into the compiled form.
 *
 * @param document - tokenizer.json without vocabulary.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function packWordPiece(document: unknown, pieces: PieceList): Uint8Array<ArrayBuffer> {
  const config = parseWordPieceConfig(document);
  const trie = PieceTrie.build(pieces);
  vocabularySizeOf({ ...config, unknownId: unknownIdOf(config, trie) }, pieces.count);
  return packImage({ pieceCount: pieces.count, sections: [new Uint8Array(), bytesOf(trie.slots)], settings: document });
}

/** BERT's tokenizer: words at white space and punctuation, each cut into the longest pieces from left to right. */
export class WordPieceTokenizer extends FramedTokenizer {
  readonly #trie: PieceTrie;
  readonly #unknownId: number;
  /** Where pieces within a word start in the trie; 0 when there are none. */
  readonly #continuingRoot: number;
  readonly #maxWordCharacters: number;
  readonly #cache = new WordCache();
  readonly #tokenText: (id: number) => string;
  #word = new Uint16Array(256);
  #length = 0;
  #hash = 0;

  /** @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when the image is damaged. */
  constructor(image: CompiledImage) {
    const slots = wordsOf(image, 1);
    PieceTrie.validate(slots, image.pieceCount);
    const trie = new PieceTrie(slots);
    const parsed = parseWordPieceConfig(image.settings);
    const config = { ...parsed, addedTokens: withVocabularyIds(parsed.addedTokens, (text) => trie.pieceOf(text)) };
    const unknownId = unknownIdOf(config, trie);
    const vocabularySize = vocabularySizeOf({ ...config, unknownId }, image.pieceCount);
    super({ ...config, vocabularySize }, new TextNormalizer(config.normalizer, null));
    this.#trie = trie;
    this.#unknownId = unknownId;
    this.#continuingRoot = nodeOf(trie, config.continuingPrefix);
    this.#maxWordCharacters = config.maxWordCharacters;
    this.#tokenText = vocabularyTexts(trie, config.addedTokens);
  }

  protected override tokenText(id: number): string {
    return this.#tokenText(id);
  }

  protected override addSection(text: string, start: number, end: number, sink: IdBuffer): void {
    this.#clearWord();
    for (let at = start; at < end && !sink.full;) {
      const codePoint = text.codePointAt(at) ?? 0;
      const isAstral = codePoint > 0xffff;
      const isSpace = !isAstral && isWhiteSpace(codePoint);
      const isAlone = isPunctuation(codePoint);
      if (isSpace || isAlone) this.#addWord(sink);
      if (!isSpace) {
        this.#push(text.charCodeAt(at));
        if (isAstral) this.#push(text.charCodeAt(at + 1));
      }
      if (isAlone) this.#addWord(sink);
      at += isAstral ? 2 : 1;
    }
    this.#addWord(sink);
  }

  #clearWord(): void {
    this.#length = 0;
    this.#hash = 0;
  }

  #push(unit: number): void {
    if (this.#length === this.#word.length) {
      const grown = new Uint16Array(this.#word.length * 2);
      grown.set(this.#word);
      this.#word = grown;
    }
    this.#word[this.#length] = unit;
    this.#length += 1;
    this.#hash = mixHash(this.#hash, unit);
  }

  #addWord(sink: IdBuffer): void {
    const length = this.#length;
    if (length === 0) return;
    sink.startWord();
    if (!this.#cache.replay(this.#word, length, this.#hash, sink)) {
      const start = sink.length;
      this.#cut(length, sink);
      this.#cache.add(this.#word, length, this.#hash, sink.ids, start, sink.length);
    }
    this.#clearWord();
  }

  /** A word that cannot be cut whole into pieces is unknown as a whole. */
  #cut(length: number, sink: IdBuffer): void {
    const before = sink.length;
    let at = this.#isTooLong(length) ? length : 0;
    let found = at === 0;
    while (at < length && found) {
      const end = this.#longestPiece(at, length, sink);
      found = end > at;
      at = end;
    }
    if (found) return;
    sink.length = before;
    sink.push(this.#unknownId);
  }

  /** Adds the longest piece that starts at `start`. @returns its end; `start` when there is none. */
  #longestPiece(start: number, length: number, sink: IdBuffer): number {
    const trie = this.#trie;
    let node = start === 0 ? trie.root : this.#continuingRoot;
    let end = start;
    let best = -1;
    for (let at = start; at < length && node !== 0;) {
      node = trie.child(node, this.#word[at] ?? 0);
      at += 1;
      const piece = node === 0 ? -1 : trie.piece(node);
      if (piece >= 0) {
        best = piece;
        end = at;
      }
    }
    if (best >= 0) sink.push(best);
    return end;
  }

  #isTooLong(length: number): boolean {
    if (length <= this.#maxWordCharacters) return false;
    let characters = 0;
    for (let at = 0; at < length; at += 1) if (((this.#word[at] ?? 0) & 0xfc00) !== 0xdc00) characters += 1;
    return characters > this.#maxWordCharacters;
  }
}

function unknownIdOf({ unknownToken }: WordPieceConfig, trie: PieceTrie): number {
  const id = trie.pieceOf(unknownToken);
  if (id < 0) throw malformed('model.unk_token', `is ${quote(unknownToken)}, which model.vocab lacks`);
  return id;
}

/** The node a text leads to from the root, or 0. */
function nodeOf(trie: PieceTrie, text: string): number {
  let node = trie.root;
  for (let at = 0; at < text.length && node !== 0; at += 1) node = trie.child(node, text.charCodeAt(at));
  return node;
}
