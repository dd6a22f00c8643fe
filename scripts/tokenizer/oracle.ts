import { createRequire } from 'node:module';
import type { Tokenizer } from 'tokenizers';

/** The Rust library: what the ids have to be equal to. */
export class OracleTokenizer {
  readonly #tokenizer: Tokenizer;

  private constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /**
   * @param json - A tokenizer.json; its truncation and padding are ignored.
   * @returns null when the native module does not load on this machine.
   */
  static async open(json: string): Promise<OracleTokenizer | null> {
    try {
      const library = await import('tokenizers');
      const tokenizer = library.Tokenizer.fromString(json);
      tokenizer.disableTruncation();
      tokenizer.disablePadding();
      return new OracleTokenizer(tokenizer);
    } catch (error) {
      // Expected where npm has no binary for the platform; anything else is a real failure.
      if (error instanceof Error && /Cannot find (native binding|module|package)|native binding/.test(error.message))
        return null;
      throw error;
    }
  }

  static get version(): string {
    const manifest: unknown = createRequire(import.meta.url)('tokenizers/package.json');
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
  }

  async encode(text: string): Promise<number[]> {
    return (await this.#tokenizer.encode(text)).getIds();
  }
}
