import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import { CodeGraphError, systemErrorCode } from '../kernel/errors.ts';
import { readCheckpointContent, type CheckpointContent } from './checkpoint-content.ts';
import { detectQuantization, type QuantizationDetection } from './detect.ts';
import type { ModelManifest } from './manifest.ts';
import { findModelFiles, modelFolderOf, type ModelFiles } from './model-files.ts';
import { readOnnxModel } from './onnx-file/read-onnx-model.ts';
import { planReady } from './onnx/ready/ready-plan.ts';
import { loadRuntime, type RuntimeName } from './onnx/runtime.ts';
import { readModel, type ModelLocation } from './read-model.ts';
import { resolveModel, type ResolveModelOptions } from './resolve-model.ts';
import { readTokenizerSource } from './tokenizer/load-tokenizer.ts';

/** The tokenizer that would serve. */
export interface InspectedTokenizer {
  /** Such as `tokenizer.json`. */
  readonly file: string;
  readonly path: string;
  /** Why this one, where a better one was passed over. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What would happen if the model were used. */
export interface ModelOutlook {
  readonly usable: boolean;
  /** The package that would run it, null when none would. */
  readonly runtime: RuntimeName | null;
  /** Why that runtime, or why the model cannot be used. */
  readonly reason: string;
  /** What it would be computed with; null when it cannot be used. */
  readonly numerics: string | null;
  /** What to do about it when it cannot be used. */
  readonly hint: string | null;
}

/** Everything `model inspect` shows. */
export interface ModelInspection {
  readonly reference: string;
  /** Model folder; null for a single file without a configuration beside it. */
  readonly folder: string | null;
  /** The weights that were looked at, every file of theirs, and why not others. */
  readonly weights: ModelFiles;
  readonly checkpoint: CheckpointContent;
  /** Null for a single file, or when the folder's configuration is not supported (see `outlook`). */
  readonly manifest: ModelManifest | null;
  /** Null when there is none that fits (see `outlook`). */
  readonly tokenizer: InspectedTokenizer | null;
  readonly quantization: QuantizationDetection;
  readonly outlook: ModelOutlook;
}

/**
 * Looks at a model without running it: its weights, its configuration and its tokenizer are read, and the weights compared
 * with their checksums where the file has them.
 *
 * @param ref - Hub id on this machine, model folder, or a file of weights (checkpoint, shard index, ONNX graph); null for
 * the default model.
 * @throws {@link ModelError} `MODEL_NOT_FOUND`, `MODEL_FILE_MISSING` or `MODEL_CONFIG_INVALID`; {@link CheckpointError} or
 * {@link OnnxError} when the weights are damaged or name forbidden globals.
 */
export async function inspectModel(ref: string | null, options: ResolveModelOptions = {}): Promise<ModelInspection> {
  const location = await locate(ref, options);
  const { folder, weights } = location;
  const files = await findModelFiles(weights ?? folder);
  const { signal } = options;
  const checkpoint = await readCheckpointContent(files.weights, { verifyTensorCrc: true, signal });
  const quantization = await detectQuantization(weights ?? folder);
  const ahead = await lookAhead(location, checkpoint);
  return {
    reference: location.reference,
    folder: weights === undefined || ahead.manifest !== null ? folder : null,
    weights: ahead.files ?? files,
    checkpoint,
    manifest: ahead.manifest,
    tokenizer: ahead.tokenizer,
    quantization,
    outlook: ahead.outlook,
  };
}

/** A path that is there is meant as it is, also where no configuration is beside it. */
async function locate(
  ref: string | null,
  options: ResolveModelOptions,
): Promise<ModelLocation & { readonly reference: string }> {
  const path = ref === null ? null : resolve(options.root ?? '.', ref);
  const kind = path === null ? 'absent' : await kindOf(path);
  if (ref !== null && path !== null && kind !== 'absent') {
    return kind === 'folder'
      ? { reference: ref, folder: path }
      : { reference: ref, folder: modelFolderOf(path), weights: path };
  }
  const { folder, id, weights } = await resolveModel(ref, options);
  return { reference: ref ?? id, folder, weights };
}

async function kindOf(path: string): Promise<'absent' | 'folder' | 'file'> {
  try {
    // Pipes and devices count as files: their reader refuses them by name.
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    // No such path, or one that cannot be a path: it may be a hub id.
    if (systemErrorCode(cause) === undefined) throw cause;
    return 'absent';
  }
}

interface Ahead {
  readonly files: ModelFiles | null;
  readonly manifest: ModelManifest | null;
  readonly tokenizer: InspectedTokenizer | null;
  readonly outlook: ModelOutlook;
}

/** Goes the way of loading as far as it can be gone without compiling: what stops it is part of the answer. */
async function lookAhead(location: ModelLocation, checkpoint: CheckpointContent): Promise<Ahead> {
  let manifest: ModelManifest | null = null;
  let tokenizer: InspectedTokenizer | null = null;
  let files: ModelFiles | null = null;
  try {
    ({ manifest, files } = await readModel(location));
    if (files.format === 'onnx') planReady(await readOnnxModel(files.weights), manifest);
    else {
      // Loaded late: whoever only loads models needs no second way to build their graphs.
      const { assertComputable } = await import('./onnx/assert-computable.ts');
      await assertComputable(manifest, files.weights);
    }
    const source = await readTokenizerSource(location.folder, { vocabularySize: manifest.vocabularySize });
    tokenizer = { file: source.file, path: source.path, diagnostics: source.diagnostics };
    const { name, reason } = await loadRuntime();
    const numerics = numericsOf(files, checkpoint);
    return { files, manifest, tokenizer, outlook: { usable: true, runtime: name, reason, numerics, hint: null } };
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    const reason = `${cause.code}: ${cause.message}`;
    const outlook = { usable: false, runtime: null, reason, numerics: null, hint: cause.hint ?? null };
    return { files, manifest, tokenizer, outlook };
  }
}

/** How the layers would be computed. */
function numericsOf({ format, choice }: ModelFiles, { linears, dominantDtype }: CheckpointContent): string {
  if (format === 'onnx') return `the ONNX graph as it is: ${choice ?? ''}`;
  const { int8, float } = linears;
  if (int8.length === 0) {
    const widened =
      dominantDtype === 'float32' || dominantDtype === null ? '' : `${dominantDtype} widened to float32; `;
    return `${widened}Linears are quantized to int8 on load, but those that measurement leaves float; --precision float32 keeps all`;
  }
  const rest = float.length === 0 ? '' : `, ${float.length} in float32`;
  return `${int8.length} Linears in int8 as they are stored${rest}; activations in 8 bits`;
}
