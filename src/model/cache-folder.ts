import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { errorMessage } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';

/**
 * The folder for everything that can be made again: `folder`, else `CODEGRAPHAI_CACHE`, else `codegraphai` in
 * `XDG_CACHE_HOME` or `~/.cache`. Absolute; not created.
 */
export function resolveCacheFolder(
  folder?: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  // An empty variable counts as unset, as the XDG specification wants.
  const named = folder ?? (environment['CODEGRAPHAI_CACHE'] || undefined);
  if (named !== undefined) return resolve(named);
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'codegraphai');
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
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw cacheUnwritable(folder, cause);
  }
}
