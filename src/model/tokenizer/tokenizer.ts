/** Token ids of one text. */
export interface TokenizedText {
  /** Special tokens included where asked for; at most `maxLength` ids. */
  readonly ids: Int32Array;
  /** True when the text held more tokens than `maxLength` let through. */
  readonly truncated: boolean;
}

/** Token ids of one text beside the tokens as the vocabulary writes them. */
export interface TokenStrings extends TokenizedText {
  /** `tokens[i]` is the vocabulary's text of `ids[i]` (`▁def`, `##ing`, `Ġclass`); empty where the vocabulary has none. */
  readonly tokens: readonly string[];
}

/** A part of a text that fits the network, special tokens around it. */
export interface TokenWindow {
  readonly ids: Int32Array;
  /** Tokens of the text among {@link ids}, special tokens not counted: the window's weight in an average by tokens. */
  readonly tokenCount: number;
}

export interface TokenizeOptions {
  /** Most ids to return, special tokens included. @defaultValue no limit */
  readonly maxLength?: number | undefined;
  /** @defaultValue true */
  readonly addSpecialTokens?: boolean | undefined;
}

export interface TokenWindowOptions {
  /** Most ids of a window, special tokens included. */
  readonly maxLength: number;
}

/** Text to token ids. Synchronous: it runs inside the encode worker. */
export interface Tokenizer {
  /** One more than the highest id. */
  readonly vocabularySize: number;

  /**
   * Ids of a text, cut at `maxLength`: what lies behind the cut is not tokenized, so a long text costs no more than a short one.
   *
   * @throws RangeError when `maxLength` has no room for the special tokens.
   */
  encode(text: string, options?: TokenizeOptions): TokenizedText;

  /** How many ids the whole text has, special tokens included. */
  countTokens(text: string): number;

  /**
   * The whole text in windows: every token lies in exactly one, and a window ends between two words unless a single word is
   * longer than a window. A text without tokens has one window, of the special tokens alone.
   *
   * @throws RangeError when `maxLength` has no room for one token beside the special ones.
   */
  encodeWindows(text: string, options: TokenWindowOptions): readonly TokenWindow[];

  /** As {@link encode}, with the tokens as the vocabulary writes them. */
  tokenize(text: string, options?: TokenizeOptions): TokenStrings;
}
