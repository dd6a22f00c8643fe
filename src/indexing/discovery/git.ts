import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `git ls-files` output of a repository of a million files stays below this. */
const MAX_GIT_OUTPUT_BYTES = 512 << 20;

/**
 * Environment for git: no variable of a surrounding git process (a hook) may point it at another repository, and
 * nothing in the repository's own configuration may start a program (core.fsmonitor is a command).
 */
function gitEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('GIT_')) environment[name] = value;
  environment['GIT_OPTIONAL_LOCKS'] = '0';
  environment['LC_ALL'] = 'C';
  return environment;
}

/**
 * Runs git in a folder, with a list of arguments and no shell.
 *
 * @returns what it wrote to standard output.
 * @throws the error of `execFile`, with `stderr`, where git is missing (`ENOENT`) or ends with another code than 0.
 */
export async function git(root: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  const { stdout } = await run(
    'git',
    ['-C', root, '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', ...args],
    {
      env: gitEnvironment(),
      maxBuffer: MAX_GIT_OUTPUT_BYTES,
      encoding: 'utf8',
      ...(signal === undefined ? {} : { signal }),
    },
  );
  return stdout;
}
