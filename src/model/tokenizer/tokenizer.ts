/** Token ids of one text. */
export interface TokenizedText {
  /** Special tokens included where asked for; at most `maxLength` ids. */
  readonly ids: Int32Array;
  /** True when the text held more tokens than `maxLength` let through. */
  readonly truncated: boolean;
}

export interface TokenizeOptions {
  /** Most ids to return, special tokens included. @defaultValue no limit */
  readonly maxLength?: number | undefined;
  /** @defaultValue true */
  readonly addSpecialTokens?: boolean | undefined;
}

/** Text to token ids. Synchronous: it runs inside the encode worker. */
export interface Tokenizer {
  readonly vocabularySize: number;
  encode(text: string, options?: TokenizeOptions): TokenizedText;
}
