import { inspectModel, type ModelInspection } from '../../models.ts';
import { EXIT } from '../exit-codes.ts';
import { compactModules } from '../output/compact-modules.ts';
import { formatBytes, formatCount, plural } from '../output/format.ts';
import { printable, truncateLine, type Terminal } from '../output/terminal.ts';
import { wrapText } from '../output/wrap-text.ts';
import { modelReference, repositoryRoot } from '../repository.ts';
import type { ModelAction } from './model-action.ts';

/** `model inspect REF` */
export const inspectAction: ModelAction = {
  name: 'inspect',
  operand: 'required',
  example: 'codegraphai model inspect FOLDER',

  async run(context, reference) {
    const { args, out, logger, signal } = context;
    const options = { root: repositoryRoot(context), logger, signal };
    const inspection = await inspectModel(modelReference(context, reference), options);
    if (args.flag('json')) out.line(JSON.stringify(inspection));
    else printInspection(out, inspection);
    return EXIT.done;
  },
};

/** Columns of the labels. */
const LABEL_WIDTH = 14;
/** Operators of a graph, globals of a pickle and types that are not read that are listed. */
const MAX_LISTED = 24;

/** Lays an inspection out for the width of a terminal. */
export function printInspection(out: Terminal, inspection: ModelInspection): void {
  const heading = (text: string): void => out.line(out.style('bold', text));
  heading(printable(inspection.reference));
  printSummary(out, inspection);
  out.line();
  heading('Tensors');
  printTensors(out, inspection);
  printLayers(out, inspection, heading);
  const { globals, operators } = inspection.checkpoint;
  if (globals.length > 0) {
    out.line();
    heading('Pickle globals (named by the file, not executed)');
    printList(out, globals);
  }
  if (operators !== null) {
    out.line();
    heading('Operators');
    const byCount = Object.entries(operators).toSorted(([, left], [, right]) => right - left);
    printList(
      out,
      byCount.map(([name, count]) => `${count} ${name}`),
    );
  }
  out.line();
  heading('Evidence');
  for (const { kind, source, quantized, weight, detail } of inspection.quantization.evidence) {
    const sign = quantized === null ? '?' : quantized ? '+' : '-';
    printField(out, `${sign} ${weight.toFixed(2)} ${kind}`, `${source}: ${detail}`, LABEL_WIDTH + 3);
  }
}

function printSummary(out: Terminal, inspection: ModelInspection): void {
  const { folder, weights, checkpoint, manifest, tokenizer, quantization, outlook } = inspection;
  const field = (label: string, text: string): void => printField(out, label, text);
  if (folder !== null) field('folder', folder);
  const shards = weights.weightFiles.length - 1;
  const files = shards === 0 ? '' : ` and ${plural(shards, 'file')} behind it`;
  const size = `${checkpoint.format}, ${formatBytes(checkpoint.sizeBytes)}`;
  field('weights', `${checkpoint.path}${files} (${size})`);
  for (const { message } of weights.diagnostics) field('', message);
  if (manifest !== null) {
    field('architecture', describeNetwork(manifest));
    const { pooling, extraPoolings, modules, normalize, dimensions, maxTokens, similarity } = manifest;
    const steps = [[pooling, ...extraPoolings].join(' and '), ...modules.map(({ kind }) => kind)];
    if (normalize) steps.push('normalized');
    field('pooling', `${steps.join(', ')}: ${dimensions} dimensions, compared by ${similarity}`);
    const prompts = Object.entries(manifest.prompts).filter(([, prompt]) => prompt !== '');
    const named = prompts.map(([name, prompt]) => `${name} ${JSON.stringify(prompt)}`).join(', ');
    field('texts', `up to ${maxTokens} tokens; ${named === '' ? 'no prompts' : `prompts: ${named}`}`);
  }
  if (tokenizer !== null) {
    field('tokenizer', tokenizer.path);
    for (const { message } of tokenizer.diagnostics) field('', message);
  }
  const { quantized, method, decidedBy, dtype } = quantization;
  const verdict = quantized ? `yes (${method ?? 'method unknown'})` : `no${dtype === null ? '' : ` (${dtype})`}`;
  field('quantized', `${verdict}${decidedBy === null ? '' : `, decided by ${decidedBy}`}`);
  if (outlook.usable) {
    field('would run', `yes, with ${outlook.runtime ?? 'no runtime'}: ${outlook.reason}`);
    field('computed', outlook.numerics ?? '');
  } else {
    field('would run', `no: ${outlook.reason}`);
    if (outlook.hint !== null) field('', outlook.hint);
  }
}

function describeNetwork(manifest: NonNullable<ModelInspection['manifest']>): string {
  const { architecture, layerCount, hiddenSize, attentionHeads, intermediateSize, vocabularySize } = manifest;
  const sizes = [
    layerCount > 0 ? plural(layerCount, 'layer') : null,
    `${hiddenSize} wide`,
    attentionHeads > 0 ? plural(attentionHeads, 'head') : null,
    intermediateSize > 0 ? `${intermediateSize} in the middle` : null,
    `vocabulary of ${formatCount(vocabularySize)}`,
  ];
  return [architecture, ...sizes.filter((size) => size !== null)].join(', ');
}

function printTensors(out: Terminal, { checkpoint }: ModelInspection): void {
  for (const { dtype, scheme, tensors, elements, bytes } of checkpoint.groups) {
    const kind = scheme === 'none' ? dtype : `${dtype} ${scheme}`;
    const counts = `${plural(tensors, 'tensor').padStart(12)} ${plural(elements, 'element').padStart(23)}`;
    out.line(`  ${kind.padEnd(20)} ${counts} ${formatBytes(bytes).padStart(10)}`);
  }
  for (const [type, tensors] of Object.entries(checkpoint.unreadable).slice(0, MAX_LISTED)) {
    const name = truncateLine(printable(type), 20).padEnd(20);
    out.line(`  ${name} ${plural(tensors, 'tensor').padStart(12)} of a type that is not read`);
  }
}

function printLayers(out: Terminal, { checkpoint }: ModelInspection, heading: (text: string) => void): void {
  const { int8, float } = checkpoint.linears;
  if (int8.length + float.length + checkpoint.quantizedEmbeddings.length === 0) return;
  out.line();
  heading('Layers');
  for (const [label, modules] of [
    ['int8', int8],
    ['float', float],
    ['embeddings', checkpoint.quantizedEmbeddings],
  ] as const) {
    if (modules.length === 0) continue;
    const title = label === 'embeddings' ? 'quantized' : `${modules.length} ${label}`;
    for (const [index, { pattern, count }] of compactModules(modules).entries()) {
      printField(out, index === 0 ? title : '', `${pattern}${count > 1 ? ` (${count})` : ''}`);
    }
  }
}

function printList(out: Terminal, items: readonly string[]): void {
  const more = items.length > MAX_LISTED ? [`and ${items.length - MAX_LISTED} more`] : [];
  const text = [...items.slice(0, MAX_LISTED), ...more].map(printable).join(', ');
  for (const line of wrapText(text, out.width - 2)) out.line(`  ${line}`);
}

/** A label and a text that goes on below itself. */
function printField(out: Terminal, label: string, text: string, labelWidth = LABEL_WIDTH): void {
  const lines = wrapText(printable(text), out.width - labelWidth - 2);
  for (const [index, line] of lines.entries()) {
    out.line(`  ${(index === 0 ? label : '').padEnd(labelWidth)}${line}`);
  }
}
