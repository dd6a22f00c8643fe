import { inspectModel, type ModelInspection } from '../../models.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, formatCount, plural } from '../output/format.ts';
import { printable, truncateLine, type Terminal } from '../output/terminal.ts';
import { modelReference, repositoryRoot } from '../repository.ts';
import type { ModelAction } from './model-action.ts';

/** `model inspect REF` */
export const inspectAction: ModelAction = {
  name: 'inspect',
  operand: 'required',
  example: 'codegraphai model inspect FOLDER',

  async run(context, reference) {
    const { args, out, logger } = context;
    const options = { root: repositoryRoot(context), logger };
    const inspection = await inspectModel(modelReference(context, reference), options);
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
