import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isShardIndexPath } from '../checkpoint/shard-index-path.ts';
import type { Diagnostic } from '../kernel/diagnostics.ts';
import { CodeGraphError, errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';
import { KIND_DESCRIPTIONS, KIND_REPAIRS, sniffFile, type SniffedKind } from './sniff-file.ts';
import type { WeightPrecision } from './weight-precision.ts';

/** Checkpoints by preference; the first that is there with its content is taken. */
const CHECKPOINT_FILES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
] as const;

/** Where the weights of a model are, as absolute or folder-relative paths as the folder was given. */
export interface ModelFiles {
  /** `checkpoint` is compiled here; `onnx` is a graph that runs as it is. */
  readonly format: 'checkpoint' | 'onnx';
  /** What is opened: a checkpoint, the index of a sharded one, or an ONNX graph. */
  readonly weights: string;
  /** Every file whose bytes are weights, {@link weights} first; for fingerprints. */
  readonly weightFiles: readonly string[];
  /** Why this ONNX graph and no other; null for a checkpoint. */
  readonly choice: string | null;
  /** `MODEL_WEIGHTS_SKIPPED` for weights that would have been preferred but are not whole. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Kinds of files that a reader of checkpoints has an error of its own for. */
const DAMAGES: ReadonlySet<Skipped['kind']> = new Set<Skipped['kind']>(['html', 'error-text', 'empty', 'damaged']);

/** A candidate for the weights that cannot be taken. */
interface Skipped {
  readonly path: string;
  /** `damaged`: a shard index that cannot be read. */
  readonly kind: Exclude<SniffedKind, 'content'> | 'damaged';
  /** What is wrong with it, as one sentence about {@link path}. */
  readonly problem: string;
  readonly repair: string | undefined;
}

export interface FindModelFilesOptions {
  /** With `float32` an ONNX graph with float weights is preferred. @defaultValue `auto` */
  readonly weightPrecision?: WeightPrecision | undefined;
}

/**
 * Finds the weights of a model: a checkpoint, else the ONNX graph that suits this CPU best. Those that are a Git LFS
 * pointer, an HTML page or empty are passed over when others are whole.
 *
 * @param path - The model's folder, or one file of weights in it, which then is the one.
 * @throws {@link ModelError} `MODEL_FILE_MISSING`; {@link CheckpointError} of a damaged shard index; {@link OnnxError} when
 * there are only ONNX graphs and none can be used.
 */
export async function findModelFiles(path: string, options: FindModelFilesOptions = {}): Promise<ModelFiles> {
  const preferFloat = options.weightPrecision === 'float32';
  if (!(await isFile(path))) return await findWeights(path, preferFloat);
  return path.endsWith('.onnx') ? await readyWeights([path], preferFloat) : await checkpointWeights(path);
}

/** Folder of the model a file of weights belongs to: ONNX graphs often lie in a folder `onnx` of it. */
export function modelFolderOf(weights: string): string {
  const folder = dirname(weights);
  return basename(folder) === 'onnx' ? dirname(folder) : folder;
}

/** Whether there is something at `path` that is no folder: pipes and devices are refused by their reader. */
async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (cause) {
    // Whatever it is: the files in it will be missing, and that says where they were looked for.
    if (systemErrorCode(cause) === undefined) throw cause;
    return false;
  }
}

async function findWeights(folder: string, preferFloat: boolean): Promise<ModelFiles> {
  const skipped: Skipped[] = [];
  for (const name of CHECKPOINT_FILES) {
    const path = join(folder, name);
    const faults = await faultsOf(path);
    if (faults.length === 0) return withSkipped(await checkpointWeights(path), skipped);
    // Only what is there and not whole is worth telling, and what an index promises.
    skipped.push(...faults.filter((fault) => fault.kind !== 'absent' || fault.path !== path));
  }
  const graphs: string[] = [];
  // Loaded late, here and below: most models are checkpoints, and need no reader of ONNX graphs.
  const { listGraphs } = await import('./onnx-file/find-graph.ts');
  for (const path of await listGraphs(folder)) {
    const kind = await sniffFile(path);
    if (kind === 'content') graphs.push(path);
    else skipped.push(sniffedFault(path, kind));
  }
  const [damaged] = skipped;
  if (graphs.length === 0) {
    // Its reader says best what a damaged file is.
    if (damaged !== undefined && DAMAGES.has(damaged.kind) && !damaged.path.endsWith('.onnx'))
      return await checkpointWeights(damaged.path);
    throw await noWeights(folder, skipped);
  }
  return withSkipped(await readyWeights(graphs, preferFloat), skipped);
}

