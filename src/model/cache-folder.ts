import { mkdir } from 'node:fs/promises';
import { errorMessage } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';

/** The error for a cache folder that refused a write. */
export function cacheUnwritable(folder: string, cause: unknown): ModelError {
  return new ModelError(`the cache folder ${folder} cannot be written: ${errorMessage(cause)}`, {
    code: 'MODEL_CACHE_UNWRITABLE',
    hint: 'Set CODEGRAPHAI_CACHE to a folder that may be written and has room for the compiled model.',
    details: { folder },
    cause,
  });
}

/**
 * Creates a folder of the cache with its parents.
 *
 * @throws {@link ModelError} `MODEL_CACHE_UNWRITABLE`.
 */
export async function createCacheFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw cacheUnwritable(folder, cause);
  }
}
