import { CodeGraphError } from '../kernel/errors.ts';

/**
 * Codes of {@link UsageError}. No `details`: the message has the words in question.
 *
 * - `USAGE_UNKNOWN_COMMAND`: there is no such command.
 * - `USAGE_UNKNOWN_OPTION`: there is no such option, or its value is missing.
 * - `USAGE_BAD_VALUE`: an option or a line of input has a value it does not take.
 * - `USAGE_MISSING_ARGUMENT`: an operand is missing.
 * - `USAGE_TOO_MANY_ARGUMENTS`: there are more operands than the command takes.
 */
export const USAGE_ERROR_CODES = [
  'USAGE_UNKNOWN_COMMAND',
  'USAGE_UNKNOWN_OPTION',
  'USAGE_BAD_VALUE',
  'USAGE_MISSING_ARGUMENT',
  'USAGE_TOO_MANY_ARGUMENTS',
] as const;
export type UsageErrorCode = (typeof USAGE_ERROR_CODES)[number];

/** The command line was written in a way that cannot be carried out. */
export class UsageError extends CodeGraphError<UsageErrorCode> {
  override readonly name: string = 'UsageError';
}