/** Loaded late: most models are one file, and then nothing of the checkpoint reader is needed to find it. */
async function shardsBehind(indexPath: string): Promise<readonly string[]> {
  const { shardPaths } = await import('../checkpoint/shard-index.ts');
  return shardPaths(indexPath);
}

async function checkpointWeights(path: string): Promise<ModelFiles> {
  const shards = isShardIndexPath(path) ? await shardsBehind(path) : [];
  return { format: 'checkpoint', weights: path, weightFiles: [path, ...shards], choice: null, diagnostics: [] };
}

async function readyWeights(paths: readonly string[], preferFloat: boolean): Promise<ModelFiles> {
  const { findGraph } = await import('./onnx-file/find-graph.ts');
  const { model, reason, diagnostics } = await findGraph(paths, { preferFloat });
  const weightFiles = [model.path, ...model.dataFiles];
  return { format: 'onnx', weights: model.path, weightFiles, choice: reason, diagnostics };
}

function withSkipped(files: ModelFiles, skipped: readonly Skipped[]): ModelFiles {
  const diagnostics = skipped.map((fault) => skippedDiagnostic(fault, files.weights));
  return { ...files, diagnostics: [...diagnostics, ...files.diagnostics] };
}

/** Why weights cannot be taken: what is wrong with the file, or with the shards behind an index. */
async function faultsOf(path: string): Promise<Skipped[]> {
  const kind = await sniffFile(path);
  if (kind !== 'content') return [sniffedFault(path, kind)];
  if (!isShardIndexPath(path)) return [];
  const faults: Skipped[] = [];
  try {
    for (const shard of await shardsBehind(path)) {
      const shardKind = await sniffFile(shard);
      if (shardKind !== 'content') faults.push(sniffedFault(shard, shardKind));
    }
  } catch (cause) {
    if (!CodeGraphError.isInstance(cause)) throw cause;
    return [{ path, kind: 'damaged', problem: cause.message, repair: cause.hint }];
  }
  return faults;
}

function sniffedFault(path: string, kind: Exclude<SniffedKind, 'content'>): Skipped {
  return { path, kind, problem: `${path} ${KIND_DESCRIPTIONS[kind]}`, repair: KIND_REPAIRS[kind] };
}

/** Names in a folder; none where there is no such folder. */
async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(cause) ?? '')) return [];
    throw new ModelError(`${folder} cannot be listed: ${errorMessage(cause)}`, {
      code: 'MODEL_FILE_MISSING',
      hint: 'Check that you may read the folder of the model.',
      details: { folder, file: folder },
      cause,
    });
  }
}

function skippedDiagnostic({ problem, repair }: Skipped, taken: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'MODEL_WEIGHTS_SKIPPED',
    message: `${problem}; ${basename(taken)} is taken instead`,
    hint: repair,
  };
}

/** Weights of other frameworks, to be named where nothing else is there. */
const FOREIGN_WEIGHTS =
  /\.(?:gguf|h5|msgpack|ot|tflite|mlmodel|pt|pth|ckpt|nemo)$|^(?:adapter_model|openvino_model)\.|^pytorch_model-\d|^model-\d/;

async function noWeights(folder: string, skipped: readonly Skipped[]): Promise<ModelError> {
  const [first] = skipped;
  if (first === undefined) {
    const foreign = (await listFolder(folder)).filter((name) => FOREIGN_WEIGHTS.test(name));
    const others = foreign.length === 0 ? '' : `; it has ${foreign.slice(0, 3).join(', ')}, which cannot be used`;
    return new ModelError(`${folder} has none of ${CHECKPOINT_FILES.join(', ')}, onnx/model.onnx${others}`, {
      code: 'MODEL_FILE_MISSING',
      hint:
        foreign.length === 0
          ? 'Name a folder that holds config.json, the weights and the tokenizer.'
          : 'Get the model.safetensors or pytorch_model.bin of the model, or name a checkpoint file itself.',
      details: { folder, file: CHECKPOINT_FILES[0] },
    });
  }
  const rest = skipped.length === 1 ? '' : `, and ${skipped.length - 1} more of its files are not whole either`;
  return new ModelError(`${first.problem}${rest}`, {
    code: 'MODEL_FILE_MISSING',
    hint: first.repair,
    details: { folder, file: first.path, kind: first.kind },
  });
}
