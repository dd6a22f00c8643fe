import type { Logger } from './kernel/logger.ts';
import { CodeKnowledgeGraph } from './search/code-knowledge-graph.ts';
import { QueryEncoder } from './search/query-encoder.ts';
import type { DumpableStore } from './store/dump-index.ts';
import type { IndexStore } from './store/index-store.ts';
import { openIndexStore } from './store/open-store.ts';

/** What of a repository's index is open: its store, the graph over it, and the encoder of questions, each when first needed. */
export class OpenIndex {
  readonly #root: string;
  readonly #logger: Logger;
  #store: { readonly access: 'read' | 'write'; readonly opened: Promise<DumpableStore> } | null = null;
  #graph: { readonly store: IndexStore; readonly graph: CodeKnowledgeGraph } | null = null;
  #encoder: { readonly model: string | null; readonly questions: QueryEncoder } | null = null;

  constructor(root: string, logger: Logger) {
    this.#root = root;
    this.#logger = logger;
  }

  /**
   * The store. One that was opened to read is opened again where it is to be written.
   *
   * @param replaceDamaged - Make it anew where it cannot be used.
   * @throws {@link StoreError}
   */
  async store(access: 'read' | 'write', replaceDamaged = false): Promise<DumpableStore> {
    const current = this.#store;
    if (current !== null && (current.access === 'write' || access === 'read')) return await current.opened;
    if (current !== null) {
      await this.dropEncoder(); // It asks the store that ends here.
      await (await current.opened).close();
    }
    const opened = openIndexStore(this.#root, { access, replaceDamaged });
    this.#store = { access, opened };
    try {
      return await opened;
    } catch (thrown) {
      this.#store = null; // The next call tries again: an index may have been made meanwhile.
      throw thrown;
    }
  }

  /** The graph over the store that is open. */
  async graph(): Promise<CodeKnowledgeGraph> {
    const store = await this.store('read');
    if (this.#graph?.store !== store) {
      this.#graph = { store, graph: new CodeKnowledgeGraph({ root: this.#root, store }) };
    }
    return this.#graph.graph;
  }

  /** The encoder of the last question, unless this one names another model. */
  async encoder(model: string | null): Promise<QueryEncoder> {
    const store = await this.store('read');
    if (this.#encoder !== null && this.#encoder.model !== model) await this.dropEncoder();
    this.#encoder ??= { model, questions: new QueryEncoder({ root: this.#root, store, model, logger: this.#logger }) };
    return this.#encoder.questions;
  }

  /** Ends the encoder: the next question opens the one that fits the vectors then. */
  async dropEncoder(): Promise<void> {
    const encoder = this.#encoder;
    this.#encoder = null;
    await encoder?.questions.close();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    this.#graph = null;
    await this.dropEncoder();
    const [opened] = await Promise.allSettled([store?.opened]);
    if (opened.status === 'fulfilled') await opened.value?.close();
  }
}
