import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostics.ts';
import { RECORD_FILE } from '../cache-folder.ts';
import { readCalibrationSummary, type CalibrationSummary } from './calibration/calibration-summary.ts';
import type { ReadyPlan } from './ready/ready-plan.ts';

/** Name of the graph in a compiled model's folder. */
export const MODEL_FILE = 'model.onnx';
/** Name of the weights beside it; ONNX Runtime maps this file into memory. */
export const DATA_FILE = 'model.onnx.data';
/** Name of the float32 word embeddings, where the model has such; see word-rows.ts. */
export const WORD_ROWS_FILE = 'word-embeddings.f32';
/** Name of the compiled tokenizer. */
export const TOKENIZER_FILE = 'tokenizer.bin';

/**
 * Name of the graph's input where its word embeddings are quantized or its positions depend on the tokens: int32 token
 * ids of one text, shape [1, sequence].
 */
export const INPUT_NAME = 'input_ids';
/** Name of its input where the word embeddings are float32: the rows of the tokens, shape [1, sequence, hidden]. */
export const WORD_ROWS_INPUT = 'word_rows';
/** Name of the only input of a graph of modules behind the pooling: float32 of shape [1, pooled width]. */
export const POOLED_INPUT = 'pooled';
/** Name of the graph's only output: float32 of shape [1, hidden]. */
export const OUTPUT_NAME = 'sentence_embedding';

/** Bumped whenever another graph or tokenizer image is written for the same model. */
export const COMPILED_FORMAT = 3;

/** A model ready to run: a folder of the cache. */
export interface CompiledModel {
  /** `compiled`: graph and weights are in {@link folder}; `ready`: only tokenizer and modules are, the graph is the user's file. */
  readonly kind: 'compiled' | 'ready';
  readonly folder: string;
  readonly fingerprint: string;
  readonly modelPath: string;
  readonly tokenizerPath: string;
  /** True when an earlier run compiled it; false when this call did. */
  readonly reused: boolean;
  /** What its tokenizer was read from instead of what would have been preferred; see `TokenizerSource`. */
  readonly diagnostics: readonly Diagnostic[];
  /** How the user's graph is run; null for a compiled one. */
  readonly ready: ReadyPlan | null;
  /** What was measured when its float weights were quantized; null where none were. */
  readonly calibration: CalibrationSummary | null;
}

/** A graph that is run as it is. */
export interface ReadyGraph {
  readonly modelPath: string;
  readonly plan: ReadyPlan;
}

/** Content of {@link RECORD_FILE}, which says how large the other files are. */
export interface CompiledRecord {
  readonly format: number;
  readonly fingerprint: string;
  /** Where it came from; for people. */
  readonly source: string;
  /** Bytes of each file. */
  readonly files: Readonly<Record<string, number>>;
  /** What was measured before float weights were quantized; null where nothing was. */
  readonly calibration?: CalibrationSummary | null | undefined;
}

/** The compiled model in `folder`, or null when there is none or it is damaged (a file missing or of another size). */
export async function openCompiledModel(
  folder: string,
  fingerprint: string,
  ready: ReadyGraph | null = null,
): Promise<CompiledModel | null> {
  const record = await readRecord(folder, fingerprint);
  if (record === null) return null;
  const sizes = sizesOf(record);
  const onlyTokenizer = ready !== null && !ready.plan.hasModules;
  const needed = onlyTokenizer ? [TOKENIZER_FILE] : [MODEL_FILE, DATA_FILE, TOKENIZER_FILE];
  for (const name of new Set([...needed, ...sizes.keys()])) {
    const size = sizes.get(name);
    if (size === undefined || (await fileSize(join(folder, name))) !== size) return null;
  }
  return compiledModelAt(folder, fingerprint, {
    reused: true,
    ready,
    calibration: readCalibrationSummary(record.get('calibration')),
  });
}

/** The paths of a compiled model, without looking. */
export function compiledModelAt(
  folder: string,
  fingerprint: string,
  {
    reused,
    diagnostics = [],
    ready = null,
    calibration = null,
  }: {
    readonly reused: boolean;
    readonly diagnostics?: readonly Diagnostic[] | undefined;
    readonly ready?: ReadyGraph | null | undefined;
    readonly calibration?: CalibrationSummary | null | undefined;
  },
): CompiledModel {
  const tokenizerPath = join(folder, TOKENIZER_FILE);
  const modelPath = ready?.modelPath ?? join(folder, MODEL_FILE);
  const kind = ready === null ? 'compiled' : 'ready';
  const modulesPath = ready?.plan.hasModules === true ? join(folder, MODEL_FILE) : undefined;
  const plan = ready === null ? null : { ...ready.plan, modulesPath };
  return { kind, folder, fingerprint, modelPath, tokenizerPath, reused, diagnostics, ready: plan, calibration };
}

async function readRecord(folder: string, fingerprint: string): Promise<ReadonlyMap<string, unknown> | null> {
  let record: unknown;
  try {
    record = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8'));
  } catch {
    return null; // Absent or damaged: the caller compiles again.
  }
  if (typeof record !== 'object' || record === null) return null;
  const fields = new Map<string, unknown>(Object.entries(record));
  if (fields.get('format') !== COMPILED_FORMAT || fields.get('fingerprint') !== fingerprint) return null;
  return fields;
}

function sizesOf(record: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const files = record.get('files');
  return new Map(typeof files === 'object' && files !== null ? Object.entries(files) : []);
}

async function fileSize(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch {
    return null; // Absent: the caller compiles again.
  }
}
