import { NUMERICS, QuantizedModelLoader } from '../../models.ts';
import { errorMessage } from '../../kernel/errors.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { modelReference, repositoryRoot } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

/** Texts encoded before their lines are written: enough to keep every worker busy, little enough to stream. */
const BATCH_TEXTS = 256;
const MAX_DIMENSIONS = 65_536;

export const encodeCommand: Command = {
  name: 'encode',
  operands: '[TEXT…]',
  summary: 'vectors of texts, one JSON line each',
  description: `Encodes texts and prints a line of JSON for each: { "index", "tokens", "truncated", "embedding" }. With "-" one text a line is
read from standard input. No prompt is added unless --query or --document asks for the model's own.`,
  options: [
    { name: 'model', value: 'REF', help: 'folder, or hub id that is on this machine (default: the best one here)' },
    { name: 'strict', help: 'fail where the model cannot be loaded, instead of taking the next' },
    { name: 'query', help: 'add the prompt for questions ("query: ")' },
    { name: 'document', help: 'add the prompt for what is searched ("passage: ")' },
    { name: 'jsonl', help: 'standard input holds one JSON string a line: texts with line ends in them' },
    { name: 'dimensions', value: 'N', help: 'only the first N, normalized again' },
    {
      name: 'numerics',
      value: 'M',
      help: `${NUMERICS.join(' or ')}: 8-bit activations, or PyTorch's 7 (default: full)`,
    },
    { name: 'workers', value: 'N', help: 'threads (default: one a core)' },
  ],
  examples: [
    { command: 'codegraphai encode "texto de exemplo" --query', explains: 'one vector' },
    { command: 'codegraphai encode - --document < texts.txt > vectors.jsonl', explains: 'one text a line' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, logger, signal } = context;
    if (args.flag('query') && args.flag('document')) {
      throw new UsageError('--query and --document exclude each other', {
        code: 'USAGE_BAD_VALUE',
        hint: 'Leave one of them out.',
      });
    }
    const dimensions =
      args.text('dimensions') === undefined ? undefined : args.integer('dimensions', 1, 1, MAX_DIMENSIONS);
    const texts = textsOf(context);
    await using loader = await QuantizedModelLoader.load(modelReference(context, args.text('model')), {
      root: repositoryRoot(context),
      logger,
      strict: args.flag('strict'),
      numerics: args.choice('numerics', NUMERICS, 'full'),
      workers: args.text('workers') === undefined ? undefined : args.integer('workers', 1, 1, 256),
    });
    const available = loader.getSentenceEmbeddingDimension();
    if (dimensions !== undefined && dimensions > available) {
      throw new UsageError(`--dimensions is ${dimensions}, and the vectors of this model have ${available}`, {
        code: 'USAGE_BAD_VALUE',
        hint: `Take a number from 1 to ${available}, or leave the option out.`,
      });
    }
    const options = {
      signal,
      truncateDim: dimensions,
      normalizeEmbeddings: dimensions === undefined ? undefined : true,
    };
    let index = 0;
    for await (const batch of batches(texts, BATCH_TEXTS)) {
      const matrix = args.flag('query')
        ? await loader.encodeQuery(batch, options)
        : args.flag('document')
          ? await loader.encodeDocument(batch, options)
          : await loader.encode(batch, options);
      for (let row = 0; row < matrix.rows; row++) {
        const tokens = matrix.tokenCounts[row] ?? 0;
        const truncated = matrix.truncated[row] === 1;
        out.line(JSON.stringify({ index: index++, tokens, truncated, embedding: Array.from(matrix.row(row)) }));
      }
    }
    return EXIT.done;
  },
};

function textsOf({ args, inputLines }: CommandContext): AsyncIterable<string> | readonly string[] {
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

async function* batches(texts: AsyncIterable<string> | Iterable<string>, size: number): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const text of texts) {
    batch.push(text);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
