import { inspectModel, type ModelInspection } from '../../models.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatBytes, formatCount, plural } from '../output/format.ts';
import { printable, truncateLine, type Terminal } from '../output/terminal.ts';
import { modelReference, repositoryRoot } from '../repository.ts';
import { UsageError } from '../usage-error.ts';

export const modelCommand: Command = {
  name: 'model',
  operands: 'inspect REF',
  summary: 'look into a model or checkpoint file without running it',
  description: `Shows the format of a checkpoint, its tensors by type and quantization, which layers are int8, what speaks for it being
quantized, and what would run it. REF is a folder, a single checkpoint file, or a hub id that is on this machine. Nothing in
the file is executed; a damaged or forbidden file ends with exit code 5 and the reason.`,
  options: [],
  examples: [
    { command: 'codegraphai model inspect ./models/elastic/multilingual-e5-small-optimized', explains: 'a folder' },
    { command: 'codegraphai model inspect download/pytorch_model.bin', explains: 'a single file you do not trust' },
  ],

  async run(context: CommandContext): Promise<ExitCode> {
    const { args, out, logger } = context;
    const [action, reference, ...more] = args.positionals;
    if (action !== 'inspect') {
      throw new UsageError(
        action === undefined ? 'what to do with the model is missing' : `there is no "model ${action}"`,
        {
          code: action === undefined ? 'USAGE_MISSING_ARGUMENT' : 'USAGE_UNKNOWN_COMMAND',
          hint: 'Write for example: codegraphai model inspect FOLDER',
        },
      );
    }
    if (more.length > 0) {
      throw new UsageError(`one REF is expected, not ${more.length + 1}`, {
        code: 'USAGE_TOO_MANY_ARGUMENTS',
        hint: 'Look at them one after the other.',
      });
    }
    const inspection = await inspectModel(modelReference(context, reference), {
      root: repositoryRoot(context),
      logger,
    });
    if (args.flag('json')) out.line(JSON.stringify(inspection));
    else printInspection(out, inspection);
    return EXIT.done;
  },
};

function printInspection(out: Terminal, inspection: ModelInspection): void {
  const { reference, folder, checkpoint, manifest, quantization, outlook } = inspection;
  const heading = (text: string): void => out.line(out.style('bold', text));
  heading(printable(reference));
  if (folder !== null) out.line(`  folder        ${printable(folder)}`);
  out.line(`  checkpoint    ${checkpoint.format}, ${formatBytes(checkpoint.sizeBytes)}`);
  if (manifest !== null) {
    const { architecture, layerCount, hiddenSize, attentionHeads, intermediateSize, maxTokens } = manifest;
    out.line(
      `  architecture  ${architecture}, ${layerCount} layers, ${hiddenSize} dimensions, ${attentionHeads} heads, ${intermediateSize} in the middle, ${maxTokens} tokens`,
    );
  }
  const verdict = quantization.quantized ? `yes (${quantization.method ?? 'by name only'})` : 'no';
  out.line(
    `  quantized     ${verdict}${quantization.decidedBy === null ? '' : `, decided by ${quantization.decidedBy}`}`,
  );
  out.line(
    `  would run     ${outlook.usable ? `yes, with ${outlook.runtime ?? 'no runtime'}` : 'no'}: ${printable(outlook.reason)}`,
  );
  out.line();
  heading('Tensors');
  for (const { dtype, scheme, tensors, elements, bytes } of checkpoint.groups) {
    const kind = scheme === 'none' ? dtype : `${dtype} ${scheme}`;
    out.line(
      `  ${kind.padEnd(20)} ${plural(tensors, 'tensor').padStart(12)} ${formatCount(elements).padStart(14)} elements ${formatBytes(bytes).padStart(10)}`,
    );
  }
  const { int8, float } = checkpoint.linears;
  out.line(
    `  Linears: ${int8.length} int8, ${float.length} float${int8.length > 0 && float.length > 0 ? ` (${printable(float.join(', '))})` : ''}`,
  );
  if (checkpoint.globals.length > 0) {
    out.line();
    heading('Pickle globals (named by the file, not executed)');
    for (const name of checkpoint.globals) out.line(`  ${printable(name)}`);
  }
  out.line();
  heading('Evidence');
  for (const { kind, source, quantized, detail } of quantization.evidence) {
    const sign = quantized === null ? '?' : quantized ? '+' : '-';
    out.line(`  ${sign} ${kind.padEnd(8)} ${truncateLine(`${source}: ${detail}`, out.width - 14)}`);
  }
}
