import { join } from 'node:path';
import { JsonObject, readJsonFile, readJsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';

/** How token embeddings become one sentence embedding. */
export const POOLINGS = ['mean', 'cls'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** What sentence-transformers does after the network, from modules.json and the files it names. */
export interface SentencePipeline {
  readonly pooling: Pooling;
  readonly normalize: boolean;
  /** `max_seq_length` of sentence_bert_config.json; null when it is not said. */
  readonly maxTokens: number | null;
}

export interface ReadSentencePipelineOptions {
  /** Width of the network's output, which the pooling must agree with. */
  readonly hiddenSize: number;
  /** Whether rows are normalized when there is no modules.json. */
  readonly normalizeByDefault: boolean;
}

/** The boolean flags of 1_Pooling/config.json that stand for a pooling. */
const POOLING_FLAGS: ReadonlyArray<readonly [flag: string, pooling: string]> = [
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_max_tokens', 'max'],
  ['pooling_mode_mean_sqrt_len_tokens', 'mean_sqrt_len_tokens'],
  ['pooling_mode_weightedmean_tokens', 'weightedmean'],
  ['pooling_mode_lasttoken', 'lasttoken'],
];

/**
 * Reads modules.json, the pooling's config.json and sentence_bert_config.json. Without modules.json it is what
 * sentence-transformers does for a bare network: mean pooling.
 *
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID`, or `MODEL_UNSUPPORTED` for another module or pooling.
 */
export async function readSentencePipeline(
  folder: string,
  options: ReadSentencePipelineOptions,
): Promise<SentencePipeline> {
  const maxTokens = await readMaxTokens(folder);
  const modules = await readJsonFile(folder, 'modules.json');
  if (modules === undefined) {
    const pooling = await readPooling(folder, '1_Pooling', options.hiddenSize);
    return { pooling, normalize: options.normalizeByDefault, maxTokens };
  }
  if (!Array.isArray(modules)) {
    throw new ModelError(`${join(folder, 'modules.json')} is not a list`, {
      code: 'MODEL_CONFIG_INVALID',
      hint: 'Get the model again: this file is damaged.',
      details: { path: join(folder, 'modules.json'), field: '' },
    });
  }
  let pooling: Pooling = 'mean';
  let normalize = false;
  for (const entry of modules) {
    const module = new JsonObject(join(folder, 'modules.json'), entry);
    // The type is a Python path that changes between versions; its last word does not.
    const kind = module.string('type', '').split('.').at(-1) ?? '';
    if (kind === 'Pooling') pooling = await readPooling(folder, module.string('path', '1_Pooling'), options.hiddenSize);
    else if (kind === 'Normalize') normalize = true;
    else if (kind !== 'Transformer') throw unsupported(module.path, `module ${kind}`);
  }
  return { pooling, normalize, maxTokens };
}

async function readMaxTokens(folder: string): Promise<number | null> {
  const config = await readJsonObject(folder, 'sentence_bert_config.json');
  if (config === null) return null;
  if (config.boolean('do_lower_case', false)) throw unsupported(config.path, 'do_lower_case');
  const value = config.get('max_seq_length');
  return value === undefined || value === null ? null : config.integer('max_seq_length', { min: 3, max: 131_072 });
}

async function readPooling(folder: string, path: string, hiddenSize: number): Promise<Pooling> {
  // Only a plain folder name: the path comes from a file of the model (CWE-22).
  if (!/^[\w-]+$/.test(path)) throw unsupported(join(folder, 'modules.json'), `pooling folder ${JSON.stringify(path)}`);
  const config = await readJsonObject(folder, join(path, 'config.json'));
  if (config === null) return 'mean';
  if (!config.boolean('include_prompt', true)) throw unsupported(config.path, 'include_prompt=false');
  const dimensions = config.integer('word_embedding_dimension', { min: 1, max: 16_384 }, hiddenSize);
  if (dimensions !== hiddenSize) {
    throw new ModelError(
      `${config.path}: the pooling expects ${dimensions} dimensions, the network has ${hiddenSize}`,
      {
        code: 'MODEL_CONFIG_INVALID',
        hint: 'Get the model again: its files belong to different models.',
        details: { path: config.path, field: 'word_embedding_dimension' },
      },
    );
  }
  const named = config.string('pooling_mode', '');
  const modes =
    named === '' ? POOLING_FLAGS.filter(([flag]) => config.boolean(flag, false)).map(([, mode]) => mode) : [named];
  const [mode] = modes;
  const pooling = POOLINGS.find((candidate) => candidate === (mode ?? 'mean'));
  if (modes.length > 1 || pooling === undefined) throw unsupported(config.path, `pooling ${modes.join('+')}`);
  return pooling;
}

function unsupported(path: string, feature: string): ModelError {
  return new ModelError(`${path} asks for ${feature}, which is not supported`, {
    code: 'MODEL_UNSUPPORTED',
    hint: 'Use a sentence encoder with mean or cls pooling and no further modules, such as intfloat/multilingual-e5-small.',
    details: { path, feature },
  });
}
