import { compileTokenizer } from './compile-tokenizer.ts';
import { readCompiledTokenizer, type CompiledTokenizer } from './compiled-tokenizer.ts';
import { AddedTokenMatcher } from './text/added-token-matcher.ts';
import { TextNormalizer } from './text/text-normalizer.ts';
import { isWhiteSpace } from './text/white-space.ts';
import type { TokenizerConfig } from './tokenizer-config.ts';
import type { TokenizedText, TokenizeOptions, Tokenizer } from './tokenizer.ts';
import { IdBuffer } from './unigram/id-buffer.ts';
import { UnigramViterbi } from './unigram/viterbi.ts';
import { WordCache } from './unigram/word-cache.ts';

const SPACE = 0x20;

/**
 * XLM-RoBERTa's tokenizer (SentencePiece Unigram). Ids are those of the Rust library `tokenizers`, which
 * sentence-transformers uses.
 *
 * Literal special tokens in a text (`</s>` in source code) become special ids, as there.
 */
export class UnigramTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly #config: TokenizerConfig;
  readonly #normalizer: TextNormalizer;
  readonly #rawTokens: AddedTokenMatcher;
  readonly #normalizedTokens: AddedTokenMatcher;
  /** Whether a long section may be taken in stretches: not where an added token could lie across a cut. */
  readonly #stretches: boolean;
  readonly #viterbi: UnigramViterbi;
  readonly #cache = new WordCache();
  readonly #sink = new IdBuffer();
  readonly #spaceMark: number;
  #word = new Uint16Array(256);

  private constructor(compiled: CompiledTokenizer) {
    const { config } = compiled;
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

  /** @throws RangeError when `maxLength` has no room for the special tokens. */
  encode(text: string, options: TokenizeOptions = {}): TokenizedText {
    const special = options.addSpecialTokens ?? true;
    const prefix = special ? this.#config.prefixIds : [];
    const suffix = special ? this.#config.suffixIds : [];
    const limit = (options.maxLength ?? Infinity) - prefix.length - suffix.length;
    if (!(limit >= 0)) throw new RangeError(`maxLength ${options.maxLength} has no room for the special tokens`);
    const sink = this.#sink;
    sink.reset(limit);
    // The Rust binding, too, gets U+FFFD for an unpaired surrogate.
    this.#encodeText(text.toWellFormed());
    const truncated = sink.length > limit;
    const length = truncated ? limit : sink.length;
    const ids = new Int32Array(prefix.length + length + suffix.length);
    ids.set(prefix);
    ids.set(sink.ids.subarray(0, length), prefix.length);
    ids.set(suffix, prefix.length + length);
    return { ids, truncated };
  }

  #encodeText(text: string): void {
    let at = 0;
    for (const match of this.#rawTokens.matches(text)) {
      this.#encodeRaw(text.slice(at, match.start));
      if (this.#sink.full) return;
      this.#sink.push(match.id);
      at = match.end;
    }
    this.#encodeRaw(at === 0 ? text : text.slice(at));
  }

  /** A section without special tokens, not normalized yet. */
  #encodeRaw(text: string): void {
    for (let at = 0; at < text.length && !this.#sink.full;) {
      const end = this.#stretches ? this.#normalizer.stretchEnd(text, at) : text.length;
      this.#encodeNormalized(this.#normalizer.normalize(at === 0 && end === text.length ? text : text.slice(at, end)));
      at = end;
    }
  }

  #encodeNormalized(text: string): void {
    let at = 0;
    for (const match of this.#normalizedTokens.matches(text)) {
      this.#encodeSection(text, at, match.start);
      if (this.#sink.full) return;
      this.#sink.push(match.id);
      at = match.end;
    }
    this.#encodeSection(text, at, text.length);
  }

  #encodeSection(text: string, start: number, end: number): void {
    if (!this.#config.splitsWhiteSpace) {
      this.#encodeSpan(text, start, end);
      return;
    }
    let wordStart = start;
    for (let at = start; at <= end; at += 1) {
      if (at < end && !isWhiteSpace(text.charCodeAt(at))) continue;
      this.#encodeSpan(text, wordStart, at);
      if (this.#sink.full) return;
      wordStart = at + 1;
    }
  }

  /** `Metaspace`: spaces become marks, a mark is put in front, and each mark starts a word. */
  #encodeSpan(text: string, start: number, end: number): void {
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
        this.#encodeWord(length, hash);
        if (this.#sink.full) return;
        length = 0;
        hash = 0;
      }
      word[length] = unit;
      length += 1;
      hash = mixed(hash, unit);
    }
    this.#encodeWord(length, hash);
  }

  #encodeWord(length: number, hash: number): void {
    const sink = this.#sink;
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
