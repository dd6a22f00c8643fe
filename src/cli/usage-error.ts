import { CodeGraphError } from '../kernel/errors.ts';

/** Codes of {@link UsageError}: `USAGE_UNKNOWN_COMMAND`, `USAGE_UNKNOWN_OPTION`, `USAGE_BAD_VALUE`, `USAGE_MISSING_ARGUMENT`, `USAGE_TOO_MANY_ARGUMENTS`. */
export type UsageErrorCode =
  | 'USAGE_UNKNOWN_COMMAND'
  | 'USAGE_UNKNOWN_OPTION'
  | 'USAGE_BAD_VALUE'
  | 'USAGE_MISSING_ARGUMENT'
  | 'USAGE_TOO_MANY_ARGUMENTS';

/** The command line was written in a way that cannot be carried out. */
export class UsageError extends CodeGraphError<UsageErrorCode> {
  override readonly name: string = 'UsageError';
}
