import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a program of the repository's own `node_modules/.bin` (or one on the PATH) in the root, showing what it prints.
 *
 * @returns its exit code; 1 when it was ended by a signal.
 */
export function runStep(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): number {
  const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const result = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment, PATH: path },
  });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}
