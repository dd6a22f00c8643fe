import { basename, dirname } from 'node:path';
import { type JsonObject, readJsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';
import { type Pooling, readSentencePipeline } from './sentence-pipeline.ts';

/** Network architectures that can be compiled. */
export const ARCHITECTURES = ['bert'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What a model folder says about itself, checked: everything the vectors depend on besides weights and vocabulary. */
export interface ModelManifest {
  readonly folder: string;
  /** Hub id where the folder's place tells it (`<org>/<name>`), else the folder's name. */
  readonly id: string;
  readonly architecture: Architecture;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly attentionHeads: number;
  readonly intermediateSize: number;
  readonly maxPositions: number;
  /** Row of the position table that belongs to the first token: 0 for BERT, `pad_token_id + 1` for RoBERTa. */
  readonly positionOffset: number;
  readonly layerNormEpsilon: number;
  readonly pooling: Pooling;
  /** True when rows are L2-normalized. */
  readonly normalize: boolean;
  /** Most tokens of one text, special tokens included. */
  readonly maxTokens: number;
  /** What is put before a text, by what the text is. Empty where the model was trained without. */
  readonly prompts: { readonly query: string; readonly document: string };
}

/** Sizes beyond these are damage or attack, not a model that runs on one CPU (CWE-770). */
const LIMITS = {
  vocabulary: { min: 1, max: 2_000_000 },
  width: { min: 1, max: 16_384 },
  layers: { min: 1, max: 128 },
  /** From three on: two special tokens and one of the text. */
  positions: { min: 3, max: 131_072 },
} as const;

/** Flags of config.json that change the result, with the only values the compiled graph computes. */
const REQUIRED_FLAGS: ReadonlyArray<readonly [field: string, fallback: unknown, supported: readonly unknown[]]> = [
  ['hidden_act', 'gelu', ['gelu']],
  ['position_embedding_type', 'absolute', ['absolute']],
  ['is_decoder', false, [false]],
  ['add_cross_attention', false, [false]],
  ['is_encoder_decoder', false, [false]],
];

/**
 * Reads config.json and the sentence-transformers files beside it.
 *
 * @throws {@link ModelError} `MODEL_FILE_MISSING` without config.json, `MODEL_CONFIG_INVALID` for impossible values,
 * `MODEL_UNSUPPORTED` for an architecture or option the compiled graph does not compute.
 */
export async function readManifest(folder: string): Promise<ModelManifest> {
  const config = await readJsonObject(folder, 'config.json');
  if (config === null) {
    throw new ModelError(`${folder} has no config.json`, {
      code: 'MODEL_FILE_MISSING',
      hint: 'Name a folder that holds config.json, the weights and the tokenizer.',
      details: { folder, file: 'config.json' },
    });
  }
  const network = readNetwork(config);
  const id = modelId(folder);
  const isE5 = namesE5(id) || namesE5(config.string('_name_or_path', ''));
  const pipeline = await readSentencePipeline(folder, { hiddenSize: network.hiddenSize, normalizeByDefault: isE5 });
  return Object.freeze({
    folder,
    id,
    ...network,
    pooling: pipeline.pooling,
    normalize: pipeline.normalize,
    maxTokens: Math.min(pipeline.maxTokens ?? network.maxPositions, network.maxPositions - network.positionOffset),
    prompts: await readPrompts(folder, isE5),
  });
}

type Network = Omit<ModelManifest, 'folder' | 'id' | 'pooling' | 'normalize' | 'maxTokens' | 'prompts'>;

function readNetwork(config: JsonObject): Network {
  const architecture = config.string('model_type', 'bert');
  if (!isArchitecture(architecture)) throw unsupported(config.path, 'model_type', architecture, ARCHITECTURES);
  for (const [field, fallback, supported] of REQUIRED_FLAGS) {
    const value = config.get(field) ?? fallback;
    if (!supported.includes(value)) throw unsupported(config.path, field, value, supported);
  }
  const hiddenSize = config.integer('hidden_size', LIMITS.width);
  const attentionHeads = config.integer('num_attention_heads', LIMITS.width);
  if (hiddenSize % attentionHeads !== 0) {
    throw new ModelError(`${config.path}: hidden_size ${hiddenSize} is no multiple of ${attentionHeads} heads`, {
      code: 'MODEL_CONFIG_INVALID',
      hint: 'Get the model again: its config.json contradicts itself.',
      details: { path: config.path, field: 'num_attention_heads' },
    });
  }
  return {
    architecture,
    vocabularySize: config.integer('vocab_size', LIMITS.vocabulary),
    hiddenSize,
    layerCount: config.integer('num_hidden_layers', LIMITS.layers),
    attentionHeads,
    intermediateSize: config.integer('intermediate_size', LIMITS.width),
    maxPositions: config.integer('max_position_embeddings', LIMITS.positions),
    positionOffset: 0,
    layerNormEpsilon: config.positiveNumber('layer_norm_eps', 1e-12),
  };
}

function isArchitecture(value: string): value is Architecture {
  return ARCHITECTURES.some((architecture) => architecture === value);
}

function unsupported(path: string, field: string, value: unknown, supported: readonly unknown[]): ModelError {
  return new ModelError(
    `${path}: ${field} is ${JSON.stringify(value)}; supported: ${supported.map(String).join(', ')}`,
    {
      code: 'MODEL_UNSUPPORTED',
      hint: 'Use a BERT sentence encoder such as intfloat/multilingual-e5-small.',
      details: { path, feature: `${field}=${String(value)}` },
    },
  );
}

/** `<org>/<name>` for folders laid out so (also hub cache snapshots), else the last part of the path. */
function modelId(folder: string): string {
  const name = basename(folder);
  const parent = basename(dirname(folder));
  if (parent === 'snapshots') {
    const [, organization, ...rest] = basename(dirname(dirname(folder))).split('--');
    if (organization !== undefined && rest.length > 0) return `${organization}/${rest.join('--')}`;
  }
  return basename(dirname(dirname(folder))) === 'models' ? `${parent}/${name}` : name;
}

function namesE5(name: string): boolean {
  return /(?:^|[^a-z0-9])e5(?:$|[^a-z0-9])/i.test(name);
}

/**
 * Prompts of config_sentence_transformers.json; the e5 family was trained with `query: ` and `passage: ` and many of
 * its folders do not say so.
 */
async function readPrompts(folder: string, isE5: boolean): Promise<ModelManifest['prompts']> {
  const prompts = (await readJsonObject(folder, 'config_sentence_transformers.json'))?.object('prompts') ?? null;
  const fallback = isE5 ? { query: 'query: ', document: 'passage: ' } : { query: '', document: '' };
  if (prompts === null) return fallback;
  const query = prompts.string('query', fallback.query);
  // sentence-transformers looks these names up in this order for encode_document.
  const documentName = ['document', 'passage', 'corpus'].find((name) => prompts.get(name) !== undefined);
  return { query, document: documentName === undefined ? fallback.document : prompts.string(documentName, '') };
}
