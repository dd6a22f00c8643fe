import {
  EMBEDDING_PRECISIONS,
  LONG_TEXTS,
  NUMERICS,
  quantizeEmbeddings,
  QuantizedModelLoader,
  type EmbeddingMatrix,
  type EmbeddingPrecision,
  type EmbeddingRanges,
  type EncodeProgress,
} from '../../models.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { DownloadProgressView } from '../output/download-progress-view.ts';
import { EncodeProgressView } from '../output/encode-progress.ts';
import { modelReference, repositoryRoot } from '../repository.ts';
import { UsageError } from '../usage-error.ts';
import { batches, inputTexts } from './encode-input.ts';
import { assertRangesWritable, rangesOver, readRanges, writeRanges } from './encode-ranges.ts';

/** Texts encoded before their lines are written: enough to keep every worker busy, little enough to stream. */
const BATCH_TEXTS = 256;
const MAX_DIMENSIONS = 65_536;
/** More tokens than any network takes at once; how many this one takes, the model says. */
const MAX_TOKENS = 131_072;

/** Each decides what is put before the texts; `prompt` and `prompt-name` take a value. */
const PROMPT_OPTIONS = ['query', 'document', 'prompt', 'prompt-name'] as const;

export const encodeCommand: Command = {
  name: 'encode',
  operands: '[TEXT…]',
  summary: 'vectors of texts, one JSON line each',
  description: `Encodes texts and prints a line of JSON for each: { "index", "tokens", "truncated", "windows", "embedding" }. With "-" one
text a line is read from standard input. No prompt is added unless --query, --document, --prompt or --prompt-name asks for one.

A text that is longer than the network takes is encoded in windows, whose vectors are averaged by tokens: "windows" says how many,
and "truncated" whether the end of the text was left out.

int8 and uint8 spread the range of each dimension over 256 steps. The ranges are those of all texts of the run, so nothing is
printed before the last is encoded, and 4 bytes a number are held until then: 1.5 GB for a million texts of 384 dimensions. With
--ranges they come from a file and lines are printed as they come. Queries need the ranges of the documents.`,
  options: [
    { name: 'model', value: 'REF', help: 'folder, or hub id (default: the best one on this machine)' },
    { name: 'strict', help: 'fail where the model cannot be loaded, instead of taking the next' },
    { name: 'query', help: 'add the prompt for questions ("query: ")' },
    { name: 'document', help: 'add the prompt for what is searched ("passage: ")' },
    { name: 'prompt', value: 'TEXT', help: 'put TEXT before each text' },
    { name: 'prompt-name', value: 'NAME', help: "add the model's prompt of this name" },
    { name: 'jsonl', help: 'standard input holds one JSON string a line: texts with line ends in them' },
    {
      name: 'precision',
      value: 'P',
      help: `${EMBEDDING_PRECISIONS.join(', ')}, as in sentence-transformers; an explicit float32 also runs float weights as they are`,
    },
    { name: 'ranges', value: 'FILE', help: 'take the ranges for int8 and uint8 from FILE: [[least…], [greatest…]]' },
    { name: 'write-ranges', value: 'FILE', help: 'write the ranges of this run to FILE' },
    { name: 'dimensions', value: 'N', help: 'only the first N, normalized again' },
    { name: 'max-tokens', value: 'N', help: 'tokens that go through the network at once (default: as the model says)' },
    {
      name: 'long-texts',
      value: 'HOW',
      help: `${LONG_TEXTS.join(' or ')}: what becomes of longer texts (default: window)`,
    },
    {
      name: 'numerics',
      value: 'M',
      help: `${NUMERICS.join(' or ')}: 8-bit activations, or PyTorch's 7 (default: full)`,
    },
    { name: 'device', value: 'D', help: 'where the network runs: cpu, or cuda, dml, coreml… where the runtime has it' },
    { name: 'workers', value: 'N', help: 'threads (default: one a core)' },
  ],
  examples: [
    { command: 'codegraphai encode "texto de exemplo" --query', explains: 'one vector' },
    { command: 'codegraphai encode - --document < texts.txt > vectors.jsonl', explains: 'one text a line' },
    {
      command:
        'codegraphai encode - --document --precision int8 --write-ranges ranges.json < texts.txt > documents.jsonl',
      explains: 'a byte a dimension, and the ranges for the queries',
    },
    {
      command: 'codegraphai encode "a question" --query --precision int8 --ranges ranges.json',
      explains: 'a query to compare with them',
    },
    { command: 'codegraphai encode "a text" --precision ubinary --dimensions 256', explains: '32 bytes' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, err, logger, signal, workingDirectory } = context;
    const precision = readPrecision(context);
    const texts = inputTexts(context);
    checkPromptOptions(context);
    const newRanges = args.text('write-ranges');
    if (newRanges !== undefined) await assertRangesWritable(newRanges, workingDirectory);
    const download = new DownloadProgressView(err);
    await using loader = await QuantizedModelLoader.load(modelReference(context, args.text('model')), {
      root: repositoryRoot(context),
      logger,
      signal,
      onDownload: (event) => download.show(event),
      strict: args.flag('strict'),
      numerics: args.choice('numerics', NUMERICS, 'full'),
      // Asked for by name: nothing is quantized on load then.
      weightPrecision: args.text('precision') === 'float32' ? 'float32' : undefined,
      workers: optionalInteger(context, 'workers', 256),
      device: args.text('device'),
    });
    download.finish();
    const dimensions = readDimensions(context, loader);
    setMaxTokens(context, loader);
    // Beside lines that people watch themselves, a moving line would only be in the way.
    const progress = new EncodeProgressView(out.interactive ? null : err);
    const options = {
      signal,
      onProgress: (event: EncodeProgress) => progress.show(event),
      truncateDim: dimensions,
      normalizeEmbeddings: dimensions === undefined ? undefined : true,
      longTexts: args.choice('long-texts', LONG_TEXTS, 'window'),
      prompt: readPrompt(context, loader),
    };
    const file = args.text('ranges');
    const width = dimensions ?? loader.getSentenceEmbeddingDimension();
    const ranges = file === undefined ? undefined : await readRanges(file, workingDirectory, width);
    const lines = new EmbeddingLines(context, precision);
    const waiting: EmbeddingMatrix[] = [];
    for await (const batch of batches(texts, BATCH_TEXTS)) {
      const matrix = await loader.encode(batch, options);
      if (isRanged(precision) && ranges === undefined) waiting.push(matrix);
      else lines.print(matrix, ranges);
    }
    progress.finish();
    if (waiting.length > 0) {
      const own = ownRanges(waiting, precision);
      if (newRanges !== undefined) await writeRanges(newRanges, workingDirectory, own);
      for (const matrix of waiting) lines.print(matrix, own);
    }
    return EXIT.done;
  },
};

