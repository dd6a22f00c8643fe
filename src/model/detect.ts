import { open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CodeGraphError, errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { readCheckpointContent, type CheckpointContent } from './checkpoint-content.ts';
import { readJsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';
import { findModelFiles } from './model-files.ts';

/** Where a hint at quantization comes from, weakest first. */
export const EVIDENCE_KINDS = ['name', 'readme', 'config', 'content'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** One observation. */
export interface QuantizationEvidence {
  readonly kind: EvidenceKind;
  /** File or name it was seen in. */
  readonly source: string;
  /** Whether it speaks for quantization; null when it could not be judged (an unreadable checkpoint). */
  readonly quantized: boolean | null;
  /** What was seen. */
  readonly detail: string;
}

/** Whether a model's weights are quantized, and how that is known. */
export interface QuantizationDetection {
  readonly quantized: boolean;
  /** How, such as `pytorch-dynamic-int8`; null when it is not quantized or only its name says so. */
  readonly method: string | null;
  /** The kind of evidence that decided; null when there was none. */
  readonly decidedBy: EvidenceKind | null;
  /** Everything seen, weakest kind first. */
  readonly evidence: readonly QuantizationEvidence[];
}

/** Words of a name that say "quantized". */
const NAME_WORDS: ReadonlySet<string> = new Set(
  'optimized optimised quantized quantised quant int8 uint8 qint8 int4 uint4 8bit 4bit q8 q4 gptq awq bnb'.split(' '),
);

/** Most of a README that is looked at: model cards say it at the top. */
const README_BYTES = 64 * 1024;

/**
 * Tells whether a model folder or checkpoint file holds quantized weights. What the checkpoint holds beats what
 * configuration, README and names say: a folder called "optimized" with float32 weights is not quantized.
 *
 * @param path - Model folder, or a single checkpoint file.
 * @throws {@link ModelError} `MODEL_NOT_FOUND` when there is nothing at `path`, `MODEL_CONFIG_INVALID` for broken JSON.
 */
export async function detectQuantization(path: string): Promise<QuantizationDetection> {
  const isFolder = await isExistingFolder(path);
  const evidence = isFolder
    ? [...nameEvidence(path), ...(await readmeEvidence(path)), ...(await configEvidence(path))]
    : nameEvidence(path);
  const content = await contentEvidence(path, isFolder);
  return judge([...evidence, ...content.evidence], content.method);
}

/** The answer of {@link detectQuantization} alone. */
export async function isQuantizedModel(path: string): Promise<boolean> {
  return (await detectQuantization(path)).quantized;
}

/** What a checkpoint's tensors say about quantization. */
export function contentQuantization(content: CheckpointContent): { method: string | null; detail: string } {
  const quantizedGroups = content.groups.filter(({ dtype, scheme }) => scheme !== 'none' || /^u?int[48]$/.test(dtype));
  if (quantizedGroups.length === 0) {
    const dtypes = content.groups.map(({ dtype }) => dtype);
    return { method: null, detail: `all tensors are stored as ${[...new Set(dtypes)].join(', ')}` };
  }
  const counts = quantizedGroups.map(({ tensors, dtype, scheme }) => `${tensors} ${dtype} tensors (${scheme})`);
  const globals = content.globals.filter((name) => /rebuild_qtensor|affine|quantized/.test(name));
  const detail = [...counts, ...(globals.length === 0 ? [] : [`pickle names ${globals.join(', ')}`])].join('; ');
  if (content.linears.int8.length > 0) return { method: 'pytorch-dynamic-int8', detail };
  return { method: content.format === 'safetensors' ? 'integer-tensors' : 'pytorch-quantized-tensors', detail };
}

/** The strongest kind with an opinion decides. */
function judge(evidence: readonly QuantizationEvidence[], method: string | null): QuantizationDetection {
  for (const kind of EVIDENCE_KINDS.toReversed()) {
    const opinions = evidence.filter((item) => item.kind === kind && item.quantized !== null);
    if (opinions.length === 0) continue;
    const quantized = opinions.some((item) => item.quantized === true);
    const configured = kind === 'config' ? (opinions.find((item) => item.quantized)?.detail ?? null) : null;
    return { quantized, method: quantized ? (method ?? configured) : null, decidedBy: kind, evidence };
  }
  return { quantized: false, method: null, decidedBy: null, evidence };
}

function nameEvidence(path: string): QuantizationEvidence[] {
  return [basename(dirname(path)), basename(path)].flatMap((name) => {
    const words = name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => NAME_WORDS.has(word));
    return words.length === 0
      ? []
      : [{ kind: 'name' as const, source: name, quantized: true, detail: `the name says ${words.join(', ')}` }];
  });
}

async function readmeEvidence(folder: string): Promise<QuantizationEvidence[]> {
  const text = await readStart(join(folder, 'README.md'));
  const words = text.match(/\b(?:quanti[sz](?:ed|ation)|u?int8|8-bit)\b/gi) ?? [];
  if (words.length === 0) return [];
  const distinct = [...new Set(words.map((word) => word.toLowerCase()))];
  return [{ kind: 'readme', source: 'README.md', quantized: true, detail: `the text says ${distinct.join(', ')}` }];
}

async function configEvidence(folder: string): Promise<QuantizationEvidence[]> {
  const own = await readJsonObject(folder, 'quantization_config.json');
  const nested = (await readJsonObject(folder, 'config.json'))?.object('quantization_config') ?? null;
  const source = own === null ? 'config.json' : 'quantization_config.json';
  const config = own ?? nested;
  if (config === null) return [];
  return [{ kind: 'config', source, quantized: true, detail: config.string('quant_method', 'quantization_config') }];
}

async function contentEvidence(
  path: string,
  isFolder: boolean,
): Promise<{ evidence: QuantizationEvidence[]; method: string | null }> {
  let weights = path;
  try {
    weights = isFolder ? (await findModelFiles(path)).weights : path;
    const { method, detail } = contentQuantization(await readCheckpointContent(weights));
    const source = basename(weights);
    return { evidence: [{ kind: 'content', source, quantized: method !== null, detail }], method };
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    // Not an answer but worth telling: the weaker evidence decides, and loading will say the same again.
    const detail = `it cannot be read: ${cause.code}: ${errorMessage(cause)}`;
    return { evidence: [{ kind: 'content', source: basename(weights), quantized: null, detail }], method: null };
  }
}

async function isExistingFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new ModelError(`${path} cannot be looked at: ${errorMessage(cause)}`, {
      code: 'MODEL_NOT_FOUND',
      hint: 'Name an existing model folder or checkpoint file.',
      details: { reference: path, searched: [path] },
      cause,
    });
  }
}

/** The first {@link README_BYTES} of a text file, empty when there is none. */
async function readStart(path: string): Promise<string> {
  try {
    // Opening a named pipe would wait for its other end.
    if (!(await stat(path)).isFile()) return '';
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(README_BYTES), 0, README_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return '';
    throw cause;
  }
}
