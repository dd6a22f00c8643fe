import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CLI, cliEnvironment } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { SAMPLE_REPOSITORY } from './sample-repository.ts';

function start(args: readonly string[], cwd: string): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [CLI, ...args], { cwd, env: cliEnvironment() });
}

/** Exit code of a process, and the signal that ended it where it did not end by itself. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<readonly [number | null, NodeJS.Signals | null]> {
  return await new Promise((resolve) => {
    child.once('close', (code, signal) => resolve([code, signal]));
  });
}

describe('a command that is cut off', () => {
  it('ends with 130 on Ctrl-C, also while it waits for input', async () => {
    using folder = temporaryFolder();
    const child = start(['encode', '-', '-v'], folder.path);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The first word of the log: the model is loading, or loaded.
      if (stderr === '') child.kill('SIGINT');
      stderr += text;
    });
    child.stdout.resume();
    expect(await endOf(child)).toEqual([130, null]);
    expect(stderr).toContain('interrupted');
  });

  it('goes on where nobody reads the progress any more', async () => {
    using folder = temporaryFolder(SAMPLE_REPOSITORY);
    const child = start(['index', '--no-embed', '-v', '--json'], folder.path);
    child.stderr.once('data', () => child.stderr.destroy());
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    expect(await endOf(child)).toEqual([0, null]);
    expect(JSON.parse(stdout)).toMatchObject({ files: { parsed: 7 } });
  });

  it('ends quietly where nobody reads the answer any more', async () => {
    using folder = temporaryFolder();
    const child = start(['encode', '-'], folder.path);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined); // The process may end before it has read all.
    child.stdin.end('a text\n'.repeat(3_000));
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await endOf(child)).toEqual([0, null]);
    expect(stderr).toBe('');
  });
});
