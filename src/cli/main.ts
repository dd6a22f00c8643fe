import process from 'node:process';
import { createInterface } from 'node:readline';
import { CodeGraphError, errorMessage, systemErrorCode } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { troubleshootingLink } from '../kernel/troubleshooting.ts';
import { closestNames } from '../kernel/text/closest-names.ts';
import { packageVersion } from '../package-info.ts';
import { Arguments, parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { COMMAND_NAMES, loadCommand, loadCommands } from './commands.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { printCommandHelp, printHelp } from './help.ts';
import { Terminal, printable } from './output/terminal.ts';
import { useEnvironmentProxy } from './proxy.ts';
import { UsageError } from './usage-error.ts';

const ignore = (): void => undefined;

/** What does not heed Ctrl-C ends after this time: a killed run leaves a whole index as well. */
const STOP_GRACE_MS = 5_000;

function fieldsText(fields: Readonly<Record<string, unknown>> | undefined): string {
  return Object.entries(fields ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}

/** A logger that writes to a terminal; debug lines only with `-v`. */
function terminalLogger(err: Terminal, verbose: boolean): Logger {
  const write = (label: string, message: string, fields?: Readonly<Record<string, unknown>>): void =>
    err.line(printable(`${label}${message}${verbose ? fieldsText(fields) : ''}`));
  return {
    debug: verbose ? (message, fields) => write(err.style('dim', 'debug '), message, fields) : ignore,
    info: verbose ? (message, fields) => write('', message, fields) : ignore,
    warn: (message, fields) => write(err.style('yellow', 'warning '), message, fields),
    error: (message, fields) => write(err.style('red', 'error '), message, fields),
  };
}

/** A generator, so that reading starts with the loop over it: lines that come before are lost to readline's iterator. */
async function* standardInputLines(signal: AbortSignal): AsyncGenerator<string> {
  process.stdin.setEncoding('utf8');
  yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY, signal });
  signal.throwIfAborted(); // An abort looks like the end of the input.
}

function reportError(thrown: unknown, err: Terminal, verbose: boolean): void {
  if (exitCodeOf(thrown) === EXIT.interrupted) {
    err.line('interrupted: what was finished is kept');
    return;
  }
  const known = CodeGraphError.isInstance(thrown);
  const label = err.style('red', 'error');
  if (known) {
    err.line(`${label}: ${printable(thrown.message)} (${thrown.code})`);
    if (thrown.hint !== undefined) err.line(`${err.style('cyan', 'hint')}: ${printable(thrown.hint)}`);
    const link = troubleshootingLink(thrown.code);
    if (link !== undefined) err.line(`${err.style('cyan', 'see')}: ${printable(link)}`);
  } else {
    err.line(`${label}: ${printable(errorMessage(thrown))}`);
    err.line(
      `${err.style('cyan', 'hint')}: this is a fault of codegraphai; run again with -v and report what it prints.`,
    );
  }
  if (!verbose || !(thrown instanceof Error)) return;
  for (const frame of (thrown.stack ?? '').split('\n')) err.line(err.style('dim', printable(frame)));
}

async function findCommand(name: string): Promise<Command> {
  const command = await loadCommand(name);
  if (command !== undefined) return command;
  const [close] = closestNames(name, COMMAND_NAMES, 1);
  throw new UsageError(`there is no command "${name}"`, {
    code: 'USAGE_UNKNOWN_COMMAND',
    hint: close === undefined ? 'Run codegraphai --help to see the commands.' : `Did you mean "${close}"?`,
  });
}

async function dispatch(
  words: readonly string[],
  out: Terminal,
  err: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = name === 'help' ? rest[0] : undefined;
    if (topic === undefined) printHelp(out, await loadCommands());
    else printCommandHelp(out, await findCommand(topic));
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  if (name === '--version' || name === '-V') {
    out.line(packageVersion());
    return EXIT.done;
  }
  const command = await findCommand(name);
  const args: Arguments = parseArguments(rest, command.options);
  if (args.flag('help')) {
    printCommandHelp(out, command);
    return EXIT.done;
  }
  const logger = terminalLogger(err, args.flag('verbose'));
  if (args.flag('offline')) process.env['HF_HUB_OFFLINE'] = '1';
  else await useEnvironmentProxy((message) => logger.warn(message));
  return await command.run({
    args,
    out,
    err,
    logger,
    signal,
    workingDirectory: process.cwd(),
    inputLines: () => standardInputLines(signal),
  });
}

/** What `--json` prints in place of an answer. */
function errorDocument(thrown: unknown): string {
  const interrupted = exitCodeOf(thrown) === EXIT.interrupted;
  const { code, hint } = CodeGraphError.isInstance(thrown)
    ? thrown
    : { code: interrupted ? 'INTERRUPTED' : 'INTERNAL', hint: undefined };
  return JSON.stringify({ error: { code, message: errorMessage(thrown), hint } });
}

/** Runs the command line of this process and sets its exit code. */
export async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const out = new Terminal(process.stdout, process.env);
  const err = new Terminal(process.stderr, process.env);
  const abort = new AbortController();
  let readerIsGone = false;
  /** Lets threads end before the process does: native code that is cut off in its work ends with an abort. */
  const stop = (exitCode: ExitCode): void => {
    if (abort.signal.aborted) return;
    abort.abort(new DOMException('interrupted', 'AbortError'));
    setTimeout(() => process.exit(exitCode), STOP_GRACE_MS).unref();
  };
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted); // A second Ctrl-C: the user means it.
    stop(EXIT.interrupted);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.stdout.on('error', (error) => {
    if (systemErrorCode(error) !== 'EPIPE') throw error;
    readerIsGone = true; // The reader (head, less) has what it wanted.
    stop(EXIT.done);
  });
  process.stderr.on('error', (error) => {
    // Nobody reads the progress any more: the work itself goes on.
    if (systemErrorCode(error) !== 'EPIPE') throw error;
  });
  try {
    process.exitCode = await dispatch(words, out, err, abort.signal);
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown);
    if (!readerIsGone) {
      if (words.includes('--json')) out.line(errorDocument(thrown));
      reportError(thrown, err, words.includes('-v') || words.includes('--verbose'));
    }
  }
  if (readerIsGone) process.exitCode = EXIT.done;
}
