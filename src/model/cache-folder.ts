import { join } from 'node:path';
import { createFolder } from '../kernel/create-folder.ts';
import { errorMessage } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';

/** Name of the record in the folder of a compiled model; it is written last. */
export const RECORD_FILE = 'compiled.json';

/** Folder of a cache with the compiled models, each in a folder named by its fingerprint. */
export function compiledFolder(cacheFolder: string): string {
  return join(cacheFolder, 'compiled');
}

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
    await createFolder(folder);
  } catch (cause) {
    throw cacheUnwritable(folder, cause);
  }
}
