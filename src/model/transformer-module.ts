import { basename } from 'node:path';
import { readJsonObject, type JsonObject } from './json-object.ts';
import { unsupportedModule } from './sentence-modules.ts';

/** What sentence-transformers called its file beside the network, by architecture; the first that is there counts. */
const CONFIG_FILES = ['bert', 'roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet'].map(
  (name) => `sentence_${name}_config.json`,
);

/** Limits beyond these are none: tokenizers without a limit say 1e30. */
const TOKENS = { min: 3, max: 131_072 } as const;

/** Options that change what the network gets or gives; a model without surprises leaves them out. */
const UNUSED_OPTIONS = [
  'query_length',
  'document_length',
  'query_expansion',
  'processing_kwargs',
  'tokenizer_name_or_path',
] as const;

/** Arguments for what transformers loads, by their names before sentence-transformers 6 and since: each could be any flag. */
const LOADING_ARGUMENTS = [
  'model_args',
  'model_kwargs',
  'tokenizer_args',
  'processor_kwargs',
  'config_args',
  'config_kwargs',
] as const;

/** Those that say how the network is run, and nothing about its result but the rounding. */
const HARMLESS_ARGUMENTS: readonly string[] = [
  'add_pooling_layer',
  'attn_implementation',
  'clean_up_tokenization_spaces',
  'device_map',
  'dtype',
  'low_cpu_mem_usage',
  'padding_side',
  'torch_dtype',
  'trust_remote_code',
  'use_cache',
  'use_fast',
  'use_safetensors',
];

/** Which end of a text is left out where it is cut. */
export type TruncationSide = 'left' | 'right';

/** What a model's files say about long texts. */
export interface TextLimit {
  /** Longest text in tokens; null when they do not say. */
  readonly maxTokens: number | null;
  readonly truncationSide: TruncationSide;
}

/**
 * Reads how sentence-transformers runs the network on long texts, from sentence_bert_config.json and
 * tokenizer_config.json.
 *
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID`, or `MODEL_UNSUPPORTED` for an option that is not computed.
 */
export async function readTextLimit(folder: string): Promise<TextLimit> {
  const tokenizer = await readJsonObject(folder, 'tokenizer_config.json');
  const config = await readTransformerConfig(folder);
  const truncationSide = tokenizer?.get('truncation_side') === 'left' ? 'left' : 'right';
  return { maxTokens: maxTokensOf(config, tokenizer), truncationSide };
}

function maxTokensOf(config: JsonObject | null, tokenizer: JsonObject | null): number | null {
  if (config !== null) {
    assertPlain(config);
    assertLowerCaseKnown(config, tokenizer);
    const limit = config.get('max_seq_length') ?? null;
    if (limit !== null) return config.integer('max_seq_length', TOKENS);
  }
  const limit = tokenizer?.get('model_max_length');
  return typeof limit === 'number' && limit >= TOKENS.min && limit <= TOKENS.max ? Math.floor(limit) : null;
}

async function readTransformerConfig(folder: string): Promise<JsonObject | null> {
  for (const name of CONFIG_FILES) {
    const config = await readJsonObject(folder, name);
    if (config !== null) return config;
  }
  return null;
}

/** The tokenizer reads `do_lower_case` of sentence_bert_config.json; of a file by another name only its own flag counts. */
function assertLowerCaseKnown(config: JsonObject, tokenizer: JsonObject | null): void {
  const asked = config.boolean('do_lower_case', false) && basename(config.path) !== CONFIG_FILES[0];
  if (asked && tokenizer?.get('do_lower_case') !== true) throw unsupportedModule(config.path, 'do_lower_case=true');
}

/** sentence-transformers 6 can run other tasks and take other outputs than the last layer's. */
function assertPlain(config: JsonObject): void {
  const task = config.string('transformer_task', 'feature-extraction');
  if (task !== 'feature-extraction') throw unsupportedModule(config.path, `transformer_task=${task}`);
  const output = config.object('modality_config')?.object('text')?.get('method_output_name') ?? 'last_hidden_state';
  if (output !== 'last_hidden_state') {
    throw unsupportedModule(config.path, `method_output_name=${JSON.stringify(output)}`);
  }
  for (const name of UNUSED_OPTIONS) {
    const value = config.get(name) ?? null;
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (!isEmpty) throw unsupportedModule(config.path, `${name}=${JSON.stringify(value)}`);
  }
  for (const name of LOADING_ARGUMENTS) {
    const given = config.object(name);
    const changing = given?.names().find((argument) => !HARMLESS_ARGUMENTS.includes(argument));
    if (changing === undefined) continue;
    throw unsupportedModule(config.path, `${name}.${changing}=${JSON.stringify(given?.get(changing))}`);
  }
}
