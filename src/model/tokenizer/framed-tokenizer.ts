import type { AddedToken } from './config/added-tokens.ts';
import type { SpecialFrame } from './config/special-frame.ts';
import { AddedTokenMatcher } from './text/added-token-matcher.ts';
import type { TextNormalizer } from './text/text-normalizer.ts';
import type {
  TokenizedText,
  TokenizeOptions,
  Tokenizer,
  TokenStrings,
  TokenWindow,
  TokenWindowOptions,
} from './tokenizer.ts';
import { IdBuffer } from './unigram/id-buffer.ts';

/** What every kind of tokenizer needs to know. */
export interface TokenizerFrame extends SpecialFrame {
  readonly addedTokens: readonly AddedToken[];
  /** False when a piece may reach over spaces, as without a `pre_tokenizer` that splits. @defaultValue true */
  readonly splitsWords?: boolean | undefined;
  /** One more than the highest id. */
  readonly vocabularySize: number;
}

/**
 * A tokenizer but for its model: added tokens in the text, normalization, special tokens around it, truncation, windows.
 *
 * Literal special tokens in a text (`</s>` in source code) become special ids, as in the Rust library.
 */
export abstract class FramedTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly #frame: SpecialFrame;
  readonly #normalizer: TextNormalizer;
  readonly #rawTokens: AddedTokenMatcher;
  readonly #normalizedTokens: AddedTokenMatcher;
  /** Whether a long section may be taken in stretches: not where a piece or an added token could lie across a cut. */
  readonly #stretches: boolean;
  readonly #sink = new IdBuffer();

  protected constructor(frame: TokenizerFrame, normalizer: TextNormalizer) {
    this.vocabularySize = frame.vocabularySize;
    this.#frame = frame;
    this.#normalizer = normalizer;
    this.#rawTokens = new AddedTokenMatcher(frame.addedTokens.filter((token) => !token.normalized));
    const normalized = frame.addedTokens
      .filter((token) => token.normalized)
      .map((token) => ({ ...token, content: normalizer.normalize(token.content) }))
      .filter((token) => token.content !== '');
    this.#normalizedTokens = new AddedTokenMatcher(normalized);
    this.#stretches =
      frame.splitsWords !== false && normalized.every((token) => !token.content.includes(' ') && !token.stripRight);
  }

  /** Adds the ids of `text[start..end)`, which is normalized and without added tokens; may stop once `sink` is full. */
  protected abstract addSection(text: string, start: number, end: number, sink: IdBuffer): void;

  /** The vocabulary's text of an id; empty where it has none. */
  protected abstract tokenText(id: number): string;

  encode(text: string, options: TokenizeOptions = {}): TokenizedText {
    const special = options.addSpecialTokens ?? true;
    const limit = (options.maxLength ?? Infinity) - (special ? this.#frameLength : 0);
    if (!(limit >= 0)) throw new RangeError(`maxLength ${options.maxLength} has no room for the special tokens`);
    const { ids, length } = this.#contentIds(text, limit);
    const content = ids.subarray(0, Math.min(length, limit));
    return { ids: special ? this.#framed(content) : content.slice(), truncated: length > limit };
  }

  countTokens(text: string): number {
    return this.#contentIds(text, Infinity).length + this.#frameLength;
  }

  encodeWindows(text: string, { maxLength }: TokenWindowOptions): readonly TokenWindow[] {
    const room = maxLength - this.#frameLength;
    if (!(room >= 1)) throw new RangeError(`maxLength ${maxLength} has no room for a token beside the special ones`);
    const { ids, length, wordStarts } = this.#contentIds(text, Infinity);
    const windows: TokenWindow[] = [];
    let start = 0;
    let word = 0;
    do {
      let end = Math.min(length, start + room);
      if (end < length) {
        // The last word that starts within the window, or just behind it, goes into the next one.
        while ((wordStarts[word] ?? Infinity) <= end) word += 1;
        const lastStart = wordStarts[word - 1] ?? 0;
        if (lastStart > start) end = lastStart;
      }
      windows.push({ ids: this.#framed(ids.subarray(start, end)), tokenCount: end - start });
      start = end;
    } while (start < length);
    return windows;
  }

  tokenize(text: string, options: TokenizeOptions = {}): TokenStrings {
    const { ids, truncated } = this.encode(text, options);
    return { ids, truncated, tokens: Array.from(ids, (id) => this.tokenText(id)) };
  }

  get #frameLength(): number {
    return this.#frame.prefixIds.length + this.#frame.suffixIds.length;
  }

  #contentIds(text: string, limit: number): IdBuffer {
    const sink = this.#sink;
    sink.reset(limit);
    // The Rust binding, too, gets U+FFFD for an unpaired surrogate.
    this.#addText(text.toWellFormed(), sink);
    return sink;
  }

  #framed(content: Int32Array): Int32Array {
    const { prefixIds, suffixIds } = this.#frame;
    const ids = new Int32Array(prefixIds.length + content.length + suffixIds.length);
    ids.set(prefixIds);
    ids.set(content, prefixIds.length);
    ids.set(suffixIds, prefixIds.length + content.length);
    return ids;
  }

  #addText(text: string, sink: IdBuffer): void {
    let at = 0;
    for (const match of this.#rawTokens.matches(text)) {
      this.#addRaw(text.slice(at, match.start), sink);
      if (sink.full) return;
      sink.startWord();
      sink.push(match.id);
      at = match.end;
    }
    this.#addRaw(at === 0 ? text : text.slice(at), sink);
  }

  /** A section without special tokens, not normalized yet. */
  #addRaw(text: string, sink: IdBuffer): void {
    for (let at = 0; at < text.length && !sink.full;) {
      const end = this.#stretches ? this.#normalizer.stretchEnd(text, at) : text.length;
      const isWhole = at === 0 && end === text.length;
      this.#addNormalized(this.#normalizer.normalize(isWhole ? text : text.slice(at, end)), sink);
      at = end;
    }
  }

  #addNormalized(text: string, sink: IdBuffer): void {
    let at = 0;
    for (const match of this.#normalizedTokens.matches(text)) {
      this.addSection(text, at, match.start, sink);
      if (sink.full) return;
      sink.startWord();
      sink.push(match.id);
      at = match.end;
    }
    this.addSection(text, at, text.length, sink);
  }
}
