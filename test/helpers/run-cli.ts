import { spawn, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The entry of the command line, run from source. */
export const CLI: string = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCliOptions {
  readonly cwd: string;
  readonly input?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Another copy of the entry than the repository's. */
  readonly cli?: string | undefined;
}

/** One compiled model for all tests of this machine: it is made once and never of the user's own cache. */
const CACHE = join(tmpdir(), 'codegraphai-test-cache');
const TIMEOUT_MS = 120_000;

export function cliEnvironment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  // The model must be the embedded one, whatever this machine has in its Hugging Face cache.
  const hub = { HF_HUB_CACHE: join(CACHE, 'no-hub'), NO_PROXY: '127.0.0.1' };
  return { ...process.env, NO_COLOR: '1', CODEGRAPHAI_CACHE: CACHE, ...hub, ...env };
}

/** Runs `codegraphai` as a user would and waits for its end. */
export function runCli(args: readonly string[], options: RunCliOptions): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [options.cli ?? CLI, ...args], {
    cwd: options.cwd,
    encoding: 'utf8',
    input: options.input ?? '',
    env: cliEnvironment(options.env),
    timeout: TIMEOUT_MS,
    maxBuffer: 64 << 20,
  });
  return { status, stdout, stderr };
}

/** A `codegraphai` under way, beside which the test itself can go on: it may be what the command talks to. */
export interface RunningCli {
  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void;
  readonly result: Promise<CliResult>;
}

/** Starts `codegraphai`; it is killed when it takes too long. */
export function startCli(args: readonly string[], options: RunCliOptions): RunningCli {
  return start(process.execPath, [options.cli ?? CLI, ...args], options);
}

function start(command: string, args: readonly string[], { cwd, env }: RunCliOptions): RunningCli {
  const child = spawn(command, args, {
    cwd,
    env: cliEnvironment(env),
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => void (output[name] += text));
  }
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
  return { kill: (signal) => void child.kill(signal), result };
}

/** Runs `codegraphai` and kills it with SIGKILL after a while, unless it ended before. */
export async function killCli(
  args: readonly string[],
  options: RunCliOptions & { readonly afterMs: number },
): Promise<'killed' | 'ended'> {
  const child = spawn(process.execPath, [options.cli ?? CLI, ...args], {
    cwd: options.cwd,
    env: cliEnvironment(options.env),
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.afterMs);
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_code, endedBy) => resolve(endedBy));
  });
  clearTimeout(timer);
  return signal === 'SIGKILL' ? 'killed' : 'ended';
}

/** Runs a shell script in a mount namespace of its own, where it may mount small or read-only file systems. */
export function runInMountNamespace(script: string, env: Readonly<Record<string, string>> = {}): CliResult {
  const { status, stdout, stderr } = spawnSync('unshare', inMountNamespace(script), {
    encoding: 'utf8',
    env: { ...cliEnvironment(env), NODE: process.execPath, CLI },
    timeout: TIMEOUT_MS,
  });
  return { status, stdout, stderr };
}

/** The same, beside which the test itself can go on. */
export function startInMountNamespace(script: string, options: RunCliOptions): RunningCli {
  return start('unshare', inMountNamespace(script), {
    ...options,
    env: { ...options.env, NODE: process.execPath, CLI },
  });
}

function inMountNamespace(script: string): readonly string[] {
  return ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), 'sh', '-ec', script];
}

/** False where the system does not let this user mount anything, as in some containers. */
export function canMount(): boolean {
  return runInMountNamespace('mount -t tmpfs -o size=64k tmpfs /mnt').status === 0;
}
