import { errorMessage } from '../../kernel/errors.ts';
import type { CommandContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** The texts of `encode`: its operands, or with `-` or `--jsonl` those of standard input. */
export function inputTexts({ args, inputLines }: CommandContext): AsyncIterable<string> | readonly string[] {
  const { positionals } = args;
  const fromInput = positionals.length === 1 && positionals[0] === '-';
  const jsonl = args.flag('jsonl');
  if (!fromInput && !(jsonl && positionals.length === 0)) {
    if (positionals.length > 0) return positionals;
    throw new UsageError('there is no text to encode', {
      code: 'USAGE_MISSING_ARGUMENT',
      hint: 'Write for example: codegraphai encode "a text", or - to read standard input.',
    });
  }
  return jsonl ? jsonTexts(inputLines()) : inputLines();
}

async function* jsonTexts(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new UsageError(`line ${number} of standard input is not JSON: ${errorMessage(cause)}`, {
        code: 'USAGE_BAD_VALUE',
        hint: 'Write one quoted text a line, as JSON.stringify does.',
        cause,
      });
    }
    if (typeof value !== 'string') {
      throw new UsageError(`line ${number} of standard input is not a JSON string`, {
        code: 'USAGE_BAD_VALUE',
        hint: 'Write one quoted text a line.',
      });
    }
    yield value;
  }
}

/** Joins texts to lists of `size`; the last may be shorter, and none is empty. */
export async function* batches(
  texts: AsyncIterable<string> | Iterable<string>,
  size: number,
): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  for await (const text of texts) {
    batch.push(text);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
