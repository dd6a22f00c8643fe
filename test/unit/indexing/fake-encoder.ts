import { createHash } from 'node:crypto';
import type { ModelOpener } from '../../../src/indexing/model-opener.ts';
import { EmbeddingMatrix } from '../../../src/model/embedding-matrix.ts';
import type { EncodeOptions, Encoder, ModelIdentity } from '../../../src/model/encoder.ts';

const DIMENSIONS = 8;

/** An encoder whose vectors depend on the text and the model alone, without a model behind it. */
export class FakeEncoder implements Encoder {
  readonly identity: ModelIdentity;
  /** Texts of each call to {@link encodeDocument}. */
  readonly calls: (readonly string[])[] = [];
  closed = false;
  readonly #beforeEncoding: () => unknown;

  /** @param beforeEncoding - Called before each batch is encoded; may throw. */
  constructor(fingerprint = 'a', beforeEncoding: () => unknown = () => undefined) {
    this.identity = { id: `test/${fingerprint}`, fingerprint, dimensions: DIMENSIONS, maxTokens: 16 };
    this.#beforeEncoding = beforeEncoding;
  }

  /** How the indexer comes to this encoder; `opened` lists the references it was opened for. */
  opener(options: { readonly identifies?: boolean } = {}): ModelOpener & { readonly opened: (string | null)[] } {
    const { id } = this.identity;
    const model = { id, folder: `/models/${id}`, source: 'folder', reason: 'it is of a test' } as const;
    const opened: (string | null)[] = [];
    return {
      opened,
      open: async (reference) => {
        opened.push(reference);
        return { encoder: this, model, diagnostics: [] };
      },
      identify: async () => (options.identifies === true ? { model, fingerprint: this.identity.fingerprint } : null),
      look: async () => ({ format: 'checkpoint', weights: 'pytorch_model.bin', quantization: null }),
    };
  }

  async encode(texts: readonly string[], options: EncodeOptions = {}): Promise<EmbeddingMatrix> {
    const matrix = new EmbeddingMatrix(texts.length, DIMENSIONS);
    let tokensDone = 0;
    for (const [row, text] of texts.entries()) {
      options.signal?.throwIfAborted();
      const digest = createHash('sha256').update(`${this.identity.fingerprint} ${text}`).digest();
      matrix.row(row).set(Array.from(digest.subarray(0, DIMENSIONS), (byte) => byte - 128));
      const tokenCount = text.split(/\s+/).length;
      matrix.tokenCounts[row] = tokenCount;
      matrix.truncated[row] = tokenCount > this.identity.maxTokens ? 1 : 0;
      tokensDone += tokenCount;
      options.onProgress?.({ textsDone: row + 1, textsTotal: texts.length, tokensDone, bytesDone: 0, bytesTotal: 0 });
    }
    return matrix;
  }

  encodeQuery(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix> {
    return this.encode(texts, options);
  }

  async encodeDocument(texts: readonly string[], options?: EncodeOptions): Promise<EmbeddingMatrix> {
    this.calls.push(texts);
    await this.#beforeEncoding();
    return await this.encode(texts, options);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
