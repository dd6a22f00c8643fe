import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
//SHARD
import type { Diagnostic } from '../kernel/diagnostics.ts';
import { errorMessage, systemErrorCode } from '../kernel/errors.ts';
import { ModelError } from './model-error.ts';
import { KIND_DESCRIPTIONS, sniffFile, type SniffedKind } from './sniff-file.ts';

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
  /** `MODEL_WEIGHTS_SKIPPED` for weights that would have been preferred but are not whole. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A candidate for the weights that cannot be taken. */
interface Skipped {
  readonly path: string;
  readonly kind: Exclude<SniffedKind, 'content'>;
}

/**
 * Finds the weights of a model. Those that are a Git LFS pointer, an HTML page or empty are passed over when
 * others are whole.
 *
 * @param path - The model's folder, or one file of weights in it, which then is the one.
 * @throws {@link ModelError} `MODEL_FILE_MISSING`.
 */
export async function findModelFiles(path: string): Promise<ModelFiles> {
  const isFile = await isRegularFile(path);
  const folder = isFile ? modelFolderOf(path) : path;
  return isFile ? await describeWeights(path) : await findWeights(folder);
}

/** Folder of the model a file of weights belongs to: ONNX graphs often lie in a folder `onnx` of it. */
export function modelFolderOf(weights: string): string {
  const folder = dirname(weights);
  return basename(folder) === 'onnx' ? dirname(folder) : folder;
}

async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (cause) {
    // Whatever it is: the files in it will be missing, and that says where they were looked for.
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    return false;
  }
}

async function findWeights(folder: string): Promise<ModelFiles> {
  const skipped: Skipped[] = [];
  for (const path of [...CHECKPOINT_FILES.map((name) => join(folder, name)), ...(await onnxFiles(folder))]) {
    const faults = await faultsOf(path);
    if (faults.length === 0) {
      const weights = await describeWeights(path);
      return { ...weights, diagnostics: skipped.map((fault) => skippedDiagnostic(fault, path)) };
    }
    skipped.push(...faults.filter(({ kind }) => kind !== 'absent' || faults.length > 1));
  }
  const damaged = skipped.find(({ kind }) => kind === 'html' || kind === 'empty' || kind === 'error-text');
  // Its reader says best what it is instead of a checkpoint.
  if (damaged !== undefined && damaged === skipped[0]) return describeWeights(damaged.path);
  throw await noWeights(folder, skipped);
}

async function describeWeights(path: string): Promise<ModelFiles> {
  const format = path.endsWith('.onnx') ? 'onnx' : 'checkpoint';
  const shards: string[] = [];
  return { format, weights: path, weightFiles: [path, ...shards], diagnostics: [] };
}

/** Why weights cannot be taken: what is wrong with the file, or with the shards behind an index. */
async function faultsOf(path: string): Promise<Skipped[]> {
  const kind = await sniffFile(path);
  if (kind !== 'content') return [{ path, kind }];
  if (!path.endsWith('.index.json')) return [];
  const faults: Skipped[] = [];
  for (const shard of [] as string[]) {
    const shardKind = await sniffFile(shard);
    if (shardKind !== 'content') faults.push({ path: shard, kind: shardKind });
  }
  return faults;
}

/** ONNX graphs of a model folder. */
async function onnxFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const place of [join(folder, 'onnx'), folder]) {
    for (const name of (await listFolder(place)).toSorted()) {
      if (/^model.*\.onnx$/.test(name)) files.push(join(place, name));
    }
  }
  return files;
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

function skippedDiagnostic({ path, kind }: Skipped, taken: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'MODEL_WEIGHTS_SKIPPED',
    message: `${path} ${KIND_DESCRIPTIONS[kind]}; ${basename(taken)} is taken instead`,
    hint: REPAIRS[kind],
  };
}

const DOWNLOAD_AGAIN = 'Download the file again and compare its size with the publisher’s.';
const REPAIRS: Readonly<Record<Skipped['kind'], string>> = {
  absent: DOWNLOAD_AGAIN,
  folder: 'Put the file itself where a folder of its name is.',
  special: 'Put the file itself there.',
  empty: DOWNLOAD_AGAIN,
  'lfs-pointer': 'Run "git lfs pull" in the folder of the model, or download the model again.',
  html: 'Download the file again: a login page or an error page was saved in its place.',
  'error-text': 'Download the file again from the model’s page: what was asked for is not there or needs a login.',
};

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
  return new ModelError(`${first.path} ${KIND_DESCRIPTIONS[first.kind]}${rest}`, {
    code: 'MODEL_FILE_MISSING',
    hint: REPAIRS[first.kind],
    details: { folder, file: first.path, kind: first.kind },
  });
}
