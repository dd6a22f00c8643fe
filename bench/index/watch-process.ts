import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What one run of a program took. */
export interface ProcessRun {
  readonly status: number | null;
  readonly wallMs: number;
  /** User and system time of all its processes. */
  readonly cpuMs: number | null;
  /** Of all its processes together, seen every 100 ms; null where there is no /proc. */
  readonly peakMB: number | null;
  readonly output: string;
}

/** Reading /proc takes some milliseconds: more often, it would take a share of the cores that are measured. */
const POLL_MS = 100;
/** A program that takes longer is ended, and has no status. */
const MAX_MS = 180_000;
/** Characters of output that are kept for messages. */
const KEPT_OUTPUT = 2_000;

/** Ticks a second of /proc/PID/stat: 100 on every Linux people use. */
const TICKS_PER_SECOND = 100;

interface Usage {
  readonly bytes: number;
  readonly ticks: number;
}

/** Memory and processor time of a process and those below it. */
function usageOf(pid: number): Usage {
  const parents = new Map<number, number[]>();
  const usage = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // Behind the name, which may hold anything: state, ppid, …, utime (12th), stime, cutime, cstime, …, rss (22nd).
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const parent = fields[1] ?? 0;
      const siblings = parents.get(parent);
      if (siblings === undefined) parents.set(parent, [Number(name)]);
      else siblings.push(Number(name));
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
      usage.set(Number(name), { bytes: (fields[21] ?? 0) * 4_096, ticks });
    } catch {
      continue; // It has ended.
    }
  }
  let bytes = 0;
  let ticks = 0;
  const open = [pid];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    bytes += usage.get(at)?.bytes ?? 0;
    ticks += usage.get(at)?.ticks ?? 0;
    open.push(...(parents.get(at) ?? []));
  }
  return { bytes, ticks };
}

/** Runs a program to its end and watches it. */
export async function watchProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv | undefined },
): Promise<ProcessRun> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MAX_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let peak = 0;
  let ticks = 0;
  const isLinux = process.platform === 'linux';
  const poll = setInterval(() => {
    if (!isLinux || child.pid === undefined) return;
    const usage = usageOf(child.pid);
    peak = Math.max(peak, usage.bytes);
    ticks = Math.max(ticks, usage.ticks);
  }, POLL_MS);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject);
  child.on('close', resolve);
  try {
    const status = await promise;
    return {
      status,
      wallMs: Math.round(performance.now() - started),
      cpuMs: isLinux ? Math.round((ticks * 1_000) / TICKS_PER_SECOND) : null,
      peakMB: isLinux ? Math.round(peak / 1e6) : null,
      output,
    };
  } finally {
    clearInterval(poll);
  }
}
