import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { CodeGraphError } from '../../src/kernel/errors.ts';
import { openEncoder } from '../../src/model/open-encoder.ts';
import { CLI, cliEnvironment, type CliResult } from '../helpers/run-cli.ts';
import { makePlace, makeRepository, type Fault, type Place, type RunSettings } from './fault.ts';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
/** Compiled models of the whole table: those that are not damaged are compiled once. */
const CACHE = mkdtempSync(join(tmpdir(), 'codegraphai-faults-'));
const TIMEOUT_MS = 90_000;

/** Nothing of this machine: no models, no token, no hub. */
const ENVIRONMENT = {
  CODEGRAPHAI_CACHE: CACHE,
  HF_HUB_CACHE: join(CACHE, 'no-hub'),
  HF_ENDPOINT: 'http://127.0.0.1:1',
  HF_TOKEN: '',
};

/** The repository of all faults, without models. */
const REPOSITORY = makeRepository();

/** Takes away what the faults share; nothing can be run after it. */
export async function removeShared(): Promise<void> {
  rmSync(CACHE, { recursive: true, force: true });
  (await REPOSITORY)[Symbol.dispose]();
}

/** What a fault did. */
export interface FaultRow {
  readonly fault: Fault;
  /** What was said: `code: message` of each diagnostic about models, or of the error. */
  readonly logged: readonly string[];
  /** What was advised. */
  readonly hints: readonly string[];
  /** The model that made the vectors; null where the run ended without. */
  readonly model: string | null;
  readonly exit: number | null;
  readonly strictExit: number | null;
  /** Code of the error with `--strict`; null where it went through. */
  readonly strictCode: string | null;
  /** Everything on standard error, for the checks. */
  readonly stderr: string;
}

/** What `index --json` prints, as far as it is looked at. */
interface Report {
  readonly model?: { readonly id: string } | null;
  readonly diagnostics?: readonly { code: string; message: string; hint?: string }[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** Indexes a damaged place, without and with `strict`. */
export async function runFault(fault: Fault): Promise<FaultRow> {
  const [lenient, strict] = await Promise.all([
    inPlace(fault, async (place, settings) => {
      const result = await runIndex(place, settings, []);
      const { error, diagnostics = [], model } = reportOf(result);
      const told =
        error === undefined ? diagnostics.filter(({ code }) => /^(?:MODEL|TOKENIZER|HUB)_/.test(code)) : [error];
      const say = (text: string): string => normalize(text, place, settings);
      return {
        logged: [
          ...told.map(({ code, message }) => `${code}: ${message}`),
          ...(told.length === 0 ? warningsOf(result) : []),
        ].map(say),
        hints: [...new Set(told.flatMap(({ hint }) => (hint === undefined ? [] : [say(hint)])))],
        model: error === undefined ? (model?.id ?? null) : null,
        exit: result.status,
        stderr: result.stderr,
      };
    }),
    inPlace(fault, runStrict),
  ]);
  return { fault, ...lenient, strictExit: strict.exit, strictCode: strict.code };
}

async function inPlace<Result>(
  fault: Fault,
  work: (place: Place, settings: RunSettings) => Promise<Result>,
): Promise<Result> {
  const place = makePlace((await REPOSITORY).path);
  try {
    return await work(place, (await fault.damage(place)) ?? {});
  } finally {
    for (const cleanup of place.cleanups.toReversed()) await cleanup();
  }
}

/** Through the library, which is quicker, where nothing but files, models and the network is unusual; else as before. */
async function runStrict(
  place: Place,
  settings: RunSettings,
): Promise<{ readonly exit: number | null; readonly code: string | null }> {
  const { args = [], env = {}, cli, smallDisk } = settings;
  if (cli !== undefined || smallDisk !== undefined || env['NODE_OPTIONS'] !== undefined) {
    const result = await runIndex(place, settings, ['--strict']);
    return { exit: result.status, code: reportOf(result).error?.code ?? null };
  }
  const environment = { ...process.env, ...ENVIRONMENT, HF_HUB_CACHE: join(place.root, '.hub'), ...env };
  const named = args.indexOf('--model');
  try {
    const { encoder } = await openEncoder(named === -1 ? null : (args[named + 1] ?? null), {
      root: place.root,
      cacheDir: environment.CODEGRAPHAI_CACHE,
      environment,
      offline: args.includes('--offline'),
      strict: true,
      workers: 1,
    });
    await using open = encoder;
    await open.encodeDocument(['cancels an order']);
    return { exit: 0, code: null };
  } catch (thrown) {
    return { exit: exitCodeOf(thrown), code: CodeGraphError.isInstance(thrown) ? thrown.code : null };
  }
}

/** What a run that went through as it was meant to warned of. */
function warningsOf({ stderr }: CliResult): readonly string[] {
  return stderr.split('\n').filter((line) => line.startsWith('warning '));
}

function reportOf({ stdout }: CliResult): Report {
  // The border: `index --json` promises one document.
  return JSON.parse(stdout === '' ? '{}' : stdout) as Report;
}

async function runIndex(place: Place, settings: RunSettings, more: readonly string[]): Promise<CliResult> {
  const { smallDisk, cli = CLI } = settings;
  const words = [process.execPath, cli, 'index', '--json', '--workers', '1', ...(settings.args ?? []), ...more];
  const [program = '', ...args] = smallDisk === undefined ? words : onSmallDisk(words);
  const child = spawn(program, args, {
    cwd: place.root,
    env: {
      ...cliEnvironment(ENVIRONMENT),
      ...settings.env,
      ...(smallDisk === undefined ? {} : { DISK: smallDisk.path, SIZE: smallDisk.size }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, stdout, stderr };
}

/** In a mount namespace of its own, with a file system of `SIZE` at `DISK`. */
function onSmallDisk(words: readonly string[]): readonly string[] {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const script = 'mkdir -p "$DISK"; mount -t tmpfs -o size="$SIZE" tmpfs "$DISK"; exec "$@"';
  return ['unshare', '--mount', ...asRoot, 'sh', '-ec', script, 'sh', ...words];
}

/** What differs between two machines, two runs or two versions of Node gets a name. */
function normalize(text: string, place: Place, { names = {}, cli }: RunSettings): string {
  const known: readonly (readonly [string, string])[] = [
    ...Object.entries(names),
    ...(cli === undefined ? [] : [[join(place.root, '.install'), '<package>'] as const]),
    [place.model, '<model>'],
    [place.next, '<next model>'],
    [CACHE, '<cache>'],
    [place.root, '<repository>'],
    [PACKAGE, '<package>'],
  ];
  return known
    .reduce((result, [path, name]) => result.replaceAll(path, name), text)
    .replaceAll(/[0-9a-f]{64}/g, '<digest>')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<temporary>')
    .replaceAll(/(?<=cannot be read as JSON: ).*?(?=\); trying|$)/g, '<what the JSON parser says>')
    .replaceAll(/other side closed|(?:read |write )?(?:ECONNRESET|EPIPE)|UND_ERR_SOCKET/g, '<connection closed>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<address>')
    .replaceAll(/\d+ (?:k?B|bytes) of \d+ k?B are kept/g, '<some> are kept')
    .replaceAll(/room for \d+ kB/g, 'room for <some> kB')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
