import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readJsonObject, type JsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';
import { readNetworkConfig, type Architecture, type NetworkConfig } from './network-config.ts';
import { readSentencePipeline, type SentencePipeline } from './sentence-pipeline.ts';

/** How sentence embeddings of a model are compared. */
export const SIMILARITIES = ['cosine', 'dot', 'euclidean', 'manhattan'] as const;
export type Similarity = (typeof SIMILARITIES)[number];

/** What is put before a text, by name. Empty where the model was trained without. */
export interface Prompts {
  readonly query: string;
  readonly document: string;
  readonly [name: string]: string;
}

/** What a model folder says about itself, checked: everything the vectors depend on besides weights and vocabulary. */
export interface ModelManifest extends Omit<NetworkConfig, 'architecture'>, Omit<SentencePipeline, 'maxTokens'> {
  /** `onnx` when a ready graph is run, whatever network it is. */
  readonly architecture: Architecture | 'onnx';
  readonly folder: string;
  /** Hub id where the folder's place tells it (`<org>/<name>`), else the folder's name. */
  readonly id: string;
  /** Most tokens of one text, special tokens included. */
  readonly maxTokens: number;
  /** All prompts of the model; `query` and `document` are always there. */
  readonly prompts: Prompts;
  /** What `default_prompt_name` stands for: put before texts of which nothing else is said. Empty where there is none. */
  readonly defaultPrompt: string;
  readonly similarity: Similarity;
  /** Files of weights besides those of the network, relative to `folder`. */
  readonly extraWeightFiles: readonly string[];
}

export interface ReadManifestOptions {
  /**
   * Describes the network by something else than config.json, which is null when there is none: for ready graphs, which
   * hold their own.
   */
  readonly network?: ((config: JsonObject | null) => ManifestNetwork) | undefined;
}

/** What of a manifest belongs to the network. */
export type ManifestNetwork = Pick<ModelManifest, keyof NetworkConfig>;

/**
 * Reads config.json and the sentence-transformers files beside it.
 *
 * @throws {@link ModelError} `MODEL_FILE_MISSING` without config.json, `MODEL_CONFIG_INVALID` for impossible values,
 * `MODEL_UNSUPPORTED` for an architecture or option the compiled graph does not compute.
 */
export async function readManifest(folder: string, options: ReadManifestOptions = {}): Promise<ModelManifest> {
  await assertNoAdapter(folder);
  const config = await readJsonObject(folder, 'config.json');
  const network = options.network?.(config) ?? networkOf(folder, config);
  const id = modelId(folder);
  const isE5 = namesE5(id) || namesE5(config?.string('_name_or_path', '') ?? '');
  const pipeline = await readSentencePipeline(folder, { hiddenSize: network.hiddenSize, normalizeByDefault: isE5 });
  const usage = await readJsonObject(folder, 'config_sentence_transformers.json');
  if (usage !== null) assertEncodesSentences(usage);
  const prompts = readPrompts(usage, isE5);
  return Object.freeze({
    folder,
    id,
    ...network,
    ...pipeline,
    maxTokens: Math.min(pipeline.maxTokens ?? network.maxPositions, network.maxPositions - network.positionOffset),
    prompts,
    defaultPrompt: readDefaultPrompt(usage, prompts),
    similarity: readSimilarity(usage),
    extraWeightFiles: pipeline.modules.flatMap((module) => (module.kind === 'normalize' ? [] : [module.weightFile])),
  });
}

function networkOf(folder: string, config: JsonObject | null): NetworkConfig {
  if (config === null) {
    throw new ModelError(`${folder} has no config.json`, {
      code: 'MODEL_FILE_MISSING',
      hint: 'Name a folder that holds config.json, the weights and the tokenizer.',
      details: { folder, file: 'config.json' },
    });
  }
  return readNetworkConfig(config);
}

/** Weights of a PEFT adapter are a difference to those of another model. */
async function assertNoAdapter(folder: string): Promise<void> {
  const file = 'adapter_config.json';
  const found = await stat(join(folder, file)).catch(() => null); // Absent, as it should be.
  if (found === null) return;
  throw new ModelError(`${folder} holds an adapter (${file}) and not a model of its own`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Merge the adapter into its base model (merge_and_unload of peft) and save the result.',
    details: { path: join(folder, file), feature: file },
  });
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

/** Since version 6 sentence-transformers says here what class of model it saved. */
function assertEncodesSentences(usage: JsonObject): void {
  const type = usage.string('model_type', 'SentenceTransformer');
  if (type === 'SentenceTransformer') return;
  throw new ModelError(`${usage.path}: the model is a ${type}, which gives no sentence embeddings`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Use a sentence encoder, such as intfloat/multilingual-e5-small.',
    details: { path: usage.path, feature: `model_type=${type}` },
  });
}

/**
 * Prompts of config_sentence_transformers.json; the e5 family was trained with `query: ` and `passage: ` and many of
 * its folders do not say so.
 */
function readPrompts(usage: JsonObject | null, isE5: boolean): Prompts {
  const prompts = usage?.object('prompts') ?? null;
  const fallback = isE5 ? { query: 'query: ', document: 'passage: ' } : { query: '', document: '' };
  if (prompts === null) return fallback;
  const named = Object.fromEntries(prompts.names().map((name) => [name, prompts.string(name, '')]));
  const query = prompts.string('query', fallback.query);
  // sentence-transformers looks these names up in this order for encode_document.
  const documentName = ['document', 'passage', 'corpus'].find((name) => prompts.get(name) !== undefined);
  const document = documentName === undefined ? fallback.document : prompts.string(documentName, '');
  return { ...named, query, document };
}

function readDefaultPrompt(usage: JsonObject | null, prompts: Prompts): string {
  const name = usage?.string('default_prompt_name', '') ?? '';
  if (usage === null || name === '') return '';
  const prompt = Object.hasOwn(prompts, name) ? prompts[name] : undefined;
  if (prompt !== undefined) return prompt;
  throw invalidUsage(usage, 'default_prompt_name', `is ${JSON.stringify(name)}, but no prompt has this name`);
}

function readSimilarity(usage: JsonObject | null): Similarity {
  const name = usage?.string('similarity_fn_name', 'cosine') ?? 'cosine';
  const similarity = SIMILARITIES.find((candidate) => candidate === name);
  if (usage === null || similarity !== undefined) return similarity ?? 'cosine';
  throw invalidUsage(usage, 'similarity_fn_name', `is ${JSON.stringify(name)} instead of ${SIMILARITIES.join(', ')}`);
}

function invalidUsage(usage: JsonObject, field: string, what: string): ModelError {
  return new ModelError(`${usage.path}: "${field}" ${what}`, {
    code: 'MODEL_CONFIG_INVALID',
    hint: 'Get the model again: this file is damaged or belongs to another model.',
    details: { path: usage.path, field },
  });
}
