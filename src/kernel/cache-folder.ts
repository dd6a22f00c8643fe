import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

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
