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

/** The two operands of a command. */
export function twoOperands(args: Arguments, names: readonly [string, string], example: string): [string, string] {
  const [first = '', second = '', ...more] = args.positionals;
  const missing = first.trim() === '' ? names[0] : second.trim() === '' ? names[1] : null;
  if (missing !== null) {
    throw new UsageError(`${missing} is missing`, {
      code: 'USAGE_MISSING_ARGUMENT',
      hint: `Write for example: ${example}`,
    });
  }
  if (more.length > 0) {
    throw new UsageError(`${names.join(' and ')} are expected, not ${args.positionals.length} words`, {
      code: 'USAGE_TOO_MANY_ARGUMENTS',
      hint: `Put names with spaces in quotes: ${example}`,
    });
  }
  return [first, second];
}

/** The only operand of a command that may do without. */
export function optionalOperand(args: Arguments, name: string, example: string): string | undefined {
  return args.positionals.length === 0 ? undefined : oneOperand(args, name, example);
}
