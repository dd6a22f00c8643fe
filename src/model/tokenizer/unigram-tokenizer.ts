import { compileTokenizer } from './compile-tokenizer.ts';
import { readCompiledTokenizer, type CompiledTokenizer } from './compiled-tokenizer.ts';
import { FramedTokenizer } from './framed-tokenizer.ts';
import { AddedTokenMatcher } from './text/added-token-matcher.ts';
import { TextNormalizer } from './text/text-normalizer.ts';
import { isWhiteSpace } from './text/white-space.ts';
import type { TokenizerConfig } from './tokenizer-config.ts';
import { vocabularyTexts } from './unigram/vocabulary-texts.ts';
import type { IdBuffer } from './unigram/id-buffer.ts';
import { UnigramViterbi } from './unigram/viterbi.ts';
import { WordCache } from './unigram/word-cache.ts';

const SPACE = 0x20;

/**
 * XLM-RoBERTa's tokenizer (SentencePiece Unigram). Ids are those of the Rust library `tokenizers`, which
 * sentence-transformers uses.
 *
 * Literal special tokens in a text (`</s>` in source code) become special ids, as there.
 */
export class UnigramTokenizer extends FramedTokenizer {
  override readonly vocabularySize: number;
  readonly #config: TokenizerConfig;
  readonly #normalizer: TextNormalizer;
  readonly #rawTokens: AddedTokenMatcher;
  readonly #normalizedTokens: AddedTokenMatcher;
  /** Whether a long section may be taken in stretches: not where an added token could lie across a cut. */
  readonly #stretches: boolean;
  readonly #viterbi: UnigramViterbi;
  readonly #cache = new WordCache();
  readonly #spaceMark: number;
  readonly #tokenText: (id: number) => string;
  #word = new Uint16Array(256);

  private constructor(compiled: CompiledTokenizer) {
    const { config } = compiled;
    super(config);
    this.vocabularySize = compiled.vocabularySize;
    this.#config = config;
    this.#normalizer = new TextNormalizer(config.normalizer, compiled.charsmap);
    this.#rawTokens = new AddedTokenMatcher(config.addedTokens.filter((token) => !token.normalized));
    const normalized = config.addedTokens
      .filter((token) => token.normalized)
      .map((token) => ({ ...token, content: this.#normalizer.normalize(token.content) }))
      .filter((token) => token.content !== '');
    this.#normalizedTokens = new AddedTokenMatcher(normalized);
    this.#stretches = normalized.every((token) => !token.content.includes(' ') && !token.stripRight);
    this.#viterbi = new UnigramViterbi(compiled.trie, compiled.scores, config.unknownId);
    this.#spaceMark = config.spaceMark.charCodeAt(0);
    this.#tokenText = vocabularyTexts(compiled.trie, config.addedTokens);
  }

  /**
   * Loads from the bytes of a tokenizer.json.
   *
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_UNSUPPORTED`, `TOKENIZER_LIMIT_EXCEEDED`.
   */
  static fromJson(tokenizerJsonBytes: Uint8Array): UnigramTokenizer {
    return UnigramTokenizer.fromCompiled(compileTokenizer(tokenizerJsonBytes));
  }

  /**
   * Loads what `compileTokenizer` made, over the same memory: pass a SharedArrayBuffer to share it between threads.
   *
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when the bytes are damaged or of another version.
   */
  static fromCompiled(bytes: Uint8Array | SharedArrayBuffer): UnigramTokenizer {
    return new UnigramTokenizer(readCompiledTokenizer(bytes));
  }

  protected override addIds(text: string, sink: IdBuffer): void {
    this.#encodeText(text, sink);
  }

  protected override tokenText(id: number): string {
    return this.#tokenText(id);
  }

  #encodeText(text: string, sink: IdBuffer): void {
    let at = 0;
    for (const match of this.#rawTokens.matches(text)) {
      this.#encodeRaw(text.slice(at, match.start), sink);
      if (sink.full) return;
      sink.startWord();
      sink.push(match.id);
      at = match.end;
    }
    this.#encodeRaw(at === 0 ? text : text.slice(at), sink);
  }

  /** A section without special tokens, not normalized yet. */
  #encodeRaw(text: string, sink: IdBuffer): void {
    for (let at = 0; at < text.length && !sink.full;) {
      const end = this.#stretches ? this.#normalizer.stretchEnd(text, at) : text.length;
      this.#encodeNormalized(
        this.#normalizer.normalize(at === 0 && end === text.length ? text : text.slice(at, end)),
        sink,
      );
      at = end;
    }
  }

  #encodeNormalized(text: string, sink: IdBuffer): void {
    let at = 0;
    for (const match of this.#normalizedTokens.matches(text)) {
      this.#encodeSection(text, at, match.start, sink);
      if (sink.full) return;
      sink.startWord();
      sink.push(match.id);
      at = match.end;
    }
    this.#encodeSection(text, at, text.length, sink);
  }

  #encodeSection(text: string, start: number, end: number, sink: IdBuffer): void {
    if (!this.#config.splitsWhiteSpace) {
      this.#encodeSpan(text, start, end, sink);
      return;
    }
    let wordStart = start;
    for (let at = start; at <= end; at += 1) {
      if (at < end && !isWhiteSpace(text.charCodeAt(at))) continue;
      this.#encodeSpan(text, wordStart, at, sink);
      if (sink.full) return;
      wordStart = at + 1;
    }
  }

  /** `Metaspace`: spaces become marks, a mark is put in front, and each mark starts a word. */
  #encodeSpan(text: string, start: number, end: number, sink: IdBuffer): void {
    if (start === end) return;
    if (this.#word.length < end - start + 1) this.#word = new Uint16Array((end - start + 1) * 2);
    const word = this.#word;
    const mark = this.#spaceMark;
    let length = 0;
    let hash = 0;
    const first = text.charCodeAt(start);
    if (this.#config.addsSpaceMark && first !== SPACE && first !== mark) {
      word[0] = mark;
      length = 1;
      hash = mixed(0, mark);
    }
    for (let at = start; at < end; at += 1) {
      let unit = text.charCodeAt(at);
      if (unit === SPACE) unit = mark;
      if (unit === mark && length > 0) {
        this.#encodeWord(length, hash, sink);
        if (sink.full) return;
        length = 0;
        hash = 0;
      }
      word[length] = unit;
      length += 1;
      hash = mixed(hash, unit);
    }
    this.#encodeWord(length, hash, sink);
  }

  #encodeWord(length: number, hash: number, sink: IdBuffer): void {
    sink.startWord();
    if (this.#cache.replay(this.#word, length, hash, sink)) return;
    const start = sink.length;
    this.#viterbi.segment(this.#word, length, sink);
    this.#cache.add(this.#word, length, hash, sink.ids, start, sink.length);
  }
}

/** One step of a 32-bit multiplicative hash. */
function mixed(hash: number, unit: number): number {
  const product = Math.imul(hash ^ unit, 0x9e3779b1);
  return product ^ (product >>> 15);
}
