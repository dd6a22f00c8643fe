import { compileTokenizer } from './compile-tokenizer.ts';
import { readCompiledTokenizer, type CompiledTokenizer } from './compiled-tokenizer.ts';
import { FramedTokenizer } from './framed-tokenizer.ts';
import { TextNormalizer } from './text/text-normalizer.ts';
import { isWhiteSpace } from './text/white-space.ts';
import type { TokenizerConfig } from './tokenizer-config.ts';
import type { IdBuffer } from './unigram/id-buffer.ts';
import { UnigramViterbi } from './unigram/viterbi.ts';
import { vocabularyTexts } from './unigram/vocabulary-texts.ts';
import { mixHash, WordCache } from './unigram/word-cache.ts';

const SPACE = 0x20;

/**
 * XLM-RoBERTa's tokenizer (SentencePiece Unigram). Ids are those of the Rust library `tokenizers`, which
 * sentence-transformers uses.
 */
export class UnigramTokenizer extends FramedTokenizer {
  readonly #config: TokenizerConfig;
  readonly #viterbi: UnigramViterbi;
  readonly #cache = new WordCache();
  readonly #spaceMark: number;
  readonly #tokenText: (id: number) => string;
  #word = new Uint16Array(256);

  /** @param compiled - What `readCompiledTokenizer` found. */
  constructor(compiled: CompiledTokenizer) {
    const { config } = compiled;
    super(
      { ...config, vocabularySize: compiled.vocabularySize },
      new TextNormalizer(config.normalizer, compiled.charsmap),
    );
    this.#config = config;
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
   * Loads what `compileTokenizer` made of a Unigram tokenizer, over the same memory.
   *
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when the bytes are damaged or of another version.
   */
  static fromCompiled(bytes: Uint8Array | SharedArrayBuffer): UnigramTokenizer {
    return new UnigramTokenizer(readCompiledTokenizer(bytes));
  }

  protected override tokenText(id: number): string {
    return this.#tokenText(id);
  }

  protected override addSection(text: string, start: number, end: number, sink: IdBuffer): void {
    if (!this.#config.splitsWhiteSpace) {
      this.#addSpan(text, start, end, sink);
      return;
    }
    let wordStart = start;
    for (let at = start; at <= end; at += 1) {
      if (at < end && !isWhiteSpace(text.charCodeAt(at))) continue;
      this.#addSpan(text, wordStart, at, sink);
      if (sink.full) return;
      wordStart = at + 1;
    }
  }

  /** `Metaspace`: spaces become marks, a mark is put in front, and each mark starts a word. */
  #addSpan(text: string, start: number, end: number, sink: IdBuffer): void {
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
      hash = mixHash(0, mark);
    }
    for (let at = start; at < end; at += 1) {
      let unit = text.charCodeAt(at);
      if (unit === SPACE) unit = mark;
      if (unit === mark && length > 0) {
        this.#addWord(length, hash, sink);
        if (sink.full) return;
        length = 0;
        hash = 0;
      }
      word[length] = unit;
      length += 1;
      hash = mixHash(hash, unit);
    }
    this.#addWord(length, hash, sink);
  }

  #addWord(length: number, hash: number, sink: IdBuffer): void {
    sink.startWord();
    if (this.#cache.replay(this.#word, length, hash, sink)) return;
    const start = sink.length;
    this.#viterbi.segment(this.#word, length, sink);
    this.#cache.add(this.#word, length, hash, sink.ids, start, sink.length);
  }
}
