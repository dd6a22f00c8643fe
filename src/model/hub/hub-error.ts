import { CodeGraphError } from '../../kernel/errors.ts';

/**
 * Codes of {@link HubError} and what its `details` hold. `url` is without its query, which may be a signature.
 *
 * - `HUB_OFFLINE`: the network is forbidden. `id`.
 * - `HUB_NOT_FOUND`: the hub has no such model, revision or file. `url`, `status`.
 * - `HUB_UNAUTHORIZED`: the hub wants a token, or refuses the one it got. `url`, `status`.
 * - `HUB_GATED`: its owner has to let the user in first. `url`, `status`.
 * - `HUB_RATE_LIMITED`: too many requests. `url`, `status`, `retryAfterMs`.
 * - `HUB_UNAVAILABLE`: no connection, one that broke off, or a server error. `url`, `status` or `reason`, `bytesKept`.
 * - `HUB_TIMEOUT`: no answer, or too little of it, in the time allowed. `url`, `timeoutMs`, `bytesKept`.
 * - `HUB_PROTOCOL`: what answers does not speak as a hub does. `url`.
 * - `HUB_CORRUPT`: a file has another digest or size than the hub says. `file`, `expected`, `actual`.
 * - `HUB_TOO_LARGE`: an answer or a file is larger than any model needs. `bytes` or `url`, `maxBytes`.
 * - `HUB_UNSAFE_PATH`: a file name would leave the folder of the model. `file`.
 * - `HUB_WRITE_FAILED`: the cache cannot be written or has no room. `path`, `reason`.
 * - `HUB_NO_MODEL`: the repository has no files that make a model. `id`, `missing`.
 */
export const HUB_ERROR_CODES = [
  'HUB_OFFLINE',
  'HUB_NOT_FOUND',
  'HUB_UNAUTHORIZED',
  'HUB_GATED',
  'HUB_RATE_LIMITED',
  'HUB_UNAVAILABLE',
  'HUB_TIMEOUT',
  'HUB_PROTOCOL',
  'HUB_CORRUPT',
  'HUB_TOO_LARGE',
  'HUB_UNSAFE_PATH',
  'HUB_WRITE_FAILED',
  'HUB_NO_MODEL',
] as const;
export type HubErrorCode = (typeof HUB_ERROR_CODES)[number];

/** Everything that goes wrong between a hub id and the files on this machine. */
export class HubError extends CodeGraphError<HubErrorCode> {
  override readonly name: string = 'HubError';

  /** Recognises a hub error of any copy of this package. */
  static override isInstance(value: unknown): value is HubError {
    return CodeGraphError.isInstance(value) && HUB_ERROR_CODES.some((code) => code === value.code);
  }
}
