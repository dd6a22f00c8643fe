import type {
  TokenizedText,
  TokenizeOptions,
  Tokenizer,
  TokenStrings,
  TokenWindow,
  TokenWindowOptions,
} from './tokenizer.ts';
import { IdBuffer } from './unigram/id-buffer.ts';

/** Ids before and after every text. */
export interface SpecialFrame {
  readonly prefixIds: readonly number[];
  readonly suffixIds: readonly number[];
}

/** A tokenizer but for the ids of the text itself: special tokens around them, truncation, windows, token strings. */
export abstract class FramedTokenizer implements Tokenizer {
  abstract readonly vocabularySize: number;
  readonly #frame: SpecialFrame;
  readonly #sink = new IdBuffer();

  protected constructor(frame: SpecialFrame) {
    this.#frame = frame;
  }

  /** Adds the ids of a well-formed text to `sink`, each word announced; may stop once `sink` is full. */
  protected abstract addIds(text: string, sink: IdBuffer): void;

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
    this.addIds(text.toWellFormed(), sink);
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
}
