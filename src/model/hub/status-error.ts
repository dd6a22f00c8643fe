import { HubError } from './hub-error.ts';

/** Longest text of a server that is repeated in a message. */
const MAX_SERVER_TEXT = 200;

/** Where an answer came from. */
export interface AnswerOrigin {
  /** Address without its query. */
  readonly url: string;
  /** False where a redirect led to another origin: its refusals are about a signed address, not about the user. */
  readonly fromHub: boolean;
  readonly hasToken: boolean;
}

/** The error that a status stands for, or null for one that the caller handles (2xx, 416). */
export function statusError(status: number, headers: Headers, origin: AnswerOrigin): HubError | null {
  if ((status >= 200 && status < 300) || status === 416) return null;
  const { url, fromHub } = origin;
  const details = { url, status };
  if (status === 429) return rateLimited(headers, details);
  if (status >= 500 || status === 408 || (!fromHub && (status === 401 || status === 403))) {
    return new HubError(`${url} answers ${describe(status, headers)}`, {
      code: 'HUB_UNAVAILABLE',
      hint: 'Run the command again later: what was downloaded is kept.',
      details: { ...details, retryAfterMs: retryAfterMs(headers.get('retry-after')) },
    });
  }
  const reason = headers.get('x-error-code');
  if (reason === 'GatedRepo') return gated(url, details);
  const isMissing = status === 404 || status === 410 || ['RepoNotFound', 'RevisionNotFound'].includes(reason ?? '');
  if (isMissing) return notFound(origin, details, status, headers);
  if (status === 401 || status === 403) return unauthorized(origin, details, status, headers);
  return new HubError(`${url} answers ${describe(status, headers)}`, {
    code: 'HUB_PROTOCOL',
    hint: 'Check HF_ENDPOINT and the proxy: what answers does not speak as a Hugging Face hub does.',
    details,
  });
}

/** Milliseconds that a `Retry-After` header asks to wait: seconds or a date (RFC 9110 §10.2.3); undefined without a sensible one. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

type StatusDetails = Readonly<Record<string, unknown>>;

function rateLimited(headers: Headers, details: StatusDetails & { readonly url: string }): HubError {
  const wait = retryAfterMs(headers.get('retry-after'));
  const when = wait === undefined ? 'later' : `in ${Math.ceil(wait / 1000)} seconds`;
  return new HubError(`${details.url} answers 429: too many requests`, {
    code: 'HUB_RATE_LIMITED',
    hint: `Run the command again ${when}; a token in HF_TOKEN raises the limit.`,
    details: { ...details, retryAfterMs: wait },
  });
}

function gated(url: string, details: StatusDetails): HubError {
  return new HubError(`${url} is gated: its owner lets in only users who have accepted the terms`, {
    code: 'HUB_GATED',
    hint: 'Accept the terms on the page of the model, then set HF_TOKEN to a token of that account.',
    details,
  });
}

function notFound(origin: AnswerOrigin, details: StatusDetails, status: number, headers: Headers): HubError {
  return new HubError(`the hub has nothing at ${origin.url} (${describe(status, headers)})`, {
    code: 'HUB_NOT_FOUND',
    hint: origin.hasToken
      ? 'Check the name and the revision, and that the token in use may see the model.'
      : 'Check the name and the revision; if the model is private, set HF_TOKEN.',
    details,
  });
}

function unauthorized(origin: AnswerOrigin, details: StatusDetails, status: number, headers: Headers): HubError {
  return new HubError(`${origin.url} answers ${describe(status, headers)}`, {
    code: 'HUB_UNAUTHORIZED',
    hint: origin.hasToken
      ? 'Set HF_TOKEN to a token that may read this model: the one in use is not accepted.'
      : 'Check the name; if the model is private, set HF_TOKEN to a token from https://huggingface.co/settings/tokens.',
    details,
  });
}

function describe(status: number, headers: Headers): string {
  const text = headers.get('x-error-message')?.slice(0, MAX_SERVER_TEXT);
  return text === undefined ? String(status) : `${status}: ${text}`;
}
