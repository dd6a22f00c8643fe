import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CodeGraphError, errorMessage } from '../kernel/errors.ts';
import { readCheckpointContent } from './checkpoint-content.ts';
import { configEvidence } from './detection/config-evidence.ts';
import { EVIDENCE_KINDS, type EvidenceKind, type Findings, type QuantizationEvidence } from './detection/evidence.ts';
import { nameEvidence } from './detection/name-evidence.ts';
import { readmeEvidence } from './detection/readme-evidence.ts';
import { ModelError } from './model-error.ts';
import { findModelFiles } from './model-files.ts';

export { EVIDENCE_KINDS, type EvidenceKind, type QuantizationEvidence };

/** Whether a model's weights are quantized, and how that is known. */
export interface QuantizationDetection {
  readonly quantized: boolean;
  /** How, such as `pytorch-dynamic-int8` or `gptq`; null when it is not quantized or nothing names the method. */
  readonly method: string | null;
  /** The kind of evidence that decided; null when there was none that weighs enough. */
  readonly decidedBy: EvidenceKind | null;
  /** The dtype most bytes of the weights are stored in, such as `float16`; null when they cannot be read. */
  readonly dtype: string | null;
  /** Everything seen, weakest kind first. */
  readonly evidence: readonly QuantizationEvidence[];
}

/** Observations that weigh less together, such as a link to a quantized copy, decide nothing. */
const MIN_WEIGHT = 0.15;

/**
 * Tells whether a model folder or file of weights is quantized. What the weights show beats what configuration, README and
 * names say: a folder called "optimized" with float32 weights is not quantized. Of weights that cannot be read the weaker
 * evidence decides.
 *
 * @param path - Model folder, or a single checkpoint, shard index or ONNX graph.
 * @throws {@link ModelError} `MODEL_NOT_FOUND` when there is nothing at `path`, `MODEL_CONFIG_INVALID` for broken JSON.
 */
export async function detectQuantization(path: string): Promise<QuantizationDetection> {
  const isFolder = await isExistingFolder(path);
  const said = isFolder ? [...nameEvidence(path), ...(await readmeEvidence(path))] : nameEvidence(path);
  const config: Findings = isFolder ? await configEvidence(path) : { evidence: [], method: null };
  const content = await contentEvidence(path, isFolder);
  const evidence = [...said, ...config.evidence, ...content.evidence];
  const { quantized, decidedBy } = judge(evidence);
  // The tensors may only show of what type they are; the configuration then knows who made them so.
  const isUnnamed = content.method === 'integer-tensors' || content.method === 'small-floats';
  const seen = isUnnamed ? (config.method ?? content.method) : content.method;
  const method = quantized ? (seen ?? config.method) : null;
  return { quantized, method, decidedBy, dtype: content.dtype, evidence };
}

/** The answer of {@link detectQuantization} alone. */
export async function isQuantizedModel(path: string): Promise<boolean> {
  return (await detectQuantization(path)).quantized;
}

/** The strongest kind of evidence whose observations weigh enough together decides. */
function judge(evidence: readonly QuantizationEvidence[]): { quantized: boolean; decidedBy: EvidenceKind | null } {
  for (const kind of EVIDENCE_KINDS.toReversed()) {
    const balance = evidence
      .filter((item) => item.kind === kind)
      .reduce((sum, { quantized, weight }) => sum + (quantized === null ? 0 : quantized ? weight : -weight), 0);
    if (Math.abs(balance) >= MIN_WEIGHT) return { quantized: balance > 0, decidedBy: kind };
  }
  return { quantized: false, decidedBy: null };
}

async function contentEvidence(path: string, isFolder: boolean): Promise<Findings & { dtype: string | null }> {
  let weights = path;
  try {
    weights = isFolder ? (await findModelFiles(path)).weights : path;
    const { quantization, dominantDtype: dtype } = await readCheckpointContent(weights);
    const { method, detail } = quantization;
    const [source, quantized] = [basename(weights), method !== null];
    return { evidence: [{ kind: 'content', source, quantized, weight: 1, detail }], method, dtype };
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    return { ...unreadable(basename(weights), cause), dtype: null };
  }
}

/** Not an answer but worth telling: loading will say the same again. A refused global still shows who packed the weights. */
function unreadable(source: string, cause: CodeGraphError): Findings {
  const global = cause.code === 'CHECKPOINT_FORBIDDEN_GLOBAL' ? cause.details['global'] : undefined;
  const tool = typeof global === 'string' ? toolOf(global) : null;
  const detail = `it cannot be read: ${cause.code}: ${errorMessage(cause)}`;
  const quantized = tool === null ? null : true;
  return { evidence: [{ kind: 'content', source, quantized, weight: tool === null ? 0 : 1, detail }], method: tool };
}

/** The quantization tool whose classes a global names. */
function toolOf(global: string): string | null {
  if (global.startsWith('torchao.')) return 'torchao';
  if (global.startsWith('optimum.quanto.') || global.startsWith('quanto.')) return 'quanto';
  if (global.startsWith('bitsandbytes.')) return 'bitsandbytes';
  return /^torch\.(?:ao\.)?nn\.(?:intrinsic\.)?quantized\./.test(global) ? 'pytorch-quantized-modules' : null;
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
