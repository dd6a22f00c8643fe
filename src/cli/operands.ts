import type { Arguments } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/** The only operand of a command. */
export function oneOperand(args: Arguments, name: string, example: string): string {
  const [first, ...more] = args.positionals;
  if (first === undefined || first.trim() === '') {
    throw new UsageError(`${name} is missing`, {
      code: 'USAGE_MISSING_ARGUMENT',
      hint: `Write for example: ${example}`,
    });
  }
  if (more.length > 0) {
    throw new UsageError(`one ${name} is expected, not ${args.positionals.length}`, {
      code: 'USAGE_TOO_MANY_ARGUMENTS',
      hint: `Put it in quotes: ${example}`,
    });
  }
  return first;
}
