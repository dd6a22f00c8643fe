import type { Logger } from '../kernel/logger.ts';
import type { Arguments, OptionSpec } from './arguments.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './output/terminal.ts';

/** What a command works with; tests hand in their own. */
export interface CommandContext {
  readonly args: Arguments;
  /** Standard output: the answer. */
  readonly out: Terminal;
  /** Standard error: progress, warnings, logs. */
  readonly err: Terminal;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly workingDirectory: string;
  /** Lines of standard input, without their ends. */
  readonly inputLines: () => AsyncIterable<string>;
}

/** A command of `codegraphai`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name: `QUERY`, `[DIR]`. */
  readonly operands: string;
  /** A paragraph for `--help`. */
  readonly description: string;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
  run(context: CommandContext): Promise<ExitCode>;
}
