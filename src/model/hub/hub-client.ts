import { setTimeout as wait } from 'node:timers/promises';
import type { AbortableOptions } from '../../kernel/abort.ts';
import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { silentLogger, type Logger } from '../../kernel/logger.ts';
import { HubError } from './hub-error.ts';
import { HubResponse } from './hub-response.ts';
import type { HubSettings } from './hub-settings.ts';
import { publicUrl, redirectError, redirectTarget } from './redirect-target.ts';
import { statusError } from './status-error.ts';

/** Milliseconds before the next attempt, after so many failures in a row (1 and more). */
export type RetryDelay = (failures: number, retryAfterMs: number | undefined) => number;

export interface HubClientOptions extends AbortableOptions {
  readonly settings: HubSettings;
  readonly token: string | null;
  readonly logger?: Logger | undefined;
  /** @defaultValue what the server asks for, else a third of a second, doubled each time */
  readonly retryDelay?: RetryDelay | undefined;
}

/** Headers for every hop, and those that only the hub itself may see. */
export interface HubRequest {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly hubHeaders?: Readonly<Record<string, string>> | undefined;
}

const MAX_REDIRECTS = 8;
/** Failures in a row, without progress, after which nothing more is tried. */
const MAX_FAILURES = 5;
/** Longest `Retry-After` that is waited for; with a longer one the user is told instead. */
const MAX_RETRY_AFTER_MS = 60_000;
const FIRST_DELAY_MS = 300;

/**
 * Before the hub has answered once, a machine without network is told at once: a name that is not known, and what nobody
 * answers. A second attempt would only mean to wait longer for the model that serves instead.
 */
const NOT_BEFORE_CONTACT: readonly string[] = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
];

/**
 * HTTP as the hub needs it: redirects are followed here, so that the token reaches the hub's own origin only; every wait has
 * an end.
 */
export class HubClient {
  readonly settings: HubSettings;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
  readonly #token: string | null;
  readonly #origin: string;
  readonly #retryDelay: RetryDelay;
  #contacted = false;

  constructor({ settings, token, logger = silentLogger, signal, retryDelay = defaultDelay }: HubClientOptions) {
    this.settings = settings;
    this.logger = logger;
    this.signal = signal;
    this.#token = token;
    this.#origin = new URL(settings.endpoint).origin;
    this.#retryDelay = retryDelay;
  }

