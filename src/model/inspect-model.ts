import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CodeGraphError } from '../kernel/errors.ts';
import { readCheckpointContent, type CheckpointContent } from './checkpoint-content.ts';
import { detectQuantization, type QuantizationDetection } from './detect.ts';
import { readManifest, type ModelManifest } from './manifest.ts';
import { findModelFiles } from './model-files.ts';
import { loadRuntime, type RuntimeName } from './onnx/runtime.ts';
import { resolveModel, type ResolveModelOptions } from './resolve-model.ts';

/** What would happen if the model were used. */
export interface ModelOutlook {
  readonly usable: boolean;
  /** The package that would run it, null when none would. */
  readonly runtime: RuntimeName | null;
  /** Why that runtime, or why the model cannot be used. */
  readonly reason: string;
}

/** Everything `model inspect` shows. */
export interface ModelInspection {
  readonly reference: string;
  /** Model folder; null for a single checkpoint file. */
  readonly folder: string | null;
  readonly checkpoint: CheckpointContent;
  /** Null for a single file, or when the folder's configuration is not supported (see `outlook`). */
  readonly manifest: ModelManifest | null;
  readonly quantization: QuantizationDetection;
  readonly outlook: ModelOutlook;
}

/**
 * Looks at a model without running it.
 *
 * @param ref - Hub id on this machine, model folder, or a single checkpoint file; null for the default model.
 * @throws {@link ModelError} `MODEL_NOT_FOUND` or `MODEL_FILE_MISSING`; {@link CheckpointError} when the checkpoint is
 * damaged or names forbidden globals.
 */
export async function inspectModel(ref: string | null, options: ResolveModelOptions = {}): Promise<ModelInspection> {
  const path = ref === null ? null : resolve(options.root ?? '.', ref);
  if (ref !== null && path !== null && (await isFile(path))) return inspectFile(ref, path);
  const { folder, id } = await resolveModel(ref, options);
  const checkpoint = await readCheckpointContent((await findModelFiles(folder)).weights);
  const { manifest, outlook } = await lookAhead(folder);
  const quantization = await detectQuantization(folder);
  return { reference: ref ?? id, folder, checkpoint, manifest, quantization, outlook };
}

async function inspectFile(reference: string, path: string): Promise<ModelInspection> {
  return {
    reference,
    folder: null,
    checkpoint: await readCheckpointContent(path),
    manifest: null,
    quantization: await detectQuantization(path),
    outlook: {
      usable: false,
      runtime: null,
      reason: `a single file has no configuration and no tokenizer; its folder ${dirname(path)} may`,
    },
  };
}

async function lookAhead(folder: string): Promise<{ manifest: ModelManifest | null; outlook: ModelOutlook }> {
  let manifest: ModelManifest | null = null;
  try {
    manifest = await readManifest(folder);
    const runtime = await loadRuntime();
    return { manifest, outlook: { usable: true, runtime: runtime.name, reason: runtime.reason } };
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    // Part of the answer: why the model would not run.
    return { manifest, outlook: { usable: false, runtime: null, reason: `${cause.code}: ${cause.message}` } };
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // No such path: it may be a hub id.
  }
}
