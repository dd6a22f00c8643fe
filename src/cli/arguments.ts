import { parseArgs } from 'node:util';
import { errorMessage } from '../kernel/errors.ts';
import { closestNames } from '../kernel/text/closest-names.ts';
import { UsageError } from './usage-error.ts';

/** One option of a command: `--limit N`. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string | undefined;
  /** What stands for the value in help texts; missing for a switch. */
  readonly value?: string | undefined;
  readonly help: string;
  readonly multiple?: boolean | undefined;
}

/** Options every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'path', value: 'DIR', help: 'the repository (default: the one around the current folder)' },
  { name: 'json', help: 'print one JSON document and nothing else on standard output' },
  { name: 'offline', help: 'never use the network' },
  { name: 'verbose', short: 'v', help: 'log each step on standard error' },
  { name: 'help', short: 'h', help: 'show this help' },
];

/** Parsed words of a command line, read by name and checked. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(positionals: readonly string[], values: Readonly<Record<string, unknown>>) {
    this.positionals = positionals;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** A whole number between `minimum` and `maximum`. */
  integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new UsageError(`--${name} takes a whole number from ${minimum} to ${maximum}, not "${text}"`, {
        code: 'USAGE_BAD_VALUE',
        hint: `Write for example: --${name} ${Math.min(Math.max(fallback, minimum), maximum)}`,
      });
    }
    return value;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice {
    const text = this.text(name);
    if (text === undefined) return fallback;
    return oneOf(`--${name}`, text, choices);
  }

  choices<Choice extends string>(name: string, allowed: readonly Choice[]): readonly Choice[] {
    return this.list(name)
      .flatMap((text) => text.split(','))
      .map((text) => oneOf(`--${name}`, text.trim(), allowed));
  }
}

function oneOf<Choice extends string>(label: string, text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) {
    const [close] = closestNames(text, choices, 1);
    throw new UsageError(`${label} is one of ${choices.join(', ')}, not "${text}"`, {
      code: 'USAGE_BAD_VALUE',
      hint: close === undefined ? 'Choose one of them, or leave the option out.' : `Did you mean "${close}"?`,
    });
  }
  return found;
}

/**
 * Parses the words behind a command.
 *
 * @throws {@link UsageError} for unknown options and missing values.
 */
export function parseArguments(words: readonly string[], specs: readonly OptionSpec[]): Arguments {
  const all = [...specs, ...COMMON_OPTIONS];
  try {
    const { positionals, values } = parseArgs({
      args: [...words],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        all.map((spec) => [
          spec.name,
          {
            type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
            ...(spec.short === undefined ? {} : { short: spec.short }),
            ...(spec.multiple === true ? { multiple: true } : {}),
          },
        ]),
      ),
    });
    return new Arguments(positionals, values);
  } catch (cause) {
    throw new UsageError(usageMessage(cause), {
      code: 'USAGE_UNKNOWN_OPTION',
      hint: 'Add --help to see the options of this command, or -- before a text that begins with a dash.',
      cause,
    });
  }
}

/** The first sentence of Node's message: the rest is advice about its own API. */
function usageMessage(cause: unknown): string {
  return errorMessage(cause).split('. ')[0]?.replace(/\.$/, '') ?? 'the options cannot be read';
}