/** Prints embeddings as JSON, a line each, numbered through. */
class EmbeddingLines {
  readonly #out: CommandContext['out'];
  readonly #precision: EmbeddingPrecision;
  #index = 0;

  constructor({ out }: CommandContext, precision: EmbeddingPrecision) {
    this.#out = out;
    this.#precision = precision;
  }

  print(matrix: EmbeddingMatrix, ranges: EmbeddingRanges | undefined): void {
    const embeddings = quantizeEmbeddings(matrix, this.#precision, { ranges });
    for (let row = 0; row < embeddings.rows; row++) {
      const line = {
        index: this.#index++,
        tokens: embeddings.tokenCounts[row],
        truncated: embeddings.truncated[row] === 1,
        windows: embeddings.windows[row],
        embedding: Array.from(embeddings.row(row)),
      };
      this.#out.line(JSON.stringify(line));
    }
  }
}

function isRanged(precision: EmbeddingPrecision): boolean {
  return precision === 'int8' || precision === 'uint8';
}

function ownRanges(matrices: readonly EmbeddingMatrix[], precision: EmbeddingPrecision): EmbeddingRanges {
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const ranges = rangesOver(matrices);
  if (rows > 1 && ranges !== null) return ranges;
  throw new UsageError(`--precision ${precision} needs the ranges of more than one text`, {
    code: 'USAGE_BAD_VALUE',
    hint: 'Name the file with --ranges that --write-ranges made of the texts to compare with.',
  });
}

function readPrecision({ args }: CommandContext): EmbeddingPrecision {
  const precision = args.choice('precision', EMBEDDING_PRECISIONS, 'float32');
  for (const name of ['ranges', 'write-ranges']) {
    if (args.text(name) === undefined || isRanged(precision)) continue;
    throw new UsageError(`--${name} belongs to --precision int8 and uint8`, {
      code: 'USAGE_BAD_VALUE',
      hint: `Add --precision int8, or leave --${name} out.`,
    });
  }
  if (args.text('ranges') !== undefined && args.text('write-ranges') !== undefined)
    throw excluding('ranges', 'write-ranges');
  return precision;
}

function checkPromptOptions({ args }: CommandContext): void {
  const [first, second] = PROMPT_OPTIONS.filter((name) => args.flag(name) || args.text(name) !== undefined);
  if (first !== undefined && second !== undefined) throw excluding(first, second);
}

function excluding(first: string, second: string): UsageError {
  return new UsageError(`--${first} and --${second} exclude each other`, {
    code: 'USAGE_BAD_VALUE',
    hint: 'Leave one of them out.',
  });
}

/** What to put before each text: nothing that was not asked for, whatever the model's default prompt is. */
function readPrompt({ args }: CommandContext, { prompts, model }: QuantizedModelLoader): string {
  if (args.flag('query')) return prompts.query;
  if (args.flag('document')) return prompts.document;
  const name = args.text('prompt-name');
  if (name === undefined) return args.text('prompt') ?? '';
  const prompt = Object.hasOwn(prompts, name) ? prompts[name] : undefined;
  if (prompt !== undefined) return prompt;
  throw new UsageError(`the model ${model.id} has no prompt named "${name}"`, {
    code: 'USAGE_BAD_VALUE',
    hint: `Take one of ${Object.keys(prompts).join(', ')}, or write it out with --prompt.`,
  });
}

function readDimensions(context: CommandContext, loader: QuantizedModelLoader): number | undefined {
  const dimensions = optionalInteger(context, 'dimensions', MAX_DIMENSIONS);
  const available = loader.getSentenceEmbeddingDimension();
  if (dimensions === undefined || dimensions <= available) return dimensions;
  throw new UsageError(`--dimensions is ${dimensions}, and the vectors of this model have ${available}`, {
    code: 'USAGE_BAD_VALUE',
    hint: `Take a number from 1 to ${available}, or leave the option out.`,
  });
}

function setMaxTokens(context: CommandContext, loader: QuantizedModelLoader): void {
  const maxTokens = optionalInteger(context, 'max-tokens', MAX_TOKENS);
  if (maxTokens === undefined) return;
  try {
    loader.maxSeqLength = maxTokens;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(cause.message.replace('maxSeqLength', '--max-tokens'), {
      code: 'USAGE_BAD_VALUE',
      hint: 'Take a number the network takes, or leave the option out.',
      cause,
    });
  }
}

function optionalInteger({ args }: CommandContext, name: string, maximum: number): number | undefined {
  return args.text(name) === undefined ? undefined : args.integer(name, 1, 1, maximum);
}
