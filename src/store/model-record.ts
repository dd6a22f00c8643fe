import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { IndexStore } from './index-store.ts';

/** A better model that could not be used when the index was made. */
export interface PassedOver {
  readonly id: string;
  readonly folder: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Fingerprint of its files as they were; missing where they gave none. A repaired model has another. */
  readonly fingerprint?: string | undefined;
}

/** What an index says of the model behind its vectors. */
export interface ModelRecord {
  /** Hub id or folder name. */
  readonly id: string;
  readonly fingerprint: string;
  readonly dimensions: number;
  readonly maxTokens: number;
  /** How the run that chose it named it; null: the default order. */
  readonly requested: string | null;
  /** Where its files were: a folder, or one file of weights. */
  readonly folder: string;
  /** Kind of place: `folder`, `project`, `hub-cache`, `embedded`, … */
  readonly source: string;
  /** Why this one, in words. */
  readonly reason: string;
  /** How it is loaded: `checkpoint` or `onnx`; `unknown` where that was not said. */
  readonly format: string;
  /** File of the weights, relative to the folder; empty where that was not said. */
  readonly weights: string;
  /** How its weights are quantized as they are stored; null: they are not, or nobody looked. */
  readonly quantization: string | null;
  /** Precision that was asked for: `auto`, `float32` or `int8`. */
  readonly precision: string;
  /** The better models it stands in for, in order; empty where the first choice serves. */
  readonly fallbackFrom: readonly PassedOver[];
  /** What was unusual about opening it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Keys under which an index keeps its {@link ModelRecord}, beside the vectors themselves. */
export const MODEL_META: Readonly<Record<keyof ModelRecord, string>> = {
  id: 'model.id',
  fingerprint: 'model.fingerprint',
  dimensions: 'model.dimensions',
  maxTokens: 'model.maxTokens',
  requested: 'model.requested',
  folder: 'model.folder',
  source: 'model.source',
  reason: 'model.reason',
  format: 'model.format',
  weights: 'model.weights',
  quantization: 'model.quantization',
  precision: 'model.precision',
  fallbackFrom: 'model.fallbackFrom',
  diagnostics: 'model.diagnostics',
};

/** A record as facts of an index. */
export function modelMeta(record: ModelRecord): Record<string, string> {
  return {
    [MODEL_META.id]: record.id,
    [MODEL_META.fingerprint]: record.fingerprint,
    [MODEL_META.dimensions]: String(record.dimensions),
    [MODEL_META.maxTokens]: String(record.maxTokens),
    [MODEL_META.requested]: record.requested ?? '',
    [MODEL_META.folder]: record.folder,
    [MODEL_META.source]: record.source,
    [MODEL_META.reason]: record.reason,
    [MODEL_META.format]: record.format,
    [MODEL_META.weights]: record.weights,
    [MODEL_META.quantization]: record.quantization ?? '',
    [MODEL_META.precision]: record.precision,
    [MODEL_META.fallbackFrom]: JSON.stringify(record.fallbackFrom),
    [MODEL_META.diagnostics]: JSON.stringify(record.diagnostics),
  };
}

/**
 * The model behind an index's vectors, or null where it has none yet. An index of an earlier version lacks some facts:
 * they read as what that version did.
 */
export async function readModelRecord(store: Pick<IndexStore, 'getMeta'>): Promise<ModelRecord | null> {
  const fingerprint = await store.getMeta(MODEL_META.fingerprint);
  if (fingerprint === undefined) return null;
  const text = async (key: string, fallback = ''): Promise<string> => (await store.getMeta(key)) ?? fallback;
  return {
    id: await text(MODEL_META.id, 'another model'),
    fingerprint,
    dimensions: Number(await text(MODEL_META.dimensions, '0')),
    maxTokens: Number(await text(MODEL_META.maxTokens, '0')),
    requested: (await text(MODEL_META.requested)) || null,
    folder: await text(MODEL_META.folder),
    source: await text(MODEL_META.source, 'folder'),
    reason: await text(MODEL_META.reason),
    format: await text(MODEL_META.format, 'unknown'),
    weights: await text(MODEL_META.weights),
    quantization: (await text(MODEL_META.quantization)) || null,
    precision: await text(MODEL_META.precision, 'auto'),
    fallbackFrom: parseList(await text(MODEL_META.fallbackFrom), isPassedOver),
    diagnostics: parseList(await text(MODEL_META.diagnostics), isDiagnostic),
  };
}

/** A list this program wrote; what is not one (an index changed by hand) reads as empty: it only explains. */
function parseList<Item>(json: string, isItem: (value: unknown) => value is Item): readonly Item[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter(isItem) : [];
  } catch {
    return [];
  }
}

function isPassedOver(value: unknown): value is PassedOver {
  return hasTexts(value, ['id', 'folder', 'code', 'message']);
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return hasTexts(value, ['severity', 'code', 'message']);
}

function hasTexts(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return keys.every((key) => typeof fields.get(key) === 'string');
}
