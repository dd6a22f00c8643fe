import type { CommandContext } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';

/** The word behind `codegraphai model`. */
export interface ModelAction {
  readonly name: string;
  /** Whether a REF follows. */
  readonly operand: 'required' | 'none';
  /** For the hint of a command line that is not complete. */
  readonly example: string;
  /** @param reference - What the user named; empty where `operand` is `none`. */
  run(context: CommandContext, reference: string): Promise<ExitCode>;
}
