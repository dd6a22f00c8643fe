import type { HubError } from './hub-error.ts';

/** Fewest bytes that count as progress in one stall timeout: a server that drips a byte now and then has stalled. */
const MIN_BYTES_PER_TIMEOUT = 1024;

export interface HubResponseOptions {
  /** Aborts the request this is the answer of. */
  readonly abort: (reason: HubError) => void;
  readonly stallTimeoutMs: number;
  /** Makes the error for an answer that stalled. */
  readonly stalled: () => HubError;
  /** Turns what the network layer throws into an error of this package. */
  readonly explain: (thrown: unknown) => unknown;
}

/** An answer of the hub whose body is read once. */
export class HubResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly #body: ReadableStream<Uint8Array> | null;
  readonly #options: HubResponseOptions;

  constructor(response: Response, options: HubResponseOptions) {
    this.status = response.status;
    this.headers = response.headers;
    this.#body = response.body;
    this.#options = options;
  }

  /**
   * The body in pieces. Only the time spent waiting for the network counts as stalling.
   *
   * @throws {@link HubError} `HUB_TIMEOUT`, `HUB_UNAVAILABLE`; the signal's reason when aborted.
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#body === null) return;
    const { abort, stallTimeoutMs, stalled, explain } = this.#options;
    const reader = this.#body.getReader();
    let waitedMs = 0;
    let bytes = 0;
    try {
      for (;;) {
        const started = performance.now();
        const timer = setTimeout(() => abort(stalled()), stallTimeoutMs - waitedMs);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (done) return;
        waitedMs += performance.now() - started;
        bytes += value.byteLength;
        if (bytes >= MIN_BYTES_PER_TIMEOUT) waitedMs = bytes = 0;
        yield value;
      }
    } catch (thrown) {
      throw explain(thrown);
    } finally {
      // Closes the connection of an answer that is not read to its end; one that failed has nothing to close.
      await reader.cancel().catch(() => undefined);
    }
  }

  /** Lets the connection go without reading what comes. */
  async discard(): Promise<void> {
    await this.#body?.cancel().catch(() => undefined);
  }
}
