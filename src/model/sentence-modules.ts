import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../kernel/errors.ts';
import { activationOfTorch, type Activation } from './activation.ts';
import { readJsonObject, type JsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';

/** A step between pooling and the sentence embedding, in the order it is taken. */
export type SentenceModule =
  | { readonly kind: 'normalize' }
  /** LayerNorm over the whole row, epsilon 1e-5. */
  | { readonly kind: 'layer-norm'; readonly size: number; readonly weightFile: string }
  | DenseModule;

/** A Linear with an activation behind it. */
export interface DenseModule {
  readonly kind: 'dense';
  readonly inputSize: number;
  readonly outputSize: number;
  readonly bias: boolean;
  readonly activation: Activation;
  /** Whether the input is added to the output; through a Linear `residual` of its own where the sizes differ. */
  readonly residual: boolean;
  /** Checkpoint of its weights, relative to the model's folder. */
  readonly weightFile: string;
}

const WIDTH = { min: 1, max: 16_384 } as const;
/** As sentence-transformers prefers them. */
const WEIGHT_FILES = ['model.safetensors', 'pytorch_model.bin'] as const;
const DEFAULT_ACTIVATION = 'torch.nn.modules.activation.Tanh';

/**
 * Reads a Dense module.
 *
 * @param path - Its folder, relative to the model's.
 * @param inputSize - Width of what it gets.
 * @throws {@link ModelError} `MODEL_FILE_MISSING`, `MODEL_CONFIG_INVALID` or `MODEL_UNSUPPORTED`.
 */
export async function readDense(folder: string, path: string, inputSize: number): Promise<DenseModule> {
  const config = await readModuleConfig(folder, path);
  assertSize(config, 'in_features', inputSize);
  assertOnSentences(config);
  // Left out it means tanh; sentence-transformers writes the name of Identity where there is none.
  const named =
    config.get('activation_function') === null ? 'null' : config.string('activation_function', DEFAULT_ACTIVATION);
  const activation = activationOfTorch(named);
  if (activation === null) throw unsupportedModule(config.path, `activation_function=${named}`);
  return {
    kind: 'dense',
    inputSize,
    outputSize: config.integer('out_features', WIDTH),
    bias: config.boolean('bias', true),
    activation,
    residual: config.boolean('use_residual', false),
    weightFile: await findWeightFile(folder, path),
  };
}

/** Reads a Normalize module, whose folder most models lack; parameters and errors as {@link readDense}. */
export async function readNormalize(folder: string, path: string): Promise<SentenceModule> {
  const config = path === '' ? null : await readJsonObject(folder, join(path, 'config.json'));
  if (config !== null) assertOnSentences(config);
  return { kind: 'normalize' };
}

/** Reads a LayerNorm module; parameters and errors as {@link readDense}. */
export async function readLayerNorm(folder: string, path: string, size: number): Promise<SentenceModule> {
  assertSize(await readModuleConfig(folder, path), 'dimension', size);
  return { kind: 'layer-norm', size, weightFile: await findWeightFile(folder, path) };
}

/** A module, or an option of one, that is not computed. */
export function unsupportedModule(path: string, feature: string): ModelError {
  return new ModelError(`${path} asks for ${feature}, which is not supported`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Use a sentence encoder whose modules are Transformer, Pooling, Dense, LayerNorm and Normalize.',
    details: { path, feature },
  });
}

/** Modules of multi-vector models work on the embeddings of tokens. */
function assertOnSentences(config: JsonObject): void {
  for (const field of ['module_input_name', 'module_output_name']) {
    const value = config.string(field, 'sentence_embedding');
    if (value !== 'sentence_embedding') throw unsupportedModule(config.path, `${field}=${value}`);
  }
}

async function readModuleConfig(folder: string, path: string): Promise<JsonObject> {
  const config = await readJsonObject(folder, join(path, 'config.json'));
  if (config !== null) return config;
  throw fileMissing(folder, join(path, 'config.json'));
}

async function findWeightFile(folder: string, path: string): Promise<string> {
  for (const name of WEIGHT_FILES) {
    const relative = `${path}/${name}`;
    try {
      if ((await stat(join(folder, relative))).isFile()) return relative;
    } catch (cause) {
      if (systemErrorCode(cause) !== 'ENOENT') throw cause;
    }
  }
  throw fileMissing(folder, `${path}/${WEIGHT_FILES[0]}`);
}

function fileMissing(folder: string, file: string): ModelError {
  return new ModelError(`${folder} has no ${file}, which its modules.json asks for`, {
    code: 'MODEL_FILE_MISSING',
    hint: 'Get the model again, with all of its folders.',
    details: { folder, file },
  });
}

function assertSize(config: JsonObject, field: string, expected: number): void {
  const size = config.integer(field, WIDTH, expected);
  if (size === expected) return;
  throw new ModelError(`${config.path}: ${field} is ${size}, but what comes before has ${expected} dimensions`, {
    code: 'MODEL_CONFIG_INVALID',
    hint: 'Get the model again: its files belong to different models.',
    details: { path: config.path, field },
  });
}