  /**
   * Asks once.
   *
   * @param path - Address below the endpoint, or a whole one of the same origin.
   * @returns an answer with a status of 2xx, or 416.
   * @throws {@link HubError} by what went wrong; the signal's reason when aborted.
   */
  async get(path: string, request: HubRequest = {}): Promise<HubResponse> {
    let url = new URL(path.startsWith('/') ? this.settings.endpoint + path : path);
    let fromHub = url.origin === this.#origin;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await this.#fetch(url, {
        // Compressed bytes can be neither counted nor continued.
        'accept-encoding': 'identity',
        'user-agent': 'codegraphai',
        ...request.headers,
        ...(fromHub ? request.hubHeaders : {}),
        ...(fromHub && this.#token !== null ? { authorization: `Bearer ${this.#token}` } : {}),
      });
      this.#contacted = true;
      if (![301, 302, 303, 307, 308].includes(response.status)) {
        const origin = { url: publicUrl(url), fromHub, hasToken: this.#token !== null };
        const error = statusError(response.status, response.headers, origin);
        if (error === null) return response;
        await response.discard();
        throw error;
      }
      await response.discard();
      url = redirectTarget(url, response.headers.get('location'));
      fromHub &&= url.origin === this.#origin; // Once away, no way back: what comes next was chosen by somebody else.
    }
    throw redirectError(url, `redirects more than ${MAX_REDIRECTS} times`);
  }

  /**
   * Reads a JSON document, trying again where that may help.
   *
   * @throws {@link HubError} as {@link get}, `HUB_TOO_LARGE`, `HUB_PROTOCOL` when it is no JSON.
   */
  async getJson(path: string, maxBytes: number): Promise<{ readonly value: unknown; readonly headers: Headers }> {
    for (let failures = 1; ; failures++) {
      try {
        const response = await this.get(path, { headers: { accept: 'application/json' } });
        const text = await readText(response, path, maxBytes);
        return { value: parseJson(text, path), headers: response.headers };
      } catch (thrown) {
        await this.pauseAfter(thrown, failures);
      }
    }
  }

  /**
   * Waits until another attempt makes sense.
   *
   * @throws what was thrown, where none does.
   */
  async pauseAfter(thrown: unknown, failures: number): Promise<void> {
    this.signal?.throwIfAborted();
    if (!(thrown instanceof HubError) || failures >= MAX_FAILURES || !this.#isPassing(thrown)) throw thrown;
    const asked = thrown.details['retryAfterMs'];
    const retryAfter = typeof asked === 'number' ? asked : undefined;
    if ((retryAfter ?? 0) > MAX_RETRY_AFTER_MS) throw thrown;
    const delay = this.#retryDelay(failures, retryAfter);
    this.logger.info(`${thrown.message}; trying again in ${Math.round(delay)} ms`);
    try {
      await wait(delay, undefined, { signal: this.signal });
    } finally {
      this.signal?.throwIfAborted();
    }
  }

  #isPassing({ code, details }: HubError): boolean {
    if (code === 'HUB_RATE_LIMITED') return true;
    if (code === 'HUB_TIMEOUT') return this.#contacted;
    if (code !== 'HUB_UNAVAILABLE') return false;
    const { status, reason } = details;
    if (status === 501 || status === 505) return false;
    if (typeof reason !== 'string') return true;
    // What has no code (a forbidden port), and what is about certificates, stays as it is.
    if (!/^[A-Z0-9_]+$/.test(reason) || /CERT|TLS|SSL|EPROTO|SELF_SIGNED/.test(reason)) return false;
    return this.#contacted || !NOT_BEFORE_CONTACT.includes(reason);
  }

  async #fetch(url: URL, headers: Readonly<Record<string, string>>): Promise<HubResponse> {
    this.signal?.throwIfAborted();
    const { answerTimeoutMs, stallTimeoutMs } = this.settings;
    const controller = new AbortController();
    const signals = this.signal === undefined ? [controller.signal] : [this.signal, controller.signal];
    const abort = (reason: HubError): void => controller.abort(reason);
    const explain = (thrown: unknown): unknown => {
      if (this.signal?.aborted === true) return this.signal.reason;
      return thrown instanceof HubError ? thrown : connectionError(url, thrown);
    };
    const timer = setTimeout(() => abort(timeoutError(url, answerTimeoutMs)), answerTimeoutMs);
    try {
      const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.any(signals) });
      this.logger.debug(`GET ${publicUrl(url)}`, { status: response.status, range: headers['range'] });
      const stalled = (): HubError => timeoutError(url, stallTimeoutMs);
      return new HubResponse(response, { abort, explain, stalled, stallTimeoutMs });
    } catch (thrown) {
      throw explain(thrown);
    } finally {
      clearTimeout(timer);
    }
  }
}

function defaultDelay(failures: number, retryAfterMs: number | undefined): number {
  // Spread, so that many machines that failed together do not come back together.
  return retryAfterMs ?? FIRST_DELAY_MS * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
}

async function readText(response: HubResponse, path: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.chunks()) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new HubError(`the answer for ${path} is larger than ${maxBytes} bytes`, {
        code: 'HUB_TOO_LARGE',
        hint: 'Name another model: this repository has more files than any model needs.',
        details: { url: path, maxBytes },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HubError(`the answer for ${path} is no JSON`, {
      code: 'HUB_PROTOCOL',
      hint: 'Check HF_ENDPOINT, and whether a login page of the network answers in place of the hub.',
      details: { url: path },
      cause,
    });
  }
}

function timeoutError(url: URL, timeoutMs: number): HubError {
  return new HubError(`${publicUrl(url)} sends nothing for ${timeoutMs / 1000} seconds`, {
    code: 'HUB_TIMEOUT',
    hint: 'Run the command again: what was downloaded is kept; HF_HUB_DOWNLOAD_TIMEOUT and HF_HUB_ETAG_TIMEOUT allow longer waits.',
    details: { url: publicUrl(url), timeoutMs },
  });
}

/** What `fetch` throws says "fetch failed"; the reason is behind it. */
function connectionError(url: URL, thrown: unknown): HubError {
  const source = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const reason = systemErrorCode(source) ?? errorMessage(source);
  return new HubError(`the connection to ${url.origin} failed: ${errorMessage(source)}`, {
    code: 'HUB_UNAVAILABLE',
    hint: connectionHint(),
    details: { url: publicUrl(url), reason },
    cause: thrown,
  });
}

function connectionHint(): string {
  const { HTTPS_PROXY, https_proxy: lowerCase, NODE_USE_ENV_PROXY } = process.env;
  if ((HTTPS_PROXY || lowerCase) && NODE_USE_ENV_PROXY !== '1') {
    return 'Set NODE_USE_ENV_PROXY=1, so that Node goes through the proxy of HTTPS_PROXY.';
  }
  return 'Check the network, HF_ENDPOINT and the proxy, then run the command again: what was downloaded is kept.';
}
