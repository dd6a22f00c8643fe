import type { Diagnostic } from '../kernel/diagnostics.ts';
import { CodeGraphError } from '../kernel/errors.ts';
import { readManifest, type ModelManifest } from './manifest.ts';
import { findModelFiles, type ModelFiles } from './model-files.ts';
import type { WeightPrecision } from './weight-precision.ts';

/** Where a model is. */
export interface ModelLocation {
  readonly folder: string;
  /** One file of weights in the folder, which then is the one. @defaultValue the preferred one */
  readonly weights?: string | undefined;
}

/** A model's manifest and the weights it was made for. */
export interface ReadModel {
  readonly manifest: ModelManifest;
  readonly files: ModelFiles;
}

/**
 * Reads what a model says about itself, from its configuration and, where a ready graph is run, from that. A network that
 * cannot be compiled is run by a ready graph of the same folder.
 *
 * @throws as {@link findModelFiles} and {@link readManifest}.
 */
export async function readModel(
  { folder, weights }: ModelLocation,
  options: { readonly weightPrecision?: WeightPrecision | undefined } = {},
): Promise<ReadModel> {
  const files = await findModelFiles(weights ?? folder, options);
  if (files.format === 'onnx') return { manifest: await readReadyManifest(folder, files.weights), files };
  try {
    return { manifest: await readManifest(folder), files };
  } catch (cause) {
    if (weights !== undefined || !isUnsupported(cause)) throw cause;
    // Loaded late, here and below: most models are checkpoints, and need no reader of ONNX graphs.
    const { listGraphs } = await import('./onnx-file/find-graph.ts');
    const graphs = await listGraphs(folder);
    if (graphs.length === 0) throw cause;
    return await readInsteadOf(cause, folder, graphs, options.weightPrecision === 'float32');
  }
}

async function readInsteadOf(
  cause: CodeGraphError,
  folder: string,
  graphs: readonly string[],
  preferFloat: boolean,
): Promise<ReadModel> {
  const { findGraph } = await import('./onnx-file/find-graph.ts');
  const { model, reason, diagnostics } = await findGraph(graphs, { preferFloat });
  const diagnostic: Diagnostic = {
    severity: 'info',
    code: 'MODEL_WEIGHTS_SKIPPED',
    message: `${cause.message}; the ONNX graph ${model.path} is run instead`,
    hint: cause.hint,
  };
  const files: ModelFiles = {
    format: 'onnx',
    weights: model.path,
    weightFiles: [model.path, ...model.dataFiles],
    choice: reason,
    diagnostics: [diagnostic, ...diagnostics],
  };
  return { manifest: await readReadyManifest(folder, model.path), files };
}

function isUnsupported(cause: unknown): cause is CodeGraphError {
  return CodeGraphError.isInstance(cause) && cause.code === 'MODEL_UNSUPPORTED';
}

async function readReadyManifest(folder: string, weights: string): Promise<ModelManifest> {
  const { readOnnxModel } = await import('./onnx-file/read-onnx-model.ts');
  const { readyNetwork } = await import('./onnx-file/ready-network.ts');
  const model = await readOnnxModel(weights);
  return await readManifest(folder, { network: (config) => readyNetwork(model, config) });
}
