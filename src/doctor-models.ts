import { MODEL_LAYER } from './indexing/model-opener.ts';
import { CodeGraphError } from './kernel/errors.ts';
import type { OpenedEncoder, PassedOverModel } from './model/open-encoder.ts';
import {
  EMBEDDED_MODEL,
  FALLBACK_MODEL,
  PREFERRED_MODEL,
  modelCandidates,
  type ResolvedModel,
  type ResolveModelOptions,
} from './model/resolve-model.ts';
import { WEIGHT_PRECISIONS, type WeightPrecision } from './model/weight-precision.ts';
import { readModelRecord, type ModelRecord } from './store/model-record.ts';
import { openIndexStore } from './store/open-store.ts';

/** What became of one model that could have served. */
export interface CandidateReport {
  readonly id: string;
  /**
   * `used`: this one serves; `failed`: it is here and cannot be loaded; `spare`: it would be next; `absent`: it is not on
   * this machine.
   */
  readonly state: 'used' | 'failed' | 'spare' | 'absent';
  readonly folder?: string | undefined;
  /** Why, in words. */
  readonly reason: string;
  readonly code?: string | undefined;
  /** What to do to have it used; for those that failed or are absent. */
  readonly hint?: string | undefined;
}

/** The default order, best first. */
const DEFAULT_ORDER = [PREFERRED_MODEL, FALLBACK_MODEL, EMBEDDED_MODEL] as const;

/**
 * Every model that was considered for a reference, in the order they are tried, and why each was or was not taken.
 *
 * @param used - The model that was opened; null when none could be.
 */
export async function reportCandidates(
  reference: string | null,
  used: ResolvedModel | null,
  passedOver: readonly PassedOverModel[],
  options: ResolveModelOptions,
): Promise<readonly CandidateReport[]> {
  const found = await modelCandidates(reference, options);
  const reports = found.map((model) => describe(model, used, passedOver));
  const absent = DEFAULT_ORDER.filter((id) => found.every((model) => model.id !== id)).map(describeAbsent);
  return [...reports, ...absent].toSorted((left, right) => rank(left, found) - rank(right, found));
}

function describe(
  { id, folder, reason }: ResolvedModel,
  used: ResolvedModel | null,
  passedOver: readonly PassedOverModel[],
): CandidateReport {
  if (folder === used?.folder) return { id, state: 'used', folder, reason };
  const failed = passedOver.find((passed) => passed.folder === folder);
  if (failed === undefined) return { id, state: 'spare', folder, reason: `${reason}; a better one serves` };
  const { code, message, hint } = failed;
  return { id, state: 'failed', folder, reason: message, code, hint };
}

function describeAbsent(id: string): CandidateReport {
  const reason = 'it is neither in models/ of the repository nor in the Hugging Face cache';
  const hint =
    id === EMBEDDED_MODEL
      ? 'Install codegraphai again: it is part of the package.'
      : `Run "codegraphai model pull ${id}".`;
  return { id, state: 'absent', reason, hint };
}

/** Models that were found keep their order; one that is absent stands where the default order has it. */
function rank({ id, folder }: CandidateReport, found: readonly ResolvedModel[]): number {
  const place = found.findIndex((model) => model.folder === folder);
  if (place !== -1) return place;
  const later = DEFAULT_ORDER.slice(DEFAULT_ORDER.findIndex((name) => name === id) + 1);
  const next = found.findIndex((model) => later.some((name) => name === model.id));
  return (next === -1 ? found.length : next) - 0.5;
}

type Facts = 'id' | 'fingerprint' | 'folder' | 'source' | 'reason' | 'format' | 'weights' | 'quantization';

/** The model that serves, as `doctor` found it: what an index would say of it, and what runs it. */
export interface DoctorModel extends Pick<ModelRecord, Facts> {
  /** What becomes of float weights: as the index has it, else `auto`. */
  readonly precision: WeightPrecision;
  readonly runtime: string;
  readonly device: 'cpu';
}

/** How the weights of a model come to run, in words. */
export function howLoaded({ format, quantization, precision }: DoctorModel): string {
  const stored = quantization === null ? 'not quantized' : `quantized (${quantization})`;
  const treated = precision === 'auto' ? '' : `, precision ${precision}`;
  return `${stored}, ${format === 'onnx' ? 'run as it is' : 'compiled here'}${treated}`;
}

/** The look of an encoder that is open. */
export async function lookAt({ encoder, model }: OpenedEncoder, precision: WeightPrecision): Promise<DoctorModel> {
  const { id, fingerprint } = encoder.identity;
  const { folder, weights, source, reason } = model;
  const { runtime } = encoder.runtime;
  const look = await MODEL_LAYER.look(weights ?? folder);
  return { id, fingerprint, folder, source, reason, ...look, precision, runtime, device: 'cpu' };
}

/** The precision the index was made with: the model is looked at as a question would open it. */
export async function precisionOfIndex(root: string): Promise<WeightPrecision> {
  try {
    await using store = await openIndexStore(root, { access: 'read' });
    const record = await readModelRecord(store);
    return WEIGHT_PRECISIONS.find((precision) => precision === record?.precision) ?? 'auto';
  } catch (error) {
    if (!CodeGraphError.isInstance(error)) throw error;
    return 'auto'; // No index, or one that cannot be read: its own check says so.
  }
}
