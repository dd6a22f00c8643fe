/** The unit that is embedded and found: a symbol, a part of a big one, or several small ones together. */
export interface Chunk {
  /** Index into the file's definitions of the symbol it shows, or -1 for code outside symbols. */
  readonly definition: number;
  /** Lines are 1-based and inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** What is embedded (without the model's prompt): head, signature, documentation, distinct identifier words. */
  readonly text: string;
  /** sha256 of `text`, hex: a chunk is never embedded twice. */
  readonly contentHash: string;
  /** Words for the full-text index: names as written and their parts, in separate columns. */
  readonly words: { readonly name: string; readonly path: string; readonly body: string };
}
