import { errorMessage, systemErrorCode } from '../../kernel/errors.ts';
import { HubError } from './hub-error.ts';

/** The error for a cache that refused a write. */
export function writeFailed(path: string, cause: unknown): HubError {
  const reason = systemErrorCode(cause);
  const isFull = reason === 'ENOSPC' || reason === 'EDQUOT' || reason === 'EFBIG';
  return new HubError(
    isFull ? `there is no room left for ${path}` : `${path} cannot be written: ${errorMessage(cause)}`,
    {
      code: 'HUB_WRITE_FAILED',
      hint: isFull
        ? 'Free some room and run the command again: what was downloaded is kept. Or set HF_HUB_CACHE to a folder on another disk.'
        : 'Make the folder writable for this user, or set HF_HUB_CACHE to one that is.',
      details: { path, reason },
      cause,
    },
  );
}

/** Runs a write to the cache; what the file system says becomes `HUB_WRITE_FAILED`. */
export async function writing<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    throw systemErrorCode(cause) === undefined || HubError.isInstance(cause) ? cause : writeFailed(path, cause);
  }
}
